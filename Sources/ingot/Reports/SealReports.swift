import IngotContainer
import IngotModel
import IngotSeal

/// What `ingot seal` says when it is done.
struct SealingReport: Encodable {
  struct File: Encodable {
    let path: String
    let sealPath: String
    let byteCount: UInt64
    let seal: SealSummary
  }

  let files: [File]

  init(_ files: [SealedFile]) {
    self.files = files.map {
      File(
        path: $0.path.string, sealPath: $0.sealPath.string, byteCount: $0.byteCount,
        seal: SealSummary($0.seal))
    }
  }

  func show(asJSON: Bool) throws {
    if asJSON { return print(try JSONText.of(self)) }
    for file in files {
      print("\(file.sealPath.escaped): sealed, \(Format.bytes(file.seal.byteCount)) more; \(file.seal.text)")
    }
  }
}

/// What `ingot unseal` says when it is done.
struct UnsealingReport: Encodable {
  struct File: Encodable {
    let path: String
    let byteCount: UInt64
    let removedByteCount: UInt64
    let wasUnfinished: Bool
  }

  let files: [File]

  init(_ files: [UnsealedFile]) {
    self.files = files.map {
      File(
        path: $0.path.string, byteCount: $0.byteCount, removedByteCount: $0.removedByteCount,
        wasUnfinished: $0.wasUnfinished)
    }
  }

  func show(asJSON: Bool) throws {
    if asJSON { return print(try JSONText.of(self)) }
    for file in files {
      let what = file.wasUnfinished ? "an unfinished seal" : "the seal"
      print(
        "\(file.path.escaped): \(what) removed, \(Format.bytes(file.removedByteCount)); the file is as it was"
      )
    }
  }
}

/// What `ingot verify` says.
struct VerificationReport: Encodable {
  struct Problem: Encodable {
    let code: String
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
  }

  let isValid: Bool
  let files: [File]

  /// The chunks that are told one by one to people.
  private static let shownCount = 20

  init(_ verdicts: [SealVerdict]) {
    isValid = verdicts.allSatisfy(\.isValid)
    files = verdicts.map { verdict in
      File(
        path: verdict.path.string, sealPath: verdict.sealPath.string, isValid: verdict.isValid,
        isAuthentic: verdict.isValid && verdict.isAuthentic, seal: verdict.seal.map(SealSummary.init),
        errors: verdict.errors.map { Problem(code: $0.code.rawValue, offset: $0.offset, message: "\($0)") },
        damage: verdict.damage.map {
          Damage(
            start: $0.range.lowerBound, end: $0.range.upperBound, tensors: $0.tensors,
            includesHeader: $0.includesHeader)
        })
    }
  }

  func show(asJSON: Bool) throws {
    if asJSON { return print(try JSONText.of(self)) }
    for file in files {
      print("\(file.path.escaped): \(Self.sentence(file))")
      for problem in file.errors.prefix(Self.shownCount) { print("  \(problem.message.escaped)") }
      if file.errors.count > Self.shownCount {
        print("  and \(Format.count(file.errors.count - Self.shownCount)) more")
      }
    }
  }

  private static func sentence(_ file: File) -> String {
    guard file.isValid, let seal = file.seal else { return file.seal == nil ? "no valid seal" : "refused" }
    let release = seal.releaseText.map { ", \($0)" } ?? ""
    if file.isAuthentic { return "authentic: signed by key \(seal.keyID?.prefix(16) ?? "")…\(release)" }
    guard seal.digest == SealDigest.sha256.name else { return "undamaged, by CRC-32\(release)" }
    let signed = seal.keyID.map { "; the signature by key \($0.prefix(16))… was not checked, --key does" }
    return "matches its seal, by SHA-256\(release)\(signed ?? "; it is not signed")"
  }
}

/// What `ingot keygen` says when it is done.
struct KeyReport: Encodable {
  let privateKey: String
  let publicKey: String
  let keyID: String

  func show(asJSON: Bool) throws {
    if asJSON { return print(try JSONText.of(self)) }
    print("\(privateKey.escaped): the private key; who has it can sign. Keep it where only you can read it.")
    print("\(publicKey.escaped): the public key, \(keyID.prefix(16))…, for those who verify")
  }
}
