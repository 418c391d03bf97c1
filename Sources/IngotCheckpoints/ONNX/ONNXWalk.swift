import IngotContainer
import IngotEncodings

/// A walk over a model and the graphs within it, which finds its tensors.
///
/// Specification: `spec/onnx.md`, clauses O2, O3 and O8.
struct ONNXWalk {
  let bytes: MessageBytes
  let limits: CheckpointLimits
  private(set) var metadata = Metadata()
  private(set) var warnings: [CheckpointWarning] = []
  private(set) var refusals: [CheckpointError] = []

  private let maker: ONNXTensorMaker
  private let isSurvey: Bool
  /// The tensors as they are found, and where the values are of those that are not plain bytes.
  private var table = CheckpointTensors()
  private var values = ONNXValueTable()
  /// The names of tensors that are not in the table.
  private var leftOut = NameTable()
  /// The bytes of all names, which inner graphs make longer than the file has them.
  private var nameByteCount = 0
  private var metadataByteCount = 0

  private static let largestWarningCount = 100

  init(
    _ bytes: MessageBytes, _ externalFiles: ONNXExternalFiles, limits: CheckpointLimits, isSurvey: Bool
  ) {
    self.bytes = bytes
    self.limits = limits
    self.isSurvey = isSurvey
    maker = ONNXTensorMaker(bytes: bytes, limits: limits, externalFiles: externalFiles)
  }

  /// Walks over the whole model.
  mutating func model() throws {
    var version: (value: UInt64, offset: UInt64)?
    var graph: (value: Range<UInt64>, offset: UInt64)?
    var hasOperators = false
    var trainings = 0
    var walk = MessageWalk(0..<bytes.file.byteCount, in: bytes)
    while let field = try walk.next() {
      switch field.number {
      case 1: try bytes.set(&version, field, "ir_version", bytes.varint(of: field))
      case 2: try addMetadata("producer_name", field)
      case 3: try addMetadata("producer_version", field)
      case 7:
        try bytes.set(&graph, field, "graph", bytes.range(of: field))
        try self.graph(bytes.range(of: field), in: .model, depth: 2)
      case 8:
        _ = try bytes.range(of: field)
        hasOperators = true
      case 14: try addMetadata(field)
      case 20:
        try training(bytes.range(of: field), trainings)
        trainings += 1
      case 25: try function(bytes.range(of: field))
      default: break
      }
    }
    let end = bytes.file.byteCount
    guard let version, (1...0x7F).contains(version.value) else {
      throw bytes.refuse(
        .schema, at: version?.offset ?? end, .key("ir_version"),
        found: "a model without a version of its format",
        expected: "1 to 127")
    }
    guard graph != nil else {
      throw bytes.refuse(
        .schema, at: end, .key("graph"), found: "a model without a graph", expected: "one")
    }
    // They stand behind the graph: a file that is cut before them is found by it.
    guard hasOperators || version.value < 3 else {
      throw bytes.refuse(
        .schema, at: end, .key("opset_import"), found: "a model without opset_import",
        expected: "one operator set")
    }
  }

  /// Walks over a graph that is at `depth` messages.
  mutating func graph(_ range: Range<UInt64>, in path: ONNXPath, depth: Int) throws {
    try enter(range, depth)
    var walk = MessageWalk(range, in: bytes)
    while let field = try walk.next() {
      switch field.number {
      case 1: try node(bytes.range(of: field), in: path, depth: depth + 1)
      case 5:
        let message = try bytes.range(of: field)
        try enter(message, depth + 1)
        let fields = try ONNXTensorFields(message, in: bytes, limits: limits)
        try add(fields, in: path, named: fields.name?.value)
      case 15: try sparse(bytes.range(of: field), in: path, depth: depth + 1)
      default: break
      }
    }
  }

  private mutating func function(_ range: Range<UInt64>) throws {
    var label: [UInt64: String] = [:]
    try forEachField(of: range) { walk, field in
      guard [1, 10, 13].contains(field.number) else { return }
      label[field.number] = try walk.bytes.text(of: field, limit: walk.limits.textByteCount)
    }
    let parts = [label[10], label[1], label[13]].compactMap { $0 }.filter { !$0.isEmpty }
    let path = ONNXPath.model.appending(parts.joined(separator: ":"))
    try forEachField(of: range) { walk, field in
      if field.number == 7 { try walk.node(walk.bytes.range(of: field), in: path, depth: 3) }
    }
  }

  private mutating func training(_ range: Range<UInt64>, _ index: Int) throws {
    let path = ONNXPath.model.appending("training", "\(index)")
    try forEachField(of: range) { walk, field in
      switch field.number {
      case 1: try walk.graph(walk.bytes.range(of: field), in: path.appending("initialization"), depth: 3)
      case 2: try walk.graph(walk.bytes.range(of: field), in: path.appending("algorithm"), depth: 3)
      default: break
      }
    }
  }

  /// Refuses the initializer, or the constant, that has few values.
  mutating func sparse(
    _ range: Range<UInt64>, in path: ONNXPath, named name: String? = nil, depth: Int
  ) throws {
    try enter(range, depth)
    var name = name
    try forEachField(of: range) { walk, field in
      guard field.number == 1, name == nil else { return }
      let message = try walk.bytes.range(of: field)
      name = try ONNXTensorFields(message, in: walk.bytes, limits: walk.limits).name?.value
    }
    let whole = try uniqueName(path, name, at: range.lowerBound)
    leaveOut(whole)
    try settle(
      bytes.refuse(
        .feature, at: range.lowerBound, .tensor(whole), found: "a sparse tensor",
        expected: "all values, one after the other"))
  }

  mutating func forEachField(
    of range: Range<UInt64>, _ body: (inout Self, MessageField) throws -> Void
  ) throws {
    var walk = MessageWalk(range, in: bytes)
    while let field = try walk.next() { try body(&self, field) }
  }

  /// Refuses a message that is too deep.
  func enter(_ range: Range<UInt64>, _ depth: Int) throws {
    guard depth <= limits.effectiveMessageNesting else {
      throw bytes.refuse(
        .nesting, at: range.lowerBound, found: "messages at level \(depth)",
        expected: "at most \(limits.effectiveMessageNesting)")
    }
  }
}

// What is found.
extension ONNXWalk {
  /// Adds the tensor that a message is; texts are left out.
  mutating func add(_ fields: ONNXTensorFields, in path: ONNXPath, named name: String?) throws {
    let name = try uniqueName(path, name, at: fields.message.lowerBound)
    do {
      if let tensor = try maker.tensor(fields, named: name) {
        add(tensor)
      } else {
        leaveOut(name)
        warn(.texts, at: fields.message.lowerBound, .tensor(name), "a tensor of texts, which is left out")
      }
    } catch let error as CheckpointError where error.code == .elementType || error.code == .feature {
      leaveOut(name)
      try settle(error)
    }
  }

  /// Adds a tensor with a ``uniqueName(_:_:at:)``.
  mutating func add(_ tensor: ONNXTensor) {
    if !tensor.values.isPlain { values.append(tensor.values, at: table.count) }
    _ = table.append(tensor.tensor)
  }

  /// Keeps a ``uniqueName(_:_:at:)`` for a tensor that is not added.
  mutating func leaveOut(_ name: String) { leftOut.append(name) }

  /// Hands over the tensors that were found, in the order of the file.
  mutating func takeTensors() -> (CheckpointTensors, ONNXValueTable) {
    defer { (table, values) = (CheckpointTensors(), ONNXValueTable()) }
    return (table, values)
  }

  /// The name of a tensor with its path, which no other has; to be added or left out.
  mutating func uniqueName(_ path: ONNXPath, _ name: String?, at offset: UInt64) throws -> String {
    guard let name, !name.isEmpty else {
      throw bytes.refuse(.schema, at: offset, found: "a tensor without a name", expected: "one")
    }
    guard table.count + leftOut.count < limits.effectiveTensorCount else {
      throw bytes.refuse(
        .limit, at: offset, .tensor(name), found: "another tensor",
        expected: "at most \(limits.effectiveTensorCount)")
    }
    let byteCount = path.byteCount + name.utf8.count
    guard byteCount <= limits.messageNameByteCount - nameByteCount else {
      throw bytes.refuse(
        .limit, at: offset, found: "names of more than \(limits.messageNameByteCount.counted("byte")) in all",
        expected: "at most that many")
    }
    nameByteCount += byteCount
    let whole = path.name(name)
    guard !table.contains(whole), leftOut.index(of: whole) == nil else {
      throw bytes.refuse(
        .duplicate, at: offset, .tensor(whole), found: "a second tensor of this name",
        expected: "each name once"
      )
    }
    return whole
  }

  mutating func warn(
    _ code: CheckpointWarning.Code, at offset: UInt64, _ subject: CheckpointError.Subject, _ found: String
  ) {
    guard warnings.count < Self.largestWarningCount else { return }
    warnings.append(
      CheckpointWarning(code: code, path: bytes.path, offset: offset, subject: subject, found: found))
  }

  /// Tells a fault after which the walk can go on, or throws it.
  private mutating func settle(_ fault: CheckpointError) throws {
    guard isSurvey else { throw fault }
    if refusals.count < Self.largestWarningCount { refusals.append(fault) }
  }

  private mutating func addMetadata(_ field: MessageField) throws {
    let (key, value, _) = try bytes.textPair(bytes.range(of: field), limits: limits)
    try addMetadata(key, value, at: field.offset)
  }

  private mutating func addMetadata(_ key: String, _ field: MessageField) throws {
    try addMetadata(key, bytes.text(of: field, limit: limits.textByteCount), at: field.offset)
  }

  private mutating func addMetadata(_ key: String, _ value: String, at offset: UInt64) throws {
    let byteCount = key.utf8.count + value.utf8.count
    guard UInt64(metadataByteCount + byteCount) <= limits.headerByteCount else {
      throw bytes.refuse(
        .limit, at: offset, .key(key),
        found: "more than \(limits.headerByteCount.counted("byte")) of metadata",
        expected: "at most that many")
    }
    guard metadata[key] == nil else {
      throw bytes.refuse(
        .duplicate, at: offset, .key(key), found: "the key a second time", expected: "it once")
    }
    metadataByteCount += byteCount
    if !value.isEmpty { metadata[key] = .string(value) }
  }
}
