import IngotContainer
import IngotEncodings
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotValidation

struct ValidatorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let shaped = ["llama", "bert", "qwen2"].map { "conformance/real/\($0).gguf" }

  private func findings(_ bytes: some Sequence<UInt8>, level: ValidationLevel = .data) throws -> [Finding] {
    try folder.write(Array(bytes), to: "file")
    return try Validator(level: level).validate(folder.path("file")).flatMap(\.findings)
  }

  @Test(arguments: shaped) func everyTruncationOfAModelIsFound(name: String) throws {
    let bytes = try TestData.bytes(name)
    #expect(try findings(bytes).isEmpty)
    for count in bytes.indices {
      #expect(try !findings(bytes.prefix(count), level: .structure).isEmpty, "\(count) bytes of \(name)")
    }
  }

  @Test(arguments: shaped) func aStreamGetsTheVerdictOfTheFileWhereverItIsCut(name: String) throws {
    let bytes = try TestData.bytes(name)
    for count in stride(from: 0, through: bytes.count, by: 7) + [bytes.count] {
      var rest = bytes.prefix(count)[...]
      let verdict = try Validator(level: .structure).validateStructure(of: "stream") { buffer in
        let piece = rest.prefix(min(buffer.count, 100))
        buffer.copyBytes(from: piece)
        rest = rest.dropFirst(piece.count)
        return piece.count
      }
      #expect(try verdict.findings == findings(bytes.prefix(count), level: .structure))
      #expect(verdict.byteCount == UInt64(count))
    }
  }

  @Test func aStreamIsKeptNoFurtherThanItsHeader() throws {
    let words = (0..<200_000).map { "word \($0)" }
    let header = try ContainerHeader(
      metadata: ["tokenizer.ggml.tokens": .array(MetadataArray(words))],
      tensors: [("t", [1 << 30], .i8)])
    var head = header.encoded()[...]
    var rest = 1 << 30
    let verdict = try Validator(level: .structure).validateStructure(of: "stream") { buffer in
      if head.isEmpty {
        defer { rest -= min(rest, buffer.count) }
        return min(rest, buffer.count)
      }
      let piece = head.prefix(buffer.count)
      buffer.copyBytes(from: piece)
      head = head.dropFirst(piece.count)
      return piece.count
    }
    #expect(verdict.findings.isEmpty)
    #expect(verdict.byteCount == header.bodyByteCount)
  }

  @Test func findingsOfOneRuleAreKeptUpToALimitAndCounted() throws {
    let words = MetadataArray([String](repeating: "~", count: 300))
    let sound = try ContainerHeader(metadata: ["words": .array(words)], tensors: []).encoded()
    let bytes = sound.map { $0 == UInt8(ascii: "~") ? 0xFF : $0 }
    try folder.write(bytes, to: "file")
    let verdict = try #require(try Validator().validate(folder.path("file")).first)
    #expect(verdict.findings.count == FileVerdict.largestFindingCount)
    #expect(verdict.omitted == [ContainerRule.stringText.rule: 200])
    #expect(verdict.count(of: .error) == 300)
    #expect(!verdict.isValid)
  }

  @Test func rangesUpToTheLastNumberAreOutOfBoundsAndNoOverlap() throws {
    let header = #"""
      {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,18446744073709551615]},\#
      "b":{"dtype":"U8","shape":[1],"data_offsets":[18446744073709551614,18446744073709551615]}}
      """#
    var bytes: [UInt8] = [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0]
    bytes += header.utf8
    let rules = try findings(bytes).map(\.rule.id)
    #expect(rules == ["S5.6-SIZE", "S6.1-TRUNCATED", "S6.1-TRUNCATED"])
  }

  @Test func rulesHaveIdsOfTheirOwnAndKnownClauses() {
    #expect(Set(Rule.all.map(\.id)).count == Rule.all.count)
    for rule in Rule.all {
      #expect(rule.id == "\(rule.clause)-\(rule.code)")
      #expect(!rule.title.isEmpty && rule.title.hasSuffix("."), "\(rule.id)")
      #expect(!rule.mend.isEmpty, "\(rule.id)")
      #expect(Rule(id: rule.id) == rule)
    }
    #expect(Rule(id: "C6-NONE") == nil)
  }

  @Test func whatTheSystemReportsIsNoFinding() throws {
    for path in [folder.path("none"), "/dev/null"] {
      let verdict = try #require(try Validator().validate(path).first)
      #expect(verdict.findings.isEmpty)
      #expect(verdict.failure is FileError)
      #expect(!verdict.isValid)
    }
  }

  @Test func aFolderStandsForTheModelInIt() throws {
    try folder.write(try TestData.bytes(Self.shaped[0]), to: "model.gguf")
    let verdicts = try Validator().validate(folder.path)
    #expect(verdicts.map(\.path) == [folder.path("model.gguf")])
    #expect(verdicts.allSatisfy { $0.isValid })
  }

  /// Every encoding: a block of finite scales passes, and each scale that is not is found at its byte.
  @Test(arguments: Encoding.allCases.filter { !$0.scaleFields.isEmpty })
  func eachScaleOfABlockIsLookedAt(encoding: Encoding) throws {
    let header = try ContainerHeader(
      metadata: [:], tensors: [("t", [2 * encoding.elementsPerBlock], encoding)])
    let start = Int(header.dataOffset)
    var sound = header.encoded()
    sound += [UInt8](repeating: 0, count: Int(header.dataByteCount))
    #expect(try findings(sound).allSatisfy { $0.rule.severity != .error && $0.rule.clause != "E17.1" })
    for field in encoding.scaleFields {
      var broken = sound
      let place = start + encoding.bytesPerBlock + field.offset
      switch field.format {
      case .half: broken[place + 1] = 0x7C
      case .single: (broken[place + 2], broken[place + 3]) = (0x80, 0x7F)
      case .exponent: broken[place] = 0xFF
      case .small: broken[place] = 0x7F
      case .spreadHalf: (broken[place + 5], broken[place + 7]) = (0xC0, 0x70)
      }
      let found = try findings(broken).filter { $0.rule.clause == "E17.1" }
      #expect(found.map(\.offset) == [UInt64(place)], "\(encoding)")
      #expect(found.first?.subject == .tensor("t"))
    }
  }
}
