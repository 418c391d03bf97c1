import Foundation
import IngotContainer
import IngotEncodings
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// What the onnx library reads from a model: `testdata/generators/onnx_models.py`.
private struct Expected: Decodable {
  struct Tensor: Decodable {
    let shape: [Int]
    let type: String
    let digest: String

    init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      shape = try values.decode([Int].self)
      type = try values.decode(String.self)
      digest = try values.decode(String.self)
    }
  }

  let file: String
  let tensors: [String: Tensor]

  static func all() throws -> [String: Expected] {
    try JSONDecoder().decode([String: Expected].self, from: Data(TestData.bytes("onnx/expected.json")))
  }
}

@Suite struct ONNXTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ message: Message, _ name: String = "model.onnx") throws -> any Checkpoint {
    try Checkpoints.open(folder.write(message.bytes, to: name))
  }

  private func bytes(_ checkpoint: any Checkpoint, _ name: String, _ range: Range<Int>? = nil) throws
    -> [UInt8]
  {
    let tensor = try #require(checkpoint.tensor(named: name))
    let range = range ?? 0..<tensor.byteCount
    var bytes = [UInt8](repeating: 0xEE, count: range.count)
    try bytes.withUnsafeMutableBytes { try checkpoint.read(tensor, bytes: range, into: $0) }
    return bytes
  }

  // MARK: What the library reads

  // Clauses O3, O5, O6, O7 and O8.
  @Test(arguments: ["raw", "typed", "unpacked", "graphs", "external"])
  func everyTensorIsWhatTheLibraryReads(_ name: String) throws {
    let expected = try #require(Expected.all()[name])
    let checkpoint = try Checkpoints.open(TestData.path("onnx").appending(expected.file))
    #expect(checkpoint.format == .onnx)
    #expect(Set(checkpoint.tensors.map(\.name)) == Set(expected.tensors.keys))
    for (key, stated) in expected.tensors {
      let tensor = try #require(checkpoint.tensor(named: key))
      #expect(tensor.shape == stated.shape && tensor.type.name == stated.type, "\(key)")
      let digest = try SHA256.hexadecimal(bytes(checkpoint, key)).prefix(16)
      #expect(digest == stated.digest, "\(key)")
    }
  }

  @Test func anyRangeIsAPartOfTheWhole() throws {
    for name in ["raw", "typed", "unpacked", "graphs", "external"] {
      let checkpoint = try Checkpoints.open(TestData.path("onnx/\(name).onnx"))
      for tensor in checkpoint.tensors {
        let whole = try bytes(checkpoint, tensor.name)
        for start in stride(from: 0, through: whole.count, by: 3) {
          for end in Set([start, start + 1, start + 7, whole.count]) where end >= start && end <= whole.count
          {
            let part = try bytes(checkpoint, tensor.name, start..<end)
            #expect(part == Array(whole[start..<end]), "\(name) \(tensor.name) \(start)..<\(end)")
          }
        }
      }
    }
  }

  @Test func tensorsAreInTheOrderOfTheirFilesAndBytes() throws {
    let checkpoint = try Checkpoints.open(TestData.path("onnx/external.onnx"))
    let places = checkpoint.tensors.map { [UInt64($0.location.file), $0.location.offset] }
    #expect(places == [[1, 16], [1, 16], [1, 144], [1, 160], [2, 0]])
    #expect(
      checkpoint.sourceFiles.map { $0.path.lastComponent?.string } == [
        "external.onnx", "first.bin", "second.bin",
      ])
  }

  // Clause O7.5.
  @Test func tensorsOfTheSameBytesShareAStorage() throws {
    let checkpoint = try Checkpoints.open(TestData.path("onnx/external.onnx"))
    let views = checkpoint.tensors.map { $0.view.map { [$0.storage, Int($0.start)] } }
    #expect(views == [[0, 0], [0, 0], nil, nil, nil])
  }

  @Test func aModelSaysWhoMadeIt() throws {
    let checkpoint = try Checkpoints.open(TestData.path("onnx/graphs.onnx"))
    #expect(checkpoint.metadata.map(\.key) == ["producer_name", "author"])
    #expect(checkpoint.metadata["author"] == .string("a generator"))
    #expect(checkpoint.name == "graphs")
  }

  // Clause O5.4.
  @Test func textsAreLeftOutWithAWarning() throws {
    let checkpoint = try Checkpoints.open(TestData.path("onnx/graphs.onnx"))
    #expect(checkpoint.warnings.map(\.code) == [.texts, .texts])
    #expect(checkpoint.warnings.map(\.subject) == [.tensor("word"), .tensor("words")])
  }

  // Clause O4.5.
  @Test func aSurveyShowsWhatIsReadAndNamesWhatIsNot() throws {
    let path = TestData.path("onnx/sparse.onnx")
    let error = #expect(throws: CheckpointError.self) { try Checkpoints.open(path) }
    #expect(error?.code == .feature && error?.subject == .tensor("sparse"))
    let survey = try Checkpoints.survey(path)
    #expect(survey.checkpoint.tensors.map(\.name) == ["dense"])
    #expect(survey.refusals == [error])
  }

  // MARK: Forms

  // Clause O1.
  @Test func aModelIsKnownByItsFirstTwoFields() throws {
    let graph = Message.field(7, .initializer([1], 3, .field(9, .zeros(1))))
    let forms = [
      Message.number(1, 3) + graph + .operators, .number(1, 11) + .operators + graph,
      .number(1, 8) + .text(2, "x") + graph + .operators,
      .number(1, 8) + .number(5, 3) + graph + .operators,
      .number(1, 8) + .field(25, .text(1, "f")) + graph + .operators, .number(1, 1) + graph,
    ]
    for form in forms { #expect(try open(form).tensors.map(\.name) == ["a"]) }
    for bytes in [[0x08, 0x08], [0x08, 0x80, 0x01, 0x3A, 0], [0x08, 0x08, 0x4A, 0], [0x3A, 0]] as [[UInt8]] {
      let path = try folder.write(bytes, to: "x")
      let error = #expect(throws: CheckpointError.self) { try Checkpoints.open(path) }
      #expect(error?.code == .magic)
    }
  }

  @Test func unknownFieldsArePassedOver() throws {
    let unknown =
      Message.number(100, 7) + .field(101, .zeros(3)) + .field32(102, 1) + .tag(103, 1) + .zeros(8)
    let graph = unknown + .initializer([2], 3, unknown + .field(9, Message(1, 2))) + unknown
    #expect(try bytes(open(.model(graph) + unknown), "a") == [1, 2])
  }

  // Clause O2.4.
  @Test func packedNumbersMayStandInSeveralRuns() throws {
    let runs = Message.field(5, Message(1, 2)) + .field(5, Message()) + .number(5, 3) + .field(5, Message(4))
    #expect(try bytes(open(.model(.initializer([4], 3, runs))), "a") == [1, 2, 3, 4])
    let floats = Message.field(4, Message(0, 0, 0x80, 0x3F)) + .field32(4, 0x4000_0000)
    #expect(try bytes(open(.model(.initializer([2], 1, floats))), "a") == [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])
    let dimensions = Message.field(1, Message(2, 1)) + .number(1, 3)
    let tensor = try #require(
      open(.model(.field(5, dimensions + .number(2, 3) + .text(8, "a") + .field(9, .zeros(6))))).tensors
        .first)
    #expect(tensor.shape == [2, 1, 3])
  }

  // Clause O6.2.
  @Test func numbersBelowZeroMayHaveFiveOrTenBytes() throws {
    let numbers = Message.varint(UInt64(bitPattern: -2)) + .varint(UInt64(UInt32(bitPattern: -2)))
    #expect(
      try bytes(open(.model(.initializer([2], 6, .field(5, numbers)))), "a")
        == [0xFE, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF])
  }

  // Clause O2.4: ranges of many numbers begin at kept places.
  @Test func rangesOfManyNumbersBeginAnywhere() throws {
    var generator = SeededGenerator(seed: 8)
    let numbers = (0..<50_000).map { _ in
      Int64(bitPattern: generator.next() >> UInt64.random(in: 0...63, using: &generator))
    }
    var packed = Message()
    for number in numbers { packed.bytes += Message.varint(UInt64(bitPattern: number)).bytes }
    let checkpoint = try open(.model(.initializer([50_000], 7, .field(7, packed))))
    let whole = numbers.withUnsafeBytes { Array($0) }
    #expect(try bytes(checkpoint, "a") == whole)
    for start in [0, 1, 131_064, 131_071, 131_072, 131_073, 262_140, 399_990] {
      for count in [0, 1, 8, 17] where start + count <= whole.count {
        #expect(try bytes(checkpoint, "a", start..<start + count) == Array(whole[start..<start + count]))
      }
    }
  }

  // Clause O7.5: tensors are in the order of their files, whatever their values are made of.
  @Test func valuesOfAllKindsAreFoundWhereverTheirTensorsStand() throws {
    _ = try folder.write([0x21, 0x43, 5, 6], to: "x")
    let graph =
      Message.initializer([3], 22, .external("x", length: "2"), name: "packed")
      + .initializer([2], 3, .external("x", offset: "2"), name: "external")
      + .initializer([2], 7, .field(7, Message(9, 8)), name: "numbers")
      + .initializer([1], 8, .text(6, "text"), name: "text")
      + .initializer([2], 3, .field(9, Message(3, 4)), name: "raw")
      + .node("Constant", "single", .attribute("value_int", .number(3, 5)))
    let checkpoint = try open(.model(graph))
    #expect(checkpoint.tensors.map(\.name) == ["numbers", "raw", "single", "packed", "external"])
    #expect(try bytes(checkpoint, "packed") == [1, 2, 3] && bytes(checkpoint, "external") == [5, 6])
    #expect(try bytes(checkpoint, "numbers") == [9, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0])
    #expect(try bytes(checkpoint, "raw") == [3, 4])
    #expect(try bytes(checkpoint, "single", 0..<3) == [5, 0, 0] && bytes(checkpoint, "single", 7..<8) == [0])
  }

  // Clause O4.1: the names of what is left out count too.
  @Test func aNameOfTextsIsNoOtherTensors() throws {
    let texts = Message.initializer([1], 8, .text(6, "text"))
    let graph = texts + .initializer([1], 3, .field(9, .zeros(1)))
    let error = #expect(throws: CheckpointError.self) { try open(.model(graph)) }
    #expect(error?.code == .duplicate && error?.subject == .tensor("a"))
    #expect(error?.offset == UInt64(Message.model(texts).bytes.count - Message.operators.bytes.count + 2))
  }

  // Clause O8.
  @Test func graphsAreNamedByTheOutputOfTheirNode() throws {
    let inner = Message.initializer([1], 3, .field(9, Message(7)))
    let branches =
      Message.attribute("then_branch", .field(6, inner))
      + .attribute("graphs", .field(11, inner) + .field(11, inner))
    // The outputs may stand behind the attributes, and the first may have no name.
    let node = Message.field(
      1, branches + .text(2, "") + .text(2, "out") + .text(4, "If"))
    let checkpoint = try open(.model(node))
    #expect(checkpoint.tensors.map(\.name) == ["out.then_branch.a", "out.graphs.0.a", "out.graphs.1.a"])
  }

  @Test func aConstantOfAFunctionThatIsGivenByTheCallerIsNone() throws {
    let reference = Message.node(
      "Constant", "c", .field(5, .text(1, "value") + .text(21, "given")))
    let function = Message.field(
      25, .text(1, "F") + .field(7, Message(bytes: Array(reference.bytes.dropFirst(2)))))
    #expect(
      try open(.model(.initializer([1], 3, .field(9, .zeros(1)))) + function).tensors.map(\.name) == ["a"])
  }

  @Test func aConstantNumberThatIsLeftOutIsZero() throws {
    let nodes =
      Message.node("Constant", "f", .attribute("value_float", .number(20, 1)))
      + .node("Constant", "i", .attribute("value_int", .number(20, 2)))
    let checkpoint = try open(.model(nodes))
    #expect(
      checkpoint.tensors.map(\.shape) == [[], []] && checkpoint.tensors.map(\.type) == [.float32, .int64])
    #expect(try bytes(checkpoint, "i") == [UInt8](repeating: 0, count: 8))
  }

  // MARK: Memory

  @Test func aTensorOfAGigabyteIsNotRead() throws {
    let byteCount = 1 << 30
    let head = Message.tensor([UInt64(byteCount)], 3)
    let raw = Message.tag(9, 2) + .varint(UInt64(byteCount))
    let tensorCount = head.bytes.count + raw.bytes.count + byteCount
    let tensor = Message.tag(5, 2) + .varint(UInt64(tensorCount)) + head + raw
    let start =
      Message.number(1, 8) + .operators + .tag(7, 2) + .varint(UInt64(tensor.bytes.count + byteCount))
      + tensor
    let path = try folder.write(start.bytes, to: "large.onnx")
    let file = try FileDescriptor.open(path, .readWrite)
    try file.closeAfter { try file.resize(to: Int64(start.bytes.count + byteCount)) }
    let checkpoint = try Checkpoints.open(path)
    #expect(checkpoint.tensors.first?.location.offset == UInt64(start.bytes.count))
    #expect(try bytes(checkpoint, "a", byteCount - 2..<byteCount) == [0, 0])
  }
}
