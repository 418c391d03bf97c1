import IngotContainer
import IngotFiles
import IngotTestSupport
import Testing

@testable import IngotCheckpoints

@Suite struct SafeTensorsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func tensorsStandInTheOrderOfTheirData() throws {
    let checkpoint = try folder.openSafeTensors(SafeTensorsBuilder.small)
    #expect(checkpoint.tensors.map(\.name) == ["a\u{E9}", "e", "b"])
    #expect(checkpoint.tensors.map(\.shape) == [[2, 1], [0], [2]])
    #expect(checkpoint.tensors.map(\.type) == [.float16, .uint8, .float32])
    #expect(checkpoint.tensors.map(\.elementCount) == [2, 0, 2])
    #expect(checkpoint.tensors.map(\.byteCount) == [4, 0, 8])
    for piece in [1, 3, 100] {
      #expect(try checkpoint.tensors.flatMap { try checkpoint.bytes(of: $0, piece: piece) } == Array(0..<12))
    }
    #expect(checkpoint.metadata == ["format": .string("pt")])
    #expect(checkpoint.name == "test")
    #expect(checkpoint.warnings.isEmpty)
    #expect(checkpoint.tensor(named: "b")?.location.offset == UInt64(SafeTensorsBuilder.small.count - 8))
    #expect(checkpoint.tensor(named: "c") == nil)
  }

  @Test func aFileWithoutTensorsIsValid() throws {
    #expect(try folder.openSafeTensors(SafeTensorsBuilder.file("{}")).tensors.isEmpty)
    #expect(try folder.openSafeTensors(SafeTensorsBuilder.file("{ }", padding: 20)).tensors.isEmpty)
  }

  @Test func aScalarHasNoDimensions() throws {
    let header = "{\(SafeTensorsBuilder.entry("s", [], 0..<8, type: "F64"))}"
    let checkpoint = try folder.openSafeTensors(SafeTensorsBuilder.file(header, data: 8))
    #expect(checkpoint.tensors.first?.shape == [])
    #expect(checkpoint.tensors.first?.elementCount == 1)
  }

  @Test func emptyTensorsAtOnePlaceKeepTheOrderOfTheHeader() throws {
    let names = ["z", "m", "a", "q"]
    let empty = names.map { SafeTensorsBuilder.entry($0, [0, 3], 2..<2) }
    let header = "{" + (empty + [SafeTensorsBuilder.entry("x", [2], 0..<2)]).joined(separator: ",") + "}"
    let checkpoint = try folder.openSafeTensors(SafeTensorsBuilder.file(header, data: 2))
    #expect(checkpoint.tensors.map(\.name) == ["x"] + names)
    for name in names { #expect(checkpoint.tensor(named: name)?.name == name) }
  }

  @Test func namesAreComparedByteByByte() throws {
    let header =
      "{" + SafeTensorsBuilder.entry("\u{E9}", [1], 0..<1) + ","
      + SafeTensorsBuilder.entry("e\u{301}", [1], 1..<2) + "}"
    let checkpoint = try folder.openSafeTensors(SafeTensorsBuilder.file(header, data: 2))
    #expect(checkpoint.tensor(named: "\u{E9}")?.location.offset == checkpoint.tensors[0].location.offset)
    #expect(checkpoint.tensor(named: "e\u{301}")?.location.offset == checkpoint.tensors[1].location.offset)
  }

  @Test func typesBelowAByteAreSizedInBits() throws {
    let header =
      "{" + SafeTensorsBuilder.entry("f4", [3, 2], 0..<3, type: "F4") + ","
      + SafeTensorsBuilder.entry("f6", [4], 3..<6, type: "F6_E2M3") + "}"
    let checkpoint = try folder.openSafeTensors(SafeTensorsBuilder.file(header, data: 6))
    #expect(checkpoint.tensors.map(\.byteCount) == [3, 3])
  }

  @Test(arguments: ElementType.plainTypes) func everyTypeIsReadByItsName(type: ElementType) throws {
    let byteCount = try #require(type.byteCount(elements: 4))
    let header = "{\(SafeTensorsBuilder.entry("t", [4], 0..<byteCount, type: type.name))}"
    let checkpoint = try folder.openSafeTensors(SafeTensorsBuilder.file(header, data: byteCount))
    #expect(checkpoint.tensors.map(\.type) == [type])
  }

  @Test func unknownFieldsAreAcceptedWithAWarning() throws {
    let entry = #""a":{"dtype":"U8","strides":[[1],{"x":null}],"shape":[1],"data_offsets":[0,1]}"#
    let checkpoint = try folder.openSafeTensors(SafeTensorsBuilder.file("{\(entry)}", data: 1))
    #expect(checkpoint.warnings.map(\.code) == [.unknownField])
    #expect(checkpoint.warnings.first?.subject == .tensor("a"))
    #expect(checkpoint.warnings.first?.offset == 27)
    #expect("\(checkpoint.warnings)".contains("strides"))
  }

  @Test func warningsOfAFileAreBounded() throws {
    let fields = (0..<1_000).map { "\"x\($0)\":0" }.joined(separator: ",")
    let entry = "\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],\(fields)}"
    #expect(try folder.openSafeTensors(SafeTensorsBuilder.file("{\(entry)}")).warnings.count == 100)
  }

  @Test func aFileThatIsCutAfterOpeningIsAnErrorNotACrash() throws {
    let checkpoint = try folder.openSafeTensors(SafeTensorsBuilder.small)
    try folder.truncate("test.safetensors", to: SafeTensorsBuilder.small.count - 1)
    let last = try #require(checkpoint.tensors.last)
    let error = #expect(throws: FileError.self) { try checkpoint.bytes(of: last) }
    #expect(error?.code == .shrunk)
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = SafeTensorsBuilder.small
    let dataOffset = bytes.count - 12
    for count in 0..<bytes.count {
      let error = #expect(throws: CheckpointError.self) {
        try folder.openSafeTensors(Array(bytes.prefix(count)))
      }
      #expect(error?.code == .truncated)
      #expect(error?.offset == (count < dataOffset ? 0 : UInt64(count)))
      // The first tensor that is not whole is named.
      let name = count < dataOffset + 4 ? "a\u{E9}" : "b"
      #expect(error?.subject == (count < dataOffset ? .file : .tensor(name)))
    }
  }

  @Test func mutatedFilesOpenAndReadOrAreRefused() throws {
    let seed: UInt64 = 0x5AFE_7E50
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let valid = SafeTensorsBuilder.small
    let alphabet = Array(#"{}[]":,\u0123456789aeE.-+ "#.utf8) + [0, 0xFF, 0x80, 0x0A]
    var counts: [CheckpointError.Code?: Int] = [:]
    var opened = 0
    for round in 0..<100_000 {
      var bytes = valid
      for _ in 0...Int.random(in: 0...2, using: &generator) {
        let index = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(alphabet.randomElement(using: &generator) ?? 0, at: index)
        default: bytes[index] = alphabet.randomElement(using: &generator) ?? 0
        }
      }
      do {
        for tensor in try SafeTensorsHeader(of: bytes).table {
          #expect(tensor.location.offset + UInt64(tensor.byteCount) <= UInt64(bytes.count))
        }
        counts[nil, default: 0] += 1
      } catch let error as CheckpointError {
        counts[error.code, default: 0] += 1
        #expect((error.offset ?? .max) <= UInt64(bytes.count))
      }
      guard round.isMultiple(of: 50) else { continue }
      // Through a file it is the same, and all bytes can be read.
      if let checkpoint = try? folder.openSafeTensors(bytes) {
        #expect(
          try checkpoint.tensors.map { try checkpoint.bytes(of: $0) }.joined().count
            == checkpoint.tensors.reduce(0) { $0 + $1.byteCount })
        opened += 1
      }
    }
    #expect(opened > 10)
    // The mutations reach far into the reader.
    for code: CheckpointError.Code? in [
      nil, .truncated, .utf8, .json, .elementType, .size, .coverage, .duplicate,
    ] {
      #expect(counts[code, default: 0] > 0, "\(counts)")
    }
  }
}

extension SafeTensorsHeader {
  fileprivate init(of bytes: [UInt8]) throws {
    let source = Source(path: "memory", byteCount: UInt64(bytes.count)) { offset, buffer in
      buffer.copyBytes(from: bytes[Int(offset)..<Int(offset) + buffer.count])
    }
    try self.init(of: source, index: 0, limits: .default)
  }
}
