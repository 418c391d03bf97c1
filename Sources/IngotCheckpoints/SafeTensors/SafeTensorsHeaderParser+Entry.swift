import IngotContainer
import IngotEncodings

/// The bytes that an entry of a safetensors header claims, from the start of the data.
struct TensorExtent: Sendable {
  let name: String
  let begin: UInt64
  let end: UInt64
}

extension TensorExtent {
  /// What a tensor claims, whose offset counts from the start of the data.
  init(_ tensor: CheckpointTensor) {
    // A range of the header was begin and end; it cannot overflow.
    self.init(
      name: tensor.name, begin: tensor.location.offset,
      end: tensor.location.offset + UInt64(tensor.byteCount))
  }
}

/// What an entry of a safetensors header states; `nil` what is missing or wrong.
struct SafeTensorsEntry {
  var type: ElementType?
  var shape: (dimensions: [Int], offset: UInt64)?
  var range: (begin: UInt64, end: UInt64, offset: UInt64)?

  /// The product of the dimensions, or `nil` on overflow.
  ///
  /// A zero hides no overflow: the product of the other dimensions must fit, so that every partial product does.
  var elementCount: Int? {
    guard let dimensions = shape?.dimensions else { return nil }
    var product = 1
    for dimension in dimensions where dimension != 0 {
      guard let next = Checked.product(product, dimension) else { return nil }
      product = next
    }
    return dimensions.contains(0) ? 0 : product
  }
}

extension SafeTensorsHeaderParser {
  /// The tensor of an entry, if its fields agree: clauses S5.5 and S5.6.
  func tensor(called name: String, by entry: SafeTensorsEntry) throws -> CheckpointTensor? {
    guard let type = entry.type, let shape = entry.shape else { return nil }
    guard let elementCount = entry.elementCount,
      let bitCount = Checked.product(elementCount, Int(type.bitsPerElement))
    else {
      try settle(
        .elementCount, at: shape.offset, found: "a shape of \(type) elements that overflows",
        expected: "fewer than 2^63 bits")
      return nil
    }
    guard let range = entry.range else { return nil }
    guard bitCount.isMultiple(of: 8), range.begin <= range.end, range.end - range.begin == bitCount / 8
    else {
      try settle(
        .size, at: range.offset, found: "the range \(range.begin) to \(range.end)",
        expected: "\(bitCount.counted("bit")), in whole bytes: \(elementCount.counted("element")) of \(type)")
      return nil
    }
    return CheckpointTensor(
      name: name, shape: shape.dimensions, type: type, elementCount: elementCount, byteCount: bitCount / 8,
      location: .init(file: 0, offset: range.begin))
  }

  /// Reads the entry of a tensor: clause S4.
  mutating func parseEntry() throws -> SafeTensorsEntry {
    var entry = SafeTensorsEntry()
    var missing = ["dtype", "shape", "data_offsets"]
    let expected = "an object with dtype, shape and data_offsets"
    guard try accept(.beginObject, else: .entry, expected) else { return entry }
    let offset = json.offset
    while try json.nextName() {
      let field = json.textString
      guard let place = missing.firstIndex(of: field) else {
        if try isFirst(!["dtype", "shape", "data_offsets"].contains(field)) {
          warn("the unknown field \(field.quoted)")
          try json.skipValue()
        }
        continue
      }
      missing.remove(at: place)
      switch field {
      case "dtype": entry.type = try parseType()
      case "shape": entry.shape = try parseShape()
      default: entry.range = try parseRange()
      }
    }
    if let field = missing.first {
      try settle(.entry, at: offset, found: "an entry without \(field)", expected: expected)
    }
    return entry
  }

  private mutating func parseType() throws -> ElementType? {
    guard try accept(.string, else: .elementType, "the name of an element type") else { return nil }
    if let type = ElementType(nameBytes: json.text) { return type }
    try settle(
      .elementType, at: json.offset, found: "the element type \(json.textString.quoted)",
      expected: "one of " + ElementType.plainTypes.map(\.name).joined(separator: ", "))
    return nil
  }

  private mutating func parseShape() throws -> (dimensions: [Int], offset: UInt64)? {
    let expected = "an array of dimensions: whole numbers below 2^63, in plain digits"
    guard
      let (dimensions, offset, _): Numbers<Int> = try parseNumbers(
        expected, atMost: limits.dimensionCount, else: .dimensionCount)
    else { return nil }
    return (dimensions, offset)
  }

  private mutating func parseRange() throws -> (begin: UInt64, end: UInt64, offset: UInt64)? {
    let expected = "two offsets: whole numbers below 2^64, in plain digits"
    guard
      let (offsets, offset, end): Numbers<UInt64> = try parseNumbers(
        expected, atMost: 2, else: .numbers)
    else { return nil }
    guard offsets.count == 2 else {
      try settle(.numbers, at: end, found: "the end of the array", expected: expected)
      return nil
    }
    return (offsets[0], offsets[1], offset)
  }

  /// The numbers of an array, and where its brackets stand.
  private typealias Numbers<Number> = (values: [Number], begin: UInt64, end: UInt64)

  /// Reads an array of whole numbers; `nil` if it is none.
  ///
  /// Only its first fault is told.
  private mutating func parseNumbers<Number: FixedWidthInteger>(
    _ expected: String, atMost limit: Int, else rule: SafeTensorsRule
  ) throws -> Numbers<Number>? {
    guard try accept(.beginArray, else: .numbers, expected) else { return nil }
    let begin = json.offset
    var values: [Number] = []
    var isRight = true
    while true {
      let token = try json.next()
      if token == .endArray { return isRight ? (values, begin, json.offset) : nil }
      if !isRight {
        try json.skipRest(of: token)
      } else if values.count == limit {
        isRight = false
        try settle(rule, at: json.offset, found: "another number", expected: "at most \(limit)")
        try json.skipRest(of: token)
      } else if token == .number, let value: Number = json.wholeNumber() {
        values.append(value)
      } else {
        isRight = false
        try settle(.numbers, at: json.offset, found: json.describe(token), expected: expected)
        try json.skipRest(of: token)
      }
    }
  }
}
