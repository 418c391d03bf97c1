import IngotContainer

// Nodes, of which those called Constant hold tensors, and their attributes, which hold graphs.
//
// Specification: `spec/onnx.md`, clauses O3 and O8.
extension ONNXWalk {
  /// What has to be known of a node before its attributes are looked at.
  private struct Node {
    /// The first of its outputs that has a name.
    var output: String?
    var isConstant = false
    /// That of the graph around it.
    let path: ONNXPath
  }

  mutating func node(_ range: Range<UInt64>, in path: ONNXPath, depth: Int) throws {
    try enter(range, depth)
    var node = Node(path: path)
    var (operation, domain) = ("", "")
    try forEachField(of: range) { walk, field in
      func text() throws -> String { try walk.bytes.text(of: field, limit: walk.limits.textByteCount) }
      switch field.number {
      case 2: if node.output == nil || node.output == "" { node.output = try text() }
      case 4: operation = try text()
      case 7: domain = try text()
      default: break
      }
    }
    node.isConstant = operation == "Constant" && (domain.isEmpty || domain == "ai.onnx")
    try forEachField(of: range) { [node] walk, field in
      if field.number == 5 { try walk.attribute(walk.bytes.range(of: field), of: node, depth: depth + 1) }
    }
  }

  private mutating func attribute(_ range: Range<UInt64>, of node: Node, depth: Int) throws {
    try enter(range, depth)
    var name: (value: String, offset: UInt64)?
    var isReference = false
    try forEachField(of: range) { walk, field in
      switch field.number {
      case 1:
        try walk.bytes.set(&name, field, "name", walk.bytes.text(of: field, limit: walk.limits.textByteCount))
      case 21: isReference = try !walk.bytes.range(of: field).isEmpty
      default: break
      }
    }
    let attribute = name?.value ?? ""
    // What a function is called with stands where it is called.
    if node.isConstant, !isReference {
      try constant(attribute, range, of: node, depth: depth)
    }
    let path = node.path.appending(node.output ?? "", attribute)
    var index = 0
    try forEachField(of: range) { walk, field in
      switch field.number {
      case 6: try walk.graph(walk.bytes.range(of: field), in: path, depth: depth + 1)
      case 11:
        try walk.graph(walk.bytes.range(of: field), in: path.appending("\(index)"), depth: depth + 1)
        index += 1
      default: break
      }
    }
  }

  /// The tensor that a constant is.
  private mutating func constant(_ attribute: String, _ range: Range<UInt64>, of node: Node, depth: Int)
    throws
  {
    switch attribute {
    case "value":
      guard let message = try only(5, of: range) else { return try missing(attribute, range, node) }
      let tensor = try bytes.range(of: message)
      try enter(tensor, depth + 1)
      try add(ONNXTensorFields(tensor, in: bytes, limits: limits), in: node.path, named: node.output)
    case "sparse_value":
      guard let message = try only(22, of: range) else { return try missing(attribute, range, node) }
      try sparse(bytes.range(of: message), in: node.path, named: node.output ?? "", depth: depth + 1)
    case "value_float":
      // Nothing stands there for a number that is zero.
      let field = try only(2, of: range)
      guard case .fixed32(let bits)? = field?.value ?? .fixed32(0) else {
        throw field.map { bytes.wrong($0, expected: "four bytes") } ?? unnamed(range)
      }
      try addNumber(.float32, UInt64(bits), byteCount: 4, field, range, node)
    case "value_int":
      let field = try only(3, of: range)
      try addNumber(.int64, field.map { try bytes.varint(of: $0) } ?? 0, byteCount: 8, field, range, node)
    case "value_floats": try addNumbers(.float32, 7, .fixed32, byteCount: 4, range, node)
    case "value_ints": try addNumbers(.int64, 8, .varint, byteCount: 8, range, node)
    case "value_string", "value_strings":
      let name = try uniqueName(node.path, node.output, at: range.lowerBound)
      leaveOut(name)
      warn(.texts, at: range.lowerBound, .tensor(name), "a constant of texts, which is left out")
    default: break
    }
  }

  private mutating func addNumber(
    _ type: ElementType, _ bits: UInt64, byteCount: Int, _ field: MessageField?, _ range: Range<UInt64>,
    _ node: Node
  ) throws {
    let name = try uniqueName(node.path, node.output, at: range.lowerBound)
    add(
      ONNXTensor(
        tensor: CheckpointTensor(
          name: name, shape: [], type: type, elementCount: 1, byteCount: byteCount,
          location: .init(file: 0, offset: field?.valueOffset ?? range.lowerBound)),
        values: ONNXValues(store: .single(bits: bits), packing: nil)))
  }

  private mutating func addNumbers(
    _ type: ElementType, _ number: UInt8, _ form: RepeatedNumbers.Form, byteCount: UInt8,
    _ range: Range<UInt64>,
    _ node: Node
  ) throws {
    let name = try uniqueName(node.path, node.output, at: range.lowerBound)
    // A number takes a byte at least.
    let numbers = try RepeatedNumbers(number, form, of: range, in: bytes, limit: range.count) { _, _ in }
    add(
      ONNXTensor(
        tensor: CheckpointTensor(
          name: name, shape: [numbers.count], type: type, elementCount: numbers.count,
          byteCount: numbers.count * Int(byteCount), location: .init(file: 0, offset: range.lowerBound)),
        values: ONNXValues(store: .numbers(numbers, byteCount: byteCount), packing: nil)))
  }

  /// The field of an attribute that holds its value.
  private mutating func only(_ number: UInt64, of range: Range<UInt64>) throws -> MessageField? {
    var found: MessageField?
    try forEachField(of: range) { walk, field in
      guard field.number == number else { return }
      guard found == nil else {
        throw walk.bytes.refuse(
          .duplicate, at: field.offset, found: "a value a second time", expected: "it once")
      }
      found = field
    }
    return found
  }

  private func missing(_ attribute: String, _ range: Range<UInt64>, _ node: Node) throws {
    throw bytes.refuse(
      .schema, at: range.lowerBound, .tensor(node.output ?? ""),
      found: "the attribute \(attribute) without a value", expected: "a tensor")
  }

  private func unnamed(_ range: Range<UInt64>) -> CheckpointError {
    bytes.refuse(.protocolBuffer, at: range.lowerBound, found: "no number", expected: "four bytes")
  }
}
