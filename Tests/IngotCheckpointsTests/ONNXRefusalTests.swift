import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// A model that is refused at its mark.
struct ModelRefusal: Sendable, CustomTestStringConvertible {
  let code: CheckpointError.Code
  let message: Message
  let what: String

  init(_ code: CheckpointError.Code, _ what: String, _ message: Message) {
    self.code = code
    self.what = what
    self.message = message
  }

  var testDescription: String { "\(code.rawValue) \(what)" }
}

@Suite struct ONNXRefusalTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let good = Message.initializer([1], 3, .field(9, .zeros(1)))

  private static func tensor(_ shape: [UInt64], _ type: UInt64, _ rest: Message) -> Message {
    .model(.initializer(shape, type, rest))
  }

  /// A graph in an attribute of a node, in a graph, and so on.
  private static func nested(_ levels: Int) -> Message {
    var graph = Message.fault
    for _ in 0..<levels { graph = .node("If", "o", .attribute("b", .field(6, graph))) }
    return .model(graph)
  }

  // Statements, since one long expression takes the compiler minutes.
  static let messages: [ModelRefusal] = {
    var list: [ModelRefusal] = []
    func add(_ code: CheckpointError.Code, _ what: String, _ message: Message) {
      list.append(ModelRefusal(code, what, message))
    }
    // Clause O2: the frame.
    add(
      .protocolBuffer, "a varint of eleven bytes",
      .model(.fault + Message(0x88, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)))
    add(
      .protocolBuffer, "a length of 65 bits",
      .model(Message(0x12) + .fault + Message(0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02)))
    add(
      .protocolBuffer, "a varint that its message cuts", .model(Message(0x50) + .fault + Message(0x80)))
    add(.protocolBuffer, "a length beyond the message", .model(.fault + Message(0x12, 0x09, 0x00)))
    add(
      .protocolBuffer, "a length of 2^64 - 1",
      .model(.fault + Message(0x12) + .varint(.max)))
    add(
      .protocolBuffer, "a number that its message cuts", .model(.fault + Message(0x55, 0x00, 0x00)))
    add(.protocolBuffer, "field 0", .model(.fault + Message(0x02, 0x00)))
    add(.protocolBuffer, "a tag of 33 bits", .model(.fault + .varint(1 << 32 | 8) + Message(0)))
    add(.protocolBuffer, "a group", .model(.fault + Message(0x53)))
    add(.protocolBuffer, "the end of a group", .model(.fault + Message(0x54)))
    add(.protocolBuffer, "wire type 6", .model(.fault + Message(0x56)))
    add(.protocolBuffer, "wire type 7", .model(.fault + Message(0x57)))
    add(
      .protocolBuffer, "a graph that is a number", .field(1, 8) + .operators + .fault + .field(7, 1))
    add(.protocolBuffer, "a tensor that is a number", .model(.fault + .field(5, 1)))
    add(.protocolBuffer, "raw_data that is a number", tensor([1], 3, .fault + .field(9, 1)))
    add(
      .protocolBuffer, "a float of eight bytes", tensor([1], 1, .fault + Message(0x21) + .zeros(8)))
    add(
      .protocolBuffer, "packed floats that are cut",
      tensor([2], 1, .varint(4 << 3 | 2) + .varint(7) + .zeros(4) + .fault + .zeros(3)))
    add(
      .protocolBuffer, "packed numbers that are cut",
      tensor([2], 7, .field(7, Message(0x01) + .fault + Message(0x80))))
    add(
      .truncated, "a graph beyond the file", .field(1, 8) + .operators + .fault + Message(0x3A, 0x02, 0x00))
    add(.truncated, "a tag that the file cuts", .model(good) + .fault + Message(0x80))
    add(
      .utf8, "a name that is not UTF-8",
      .model(.field(5, .field(2, 3) + Message(0x42, 0x02) + .fault + Message(0xC0, 0x80))))
    add(.nesting, "34 graphs within each other", nested(33))
    // Clause O3: the model.
    add(.schema, "no graph", .field(1, 8) + .operators + .fault)
    add(.schema, "no operator set", .field(1, 8) + .field(7, good) + .fault)
    add(.duplicate, "two graphs", .model(good) + .fault + .field(7, good))
    add(
      .duplicate, "two versions", .field(1, 8) + .field(7, good) + .fault + .field(1, 8) + .operators)
    add(
      .duplicate, "a key of the metadata twice",
      .model(good) + .entry(14, "k", "v") + .fault + .entry(14, "k", "w"))
    // Clause O4: tensors.
    add(
      .schema, "no name",
      .model(Message(0x2A, 0x07) + .fault + Message(0x08, 0x01, 0x10, 0x03, 0x4A, 0x01, 0x00)))
    add(
      .duplicate, "two of one name",
      .model(good + Message(0x2A, 0x0A) + .fault + Message(bytes: Array(good.bytes.dropFirst(2)))))
    add(.duplicate, "two types", tensor([1], 3, .fault + .field(2, 3) + .field(9, .zeros(1))))
    add(
      .duplicate, "two raw_data", tensor([1], 3, .field(9, .zeros(1)) + .fault + .field(9, .zeros(1))))
    add(
      .elementType, "no type",
      .model(.varint(5 << 3 | 2) + .varint(6) + .fault + .field(8, text: "a") + .field(9, .zeros(1))))
    add(
      .value, "a negative dimension",
      .model(.field(5, Message(0x08) + .fault + .varint(UInt64(bitPattern: -1)))))
    add(
      .overflow, "2^66 elements",
      .model(.field(5, .fault + .tensor([1 << 33, 1 << 33], 1, .field(9, .zeros(4))))))
    add(
      .overflow, "2^63 bits beside a dimension of 0",
      .model(.field(5, .fault + .tensor([1 << 57, 0], 1, .field(9, Message())))))
    add(
      .limit, "65 dimensions", .model(.field(5, dimensions(64) + Message(0x08) + .fault + Message(0x01))))
    add(
      .feature, "a segment", tensor([1], 3, .fault + .field(3, .field(1, 0)) + .field(9, .zeros(1))))
    add(
      .feature, "a sparse initializer", .model(Message(0x7A, 0x04) + .fault + .field(3, .field(1, 0))))
    add(
      .feature, "an odd number of 4-bit floats",
      .model(.field(5, .fault + .tensor([3], 23, .field(9, .zeros(2))))))
    // Clause O5: types and sizes.
    add(
      .elementType, "type 0", .model(.field(5, Message(0x10) + .fault + Message(0) + .field(8, text: "a"))))
    add(
      .elementType, "type 29", .model(.field(5, Message(0x10) + .fault + Message(29) + .field(8, text: "a"))))
    add(
      .elementType, "complex128",
      .model(.field(5, Message(0x10) + .fault + Message(15) + .field(8, text: "a"))))
    add(
      .elementType, "float6", .model(.field(5, Message(0x10) + .fault + Message(27) + .field(8, text: "a"))))
    add(.size, "raw_data that is short", tensor([3], 1, Message(0x4A, 0x08) + .fault + .zeros(8)))
    add(.size, "raw_data that is long", tensor([], 1, Message(0x4A, 0x08) + .fault + .zeros(8)))
    add(
      .size, "nine halves of a byte in four bytes", tensor([9], 22, Message(0x4A, 0x04) + .fault + .zeros(4)))
    add(.size, "2^40 elements without data", .model(.field(5, .fault + .tensor([1 << 40], 1))))
    add(
      .size, "2^40 elements in an empty raw_data", tensor([1 << 40], 1, Message(0x4A, 0x00) + .fault))
    // Clause O6: numbers.
    add(
      .duplicate, "numbers beside raw_data",
      tensor([1], 3, .field(9, .zeros(1)) + Message(0x28) + .fault + Message(0)))
    add(.elementType, "an integer among floats", tensor([1], 7, Message(0x25) + .fault + .zeros(4)))
    add(
      .elementType, "an unsigned 32-bit number in int32_data",
      tensor([1], 12, Message(0x28) + .fault + Message(0)))
    add(.size, "too few numbers", tensor([3], 7, Message(0x3A, 0x02) + .fault + Message(1, 2)))
    add(.size, "too many numbers", tensor([1], 7, Message(0x3A, 0x02) + .fault + Message(1, 2)))
    add(.value, "256 in a byte", tensor([2], 2, .field(5, Message(1) + .fault + .varint(256))))
    add(
      .value, "-1 in an unsigned byte",
      tensor([1], 2, Message(0x28) + .fault + .varint(UInt64(bitPattern: -1))))
    add(
      .value, "-129 in a byte", tensor([1], 3, .field(5, .fault + .varint(UInt64(bitPattern: -129)))))
    add(.value, "65536 in a half", tensor([1], 10, .field(5, .fault + .varint(65_536))))
    add(.value, "a truth value of 2", tensor([1], 9, .field(5, .fault + .varint(2))))
    add(.value, "2^32 in 32 bits", tensor([1], 12, .field(11, .fault + .varint(1 << 32))))
    // Clause O3.4: constants.
    add(
      .schema, "a constant without a value",
      .model(
        .field(
          1,
          .field(2, text: "c") + .field(4, text: "Constant") + Message(0x2A, 0x07) + .fault
            + .field(1, text: "value"))))
    add(
      .feature, "a sparse constant",
      .model(
        .node(
          "Constant", "c",
          .attribute("sparse_value", .varint(22 << 3 | 2) + Message(0x02) + .fault + Message(0x18, 0x01)))))
    add(
      .schema, "a constant without an output",
      .model(
        .field(
          1,
          .field(4, text: "Constant")
            + .attribute("value", Message(0x2A, 0x05) + .fault + Message(0x10, 0x03, 0x4A, 0x01, 0x00)))))
    add(
      .protocolBuffer, "a number of another form",
      .model(.node("Constant", "c", .attribute("value_float", .fault + .field(2, 1)))))
    add(
      .protocolBuffer, "numbers of another form",
      .model(.node("Constant", "c", .attribute("value_floats", .fault + .field(7, 1)))))
    return list
  }()

  private static func dimensions(_ count: Int) -> Message {
    (0..<count).reduce(Message()) { sum, _ in sum + .field(1, 1) }
  }

  private func refusal(_ message: Message, limits: CheckpointLimits = .default) throws -> CheckpointError? {
    let path = try folder.write(message.bytes, to: "model.onnx")
    return #expect(throws: CheckpointError.self) { try Checkpoints.open(path, limits: limits) }
  }

  @Test(arguments: messages) func brokenModelsAreRefusedAtTheFault(_ refusal: ModelRefusal) throws {
    let error = try self.refusal(refusal.message)
    #expect(error?.code == refusal.code, "\(error.map { "\($0)" } ?? "")")
    #expect(error?.offset == refusal.message.mark.map(UInt64.init), "\(error.map { "\($0)" } ?? "")")
  }

  @Test func graphsAtTheLimitAreRead() throws {
    // A graph is three messages deeper than the one around it: 2, 5, …, 98.
    var graph = Self.good
    for _ in 0..<32 { graph = .node("If", "o", .attribute("b", .field(6, graph))) }
    let path = try folder.write(Message.model(graph).bytes, to: "model.onnx")
    #expect(try Checkpoints.open(path).tensors.count == 1)
  }

  @Test func everyTruncationIsRefusedOrTellsOfTheLastFields() throws {
    let whole = try TestData.bytes("onnx/graphs.onnx")
    for count in 0..<whole.count {
      let path = try folder.write(whole[..<count], to: "cut.onnx")
      do {
        _ = try Checkpoints.open(path)
        // What stands behind the operator sets may be missing.
        #expect(count > whole.count / 2)
      } catch let error as CheckpointError {
        #expect(error.offset.map { $0 <= count } == true)
        if count > 4 { #expect([.truncated, .schema, .protocolBuffer].contains(error.code), "\(error)") }
      }
    }
  }

  // MARK: External data, clause O7

  static let locations = [
    "../x.bin", "/etc/passwd", "a/../../x.bin", "a/..", "..", "", "a//b", "a/", "/", ".", "a/.", "a\\..\\b",
    "x\0.bin",
  ]

  @Test(arguments: locations) func aLocationOutOfTheFolderIsRefused(_ location: String) throws {
    try folder.write([0], to: "x.bin")
    let rest =
      Message.field(14, 1)
      + .field(
        13,
        .field(1, text: "location") + Message(0x12, UInt8(location.utf8.count)) + .fault
          + Message(bytes: Array(location.utf8)))
    let message = Self.tensor([1], 3, rest)
    let error = try refusal(message)
    #expect(error?.code == .path && error?.offset == message.mark.map(UInt64.init))
    #expect(error?.subject == .tensor("a"))
  }

  private func link(_ target: String, _ name: String) throws {
    #expect(symlink(target, folder.path(name).string) == 0)
  }

  @Test func aLinkIsRefusedWhereverItLeads() throws {
    let other = try TemporaryFolder()
    try other.write([7], to: "secret.bin")
    try folder.write([7], to: "data.bin")
    try link(other.path("secret.bin").string, "outside.bin")
    try link("data.bin", "inside.bin")
    try link(other.path.string, "sub")
    for name in ["outside.bin", "inside.bin", "sub/secret.bin"] {
      let error = try refusal(Self.tensor([1], 3, .external(name)))
      #expect(error?.code == .path && error?.subject == .shard(name))
      #expect(error?.offset != nil)
    }
  }

  @Test func aFileThatIsNotThereOrNoFileIsRefused() throws {
    let error = try refusal(Self.tensor([1], 3, .external("none.bin")))
    #expect(error?.code == .shard && error?.subject == .shard("none.bin"))
    #expect(try Folder.make(folder.path("folder")))
    let path = try folder.write(Self.tensor([1], 3, .external("folder")).bytes, to: "model.onnx")
    let fault = #expect(throws: FileError.self) { try Checkpoints.open(path) }
    #expect(fault?.code == .notRegular)
  }

  @Test func rangesBeyondTheFileAreRefusedAtWhatStatesThem() throws {
    try folder.write([UInt8](repeating: 0, count: 10), to: "x")
    func rest(_ key: String, _ value: String) -> Message {
      .field(14, 1) + .entry(13, "location", "x")
        + .field(
          13,
          .field(1, text: key) + Message(0x12, UInt8(value.utf8.count)) + .fault
            + Message(bytes: Array(value.utf8)))
    }
    let cases: [(CheckpointError.Code, String, String)] = [
      (.bounds, "offset", "3"), (.bounds, "offset", "18446744073709551615"), (.bounds, "offset", "11"),
      (.value, "offset", "-1"), (.value, "offset", ""), (.value, "offset", "+1"), (.value, "offset", " 1"),
      (.value, "offset", "0x1"), (.value, "offset", "18446744073709551616"), (.size, "length", "7"),
      (.size, "length", "9"),
      (.value, "length", "eight"),
    ]
    for (code, key, value) in cases {
      let message = Self.tensor([2], 1, rest(key, value))
      let error = try refusal(message)
      #expect(error?.code == code && error?.offset == message.mark.map(UInt64.init), "\(key) \(value)")
    }
    let path = try folder.write(
      Self.tensor([2], 1, .external("x", offset: "2", length: "8")).bytes, to: "model.onnx")
    #expect(try Checkpoints.open(path).tensors.first?.location == .init(file: 1, offset: 2))
  }

  @Test func externalDataHasOneLocationAndNoOtherValues() throws {
    try folder.write([UInt8](repeating: 0, count: 10), to: "x")
    let cases: [(CheckpointError.Code, Message)] = [
      (.schema, .model(.field(5, .fault + .tensor([1], 3, .field(14, 1))))),
      (.value, Self.tensor([1], 3, Message(0x70) + .fault + Message(2))),
      (.duplicate, Self.tensor([1], 3, .external("x") + Message(0x4A, 0x01) + .fault + Message(0))),
      (.duplicate, Self.tensor([1], 3, .external("x") + Message(0x28) + .fault + Message(0))),
      (
        .duplicate,
        Self.tensor(
          [1], 3,
          .external("x") + Message(0x6A, 0x0D) + .fault + Message(0x0A, 0x08)
            + Message(bytes: Array("location".utf8)) + Message(0x12, 0x01, 0x78))
      ),
    ]
    for (code, message) in cases {
      let error = try refusal(message)
      #expect(
        error?.code == code && error?.offset == message.mark.map(UInt64.init),
        "\(error.map { "\($0)" } ?? "")")
    }
  }

  // MARK: Limits

  @Test func limitsAreKept() throws {
    let graph =
      Self.good + .initializer([2, 1], 3, .field(9, .zeros(2)), name: "bb")
      + .node("If", "o", .attribute("b", .field(6, .initializer([1], 3, .field(9, .zeros(1)), name: "ccc"))))
    let message = Message.model(graph) + .entry(14, "key", "value")
    let path = try folder.write(message.bytes, to: "model.onnx")
    func code(_ change: (inout CheckpointLimits) -> Void) -> CheckpointError.Code? {
      var limits = CheckpointLimits()
      change(&limits)
      do {
        _ = try Checkpoints.open(path, limits: limits)
        return nil
      } catch { return (error as? CheckpointError)?.code }
    }
    #expect(code { $0.tensorCount = 2 } == .limit && code { $0.tensorCount = 3 } == nil)
    #expect(code { $0.dimensionCount = 1 } == .limit && code { $0.dimensionCount = 2 } == nil)
    #expect(code { $0.textByteCount = 4 } == .limit && code { $0.textByteCount = 5 } == nil)
    #expect(code { $0.messageNesting = 5 } == .nesting && code { $0.messageNesting = 6 } == nil)
    #expect(code { $0.messageNesting = 1000 } == nil)
    // `a`, `bb` and `o.b.ccc`.
    #expect(code { $0.messageNameByteCount = 9 } == .limit && code { $0.messageNameByteCount = 10 } == nil)
    #expect(code { $0.headerByteCount = 7 } == .limit && code { $0.headerByteCount = 8 } == nil)
  }
}
