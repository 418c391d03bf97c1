import IngotContainer
import IngotEncodings
import SystemPackage

/// Reads the JSON of a safetensors header: clauses S2 to S5.
struct SafeTensorsHeaderParser: ~Copyable {
  /// The tensors in header order, their offsets from the start of the data.
  private(set) var table = TensorTable()
  private(set) var metadata = Metadata()
  private(set) var warnings: [CheckpointWarning] = []

  private var json: JSONReader
  private let path: FilePath
  private let limits: CheckpointLimits
  /// What is being read.
  private var subject = CheckpointError.Subject.file
  private var hasMetadata = false

  private static let largestWarningCount = 100

  init(_ window: consuming ByteWindow, path: FilePath, limits: CheckpointLimits) {
    json = JSONReader(
      window, maximumDepth: min(limits.nesting, 64), maximumTextBytes: limits.textByteCount)
    self.path = path
    self.limits = limits
  }

  /// Reads the whole header.
  mutating func parse() throws {
    do {
      try json.expectBraceFirst()
      try json.expect(.beginObject, "an object")
      while try json.nextName() {
        if json.textIs("__metadata__") { try parseMetadata() } else { try parseTensor() }
        subject = .file
      }
      try json.expectSpacesToTheEnd()
    } catch let error as JSONError {
      throw CheckpointError(error, path, subject)
    }
  }

  private mutating func parseMetadata() throws {
    subject = .key("__metadata__")
    guard !hasMetadata else { throw duplicate() }
    hasMetadata = true
    try json.expect(.beginObject, "an object of texts")
    while try json.nextName() {
      let key = json.textString
      subject = .key(key)
      guard metadata[key] == nil else { throw duplicate() }
      metadata[key] = .string(try json.string("a text"))
    }
  }

  private mutating func parseTensor() throws {
    let name = json.textString
    let nameOffset = json.offset
    subject = .tensor(name)
    guard table.count < limits.tensorCount else {
      throw error(.limit, at: nameOffset, found: "another tensor", expected: "at most \(limits.tensorCount)")
    }
    let tensor = try parseEntry(name)
    guard table.append(tensor) else {
      throw error(.duplicate, at: nameOffset, found: "the name a second time", expected: "a name of its own")
    }
  }

  private mutating func parseEntry(_ name: String) throws -> CheckpointTensor {
    var type: ElementType?
    var shape: (dimensions: [Int], offset: UInt64)?
    var range: (begin: UInt64, end: UInt64, offset: UInt64)?
    try json.expect(.beginObject, "an object with dtype, shape and data_offsets")
    let entryOffset = json.offset
    while try json.nextName() {
      if json.textIs("dtype") {
        guard type == nil else { throw duplicate() }
        type = try parseType()
      } else if json.textIs("shape") {
        guard shape == nil else { throw duplicate() }
        shape = try parseShape()
      } else if json.textIs("data_offsets") {
        guard range == nil else { throw duplicate() }
        range = try parseRange()
      } else {
        warn("the unknown field \(json.textString.quoted)")
        try json.skipValue()
      }
    }
    guard let type, let shape, let range else {
      let missing = type == nil ? "dtype" : shape == nil ? "shape" : "data_offsets"
      throw error(
        .json, at: entryOffset, found: "an entry without \(missing)",
        expected: "dtype, shape and data_offsets")
    }
    guard let elementCount = Self.elementCount(shape.dimensions),
      let bitCount = Checked.product(elementCount, Int(type.bitsPerElement))
    else {
      throw error(
        .overflow, at: shape.offset, found: "a shape of \(type) elements that overflows",
        expected: "fewer than 2^63 bits")
    }
    guard bitCount.isMultiple(of: 8), range.begin <= range.end, range.end - range.begin == bitCount / 8
    else {
      throw error(
        .size, at: range.offset, found: "the range \(range.begin) to \(range.end)",
        expected: "\(bitCount) bits, in whole bytes: \(elementCount) elements of \(type)")
    }
    return CheckpointTensor(
      name: name, shape: shape.dimensions, type: type, elementCount: elementCount, byteCount: bitCount / 8,
      location: .init(file: 0, offset: range.begin))
  }

  /// The product of the dimensions, or `nil` on overflow.
  ///
  /// A zero hides no overflow: the product of the other dimensions must fit, so that every partial product does.
  private static func elementCount(_ dimensions: [Int]) -> Int? {
    var product = 1
    for dimension in dimensions where dimension != 0 {
      guard let next = Checked.product(product, dimension) else { return nil }
      product = next
    }
    return dimensions.contains(0) ? 0 : product
  }

  private mutating func parseType() throws -> ElementType {
    try json.expect(.string, "the name of an element type")
    guard let type = ElementType(nameBytes: json.text) else {
      throw error(
        .elementType, at: json.offset, found: "the element type \(json.textString.quoted)",
        expected: "one of " + ElementType.plainTypes.map(\.name).joined(separator: ", "))
    }
    return type
  }

  private mutating func parseShape() throws -> (dimensions: [Int], offset: UInt64) {
    try json.expect(.beginArray, "an array of dimensions")
    let offset = json.offset
    var dimensions: [Int] = []
    while let dimension: Int = try json.nextInteger("a dimension: a whole number below 2^63, in plain digits")
    {
      guard dimensions.count < limits.dimensionCount else {
        throw error(
          .limit, at: json.offset, found: "another dimension", expected: "at most \(limits.dimensionCount)")
      }
      dimensions.append(dimension)
    }
    return (dimensions, offset)
  }

  private mutating func parseRange() throws -> (begin: UInt64, end: UInt64, offset: UInt64) {
    let expected = "two offsets: whole numbers below 2^64, in plain digits"
    try json.expect(.beginArray, expected)
    let offset = json.offset
    guard let begin: UInt64 = try json.nextInteger(expected),
      let end: UInt64 = try json.nextInteger(expected)
    else { throw json.mismatch(.endArray, expected: expected) }
    try json.expect(.endArray, expected)
    return (begin, end, offset)
  }

  private mutating func warn(_ found: String) {
    guard warnings.count < Self.largestWarningCount else { return }
    warnings.append(
      CheckpointWarning(
        code: .unknownField, path: path, offset: json.offset, subject: subject, found: found))
  }

  private func duplicate() -> CheckpointError {
    error(
      .duplicate, at: json.offset, found: "\(json.textString.quoted) a second time",
      expected: "each name once")
  }

  private func error(
    _ code: CheckpointError.Code, at offset: UInt64, found: String, expected: String
  ) -> CheckpointError {
    CheckpointError(code, path, at: offset, subject, found: found, expected: expected)
  }
}
