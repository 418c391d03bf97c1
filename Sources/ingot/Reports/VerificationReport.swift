import IngotModel
import IngotSeal

/// What `ingot verify` says.
struct VerificationReport: LineReport {
  struct Problem: Encodable {
    let code: String
    /// The file that it is about, and that the offset is in.
    let path: String
    let offset: UInt64?
    let message: String
  }

  struct Damage: Encodable {
    let start: UInt64
    /// The first byte after the damaged chunk.
    let end: UInt64
    let tensors: [String]
    let includesHeader: Bool
  }

  struct File: Encodable {
    let path: String
    let sealPath: String
    let isValid: Bool
    let isAuthentic: Bool
    let seal: SealSummary?
    let errors: [Problem]
    let damage: [Damage]

    init(_ verdict: SealVerdict) {
      (path, sealPath) = (verdict.path.string, verdict.sealPath.string)
      isValid = verdict.isValid
      isAuthentic = verdict.isValid && verdict.isAuthentic
      seal = verdict.seal.map(SealSummary.init)
      errors = verdict.errors.map {
        Problem(
          code: $0.code.rawValue, path: verdict.errorPath.string, offset: $0.offset, message: "\($0)")
      }
      damage = verdict.damage.map {
        Damage(
          start: $0.range.lowerBound, end: $0.range.upperBound, tensors: $0.tensors,
          includesHeader: $0.includesHeader)
      }
    }
  }

  let isValid: Bool
  let files: [File]

  init(_ verdicts: [SealVerdict]) {
    isValid = verdicts.allSatisfy(\.isValid)
    files = verdicts.map(File.init)
  }

  var lines: [String] { files.flatMap(\.lines) }
}

extension VerificationReport.File {
  /// The faults that are told one by one to people.
  private static let shownCount = 20

  fileprivate var lines: [String] {
    let rest = errors.count - Self.shownCount
    return ["\(path.escaped): \(sentence)"]
      + errors.prefix(Self.shownCount).map { "  \(text(of: $0).escaped)" }
      + (rest > 0 ? ["  and \(Format.count(rest)) more"] : [])
  }

  /// The file is named where it is not the one that the lines are about.
  private func text(of problem: VerificationReport.Problem) -> String {
    problem.path == path ? problem.message : "\(problem.path): \(problem.message)"
  }

  private var sentence: String {
    guard isValid, let seal else {
      if errors.contains(where: { $0.code == SealError.Code.missing.rawValue }) { return "not sealed" }
      return seal == nil ? "no valid seal" : "refused"
    }
    let release = seal.releaseText.map { ", \($0)" } ?? ""
    if isAuthentic { return "authentic: signed by key \(seal.keyID?.prefix(16) ?? "")…\(release)" }
    guard seal.digest == SealDigest.sha256.name else { return "undamaged, by CRC-32\(release)" }
    let signed = seal.keyID.map { "; the signature by key \($0.prefix(16))… was not checked, --key does" }
    return "matches its seal, by SHA-256\(release)\(signed ?? "; it is not signed")"
  }
}
