import Foundation
import IngotCheckpoints
import IngotContainer
import IngotModel
import IngotSeal
import IngotTestSupport
import IngotValidation
import SystemPackage
import Testing

/// The corpus of `testdata/conformance`, whose verdicts were written by hand: `spec/conformance.md`.
struct Corpus: Decodable {
  struct Entry: Decodable {
    struct Place: Decodable, Hashable {
      let rule: String
      let offset: UInt64?
      let level: ValidationLevel
      var file: String?
    }

    struct Refusal: Decodable {
      let code: String
      let offset: UInt64?
    }

    /// What is wrong first with a seal; nothing if it holds.
    struct Fault: Decodable, Hashable {
      var code: String?
      var offset: UInt64?
    }

    /// What its user asks of a seal.
    struct Request: Decodable {
      let require: String?
      let counter: UInt64?
      let name: String?
      /// A public key, in hexadecimal digits.
      let key: String?

      func policy() throws -> SealPolicy {
        let bytes = stride(from: 0, to: key?.count ?? 0, by: 2).compactMap { place in
          key.flatMap { UInt8($0.dropFirst(place).prefix(2), radix: 16) }
        }
        return SealPolicy(
          minimum: SealPolicy.Level.allCases.first { "\($0)" == require } ?? .none,
          keys: bytes.isEmpty ? [] : [try VerifyingKey(bytes: bytes)], minimumCounter: counter ?? 0,
          releaseName: name)
      }
    }

    let path: String
    let reader: Refusal?
    let findings: [Place]
    let neighbour: String?
    let limits: [String: Int]?
    let model: Bool?
    let seal: Fault?
    let asked: Request?

    var location: FilePath { TestData.path("conformance").appending(FilePath(path).components) }

    /// The default limits, lowered as the entry says.
    var checkpointLimits: CheckpointLimits {
      var all = CheckpointLimits()
      for (name, value) in limits ?? [:] {
        switch name {
        case "headerByteCount": all.headerByteCount = UInt64(value)
        case "nesting": all.nesting = value
        case "textByteCount": all.textByteCount = value
        case "dimensionCount": all.dimensionCount = value
        case "shardCount": all.shardCount = value
        case "tensorCount": (all.tensorCount, all.container.tensorCount) = (value, value)
        case "keyByteCount": all.container.keyByteCount = value
        case "nameByteCount": all.container.nameByteCount = value
        case "stringByteCount": all.container.stringByteCount = value
        case "arrayCount": all.container.arrayCount = value
        case "arrayNesting": all.container.arrayNesting = value
        case "keyCount": all.container.keyCount = value
        case "metadataByteCount": all.container.metadataByteCount = value
        case "alignment": all.container.alignment = value
        default: Issue.record("\(path): no limit is called \(name)")
        }
      }
      return all
    }
  }

  let files: [Entry]

  static let entries: [Entry] = {
    guard let bytes = try? TestData.bytes("conformance/verdicts.json"),
      let corpus = try? JSONDecoder().decode(Corpus.self, from: Data(bytes))
    else { return [] }
    return corpus.files
  }()
}

struct ConformanceTests {
  @Test func corpusIsThere() {
    #expect(Corpus.entries.count >= 300)
  }

  @Test func validatorGivesEachVerdict() throws {
    for entry in Corpus.entries { try checkVerdict(of: entry) }
  }

  private func checkVerdict(of entry: Corpus.Entry) throws {
    for level in ValidationLevel.allCases where level < .model || entry.model == true {
      let verdicts = try Validator(level: level, limits: entry.checkpointLimits).validate(entry.location)
      #expect(verdicts.allSatisfy { $0.failure == nil })
      let found = verdicts.flatMap { verdict in
        verdict.findings.map { finding in
          let isOther = verdict.path.lastComponent != entry.location.lastComponent
          return Corpus.Entry.Place(
            rule: finding.rule.id, offset: finding.offset, level: finding.rule.level,
            file: isOther ? verdict.path.lastComponent?.string : nil)
        }
      }
      let expected = entry.findings.filter { $0.level <= level }
      #expect(Set(found) == Set(expected), "\(level) of \(entry.path)")
      #expect(found.count == expected.count)
    }
  }

  @Test func readerGivesEachVerdict() throws {
    for entry in Corpus.entries { try checkReader(of: entry) }
  }

  private func checkReader(of entry: Corpus.Entry) throws {
    var refusal: (code: String, offset: UInt64?)?
    do {
      _ = try Checkpoints.open(entry.location, limits: entry.checkpointLimits)
    } catch let error as CheckpointError {
      refusal = (error.code.rawValue, error.offset)
    } catch let error as ModelError {
      refusal = (error.code, error.offset)
    }
    #expect((refusal == nil) == (entry.reader == nil), "\(entry.path): \(refusal as Any)")
    guard let refusal, let expected = entry.reader else { return }
    // Of several faults a reader may give any; which one is not specified (C24).
    let errors = entry.findings.compactMap { place -> String? in
      guard Rule(id: place.rule)?.severity == .error else { return nil }
      return "\(place.rule.drop { $0 != "-" }.dropFirst()) \(place.offset.map(String.init) ?? "-")"
    }
    let given = "\(refusal.code) \(refusal.offset.map(String.init) ?? "-")"
    #expect(
      given == "\(expected.code) \(expected.offset.map(String.init) ?? "-")" || errors.contains(given),
      "\(entry.path): \(given)")
  }

  @Test func verifierGivesEachVerdict() async throws {
    let entries = Corpus.entries.filter { $0.seal != nil }
    #expect(entries.count > 100)
    for entry in entries {
      let verifier = ModelVerifier(policy: try entry.asked?.policy() ?? SealPolicy())
      let verdicts = try await verifier.verify(entry.location)
      let first = verdicts.lazy.flatMap(\.errors).first
      #expect(
        Corpus.Entry.Fault(code: first?.code.rawValue, offset: first?.offset) == entry.seal, "\(entry.path)")
      #expect(verdicts.allSatisfy(\.isValid) == (entry.seal?.code == nil), "\(entry.path)")
    }
  }

  /// Who opens a file and asks for all that a verifier does is told the same.
  @Test func openingVerifiedGivesEachVerdict() throws {
    for entry in Corpus.entries {
      guard let fault = entry.seal else { continue }
      for access in ModelFile.Access.allCases {
        var found = Corpus.Entry.Fault()
        do {
          _ = try ModelFile(
            opening: entry.location, access: access, verifying: .fully,
            policy: try entry.asked?.policy() ?? SealPolicy())
        } catch let error as ModelError {
          found = Corpus.Entry.Fault(code: error.code, offset: error.offset)
        }
        #expect(found == fault, "\(entry.path)")
      }
    }
  }

  @Test func everyRuleHasAViolationAndAValidNeighbour() {
    let byPath = Dictionary(Corpus.entries.map { ($0.path, $0) }) { first, _ in first }
    for rule in Rule.all {
      let violations = Corpus.entries.filter { $0.findings.contains { $0.rule == rule.id } }
      #expect(!violations.isEmpty, "\(rule.id) has no violation")
      let hasNeighbour = violations.contains { violation in
        guard let neighbour = violation.neighbour.flatMap({ byPath[$0] }) else { return false }
        return !neighbour.findings.contains { $0.rule == rule.id }
      }
      #expect(hasNeighbour, "\(rule.id) has no neighbour")
    }
  }

  @Test func corpusNamesKnownRulesAlone() {
    for entry in Corpus.entries {
      for place in entry.findings {
        #expect(Rule(id: place.rule)?.level == place.level, "\(entry.path): \(place.rule)")
      }
    }
  }
}
