/// What the message of a tensor states, before it is known what it adds up to.
///
/// Specification: `spec/onnx.md`, clause O4.
struct ONNXTensorFields {
  /// A field that may stand once: its value, and where it is.
  typealias Once<Value> = (value: Value, offset: UInt64)

  let message: Range<UInt64>
  private(set) var dimensions: [Int] = []
  private(set) var dimensionsOffset: UInt64
  private(set) var dataType: Once<UInt64>?
  private(set) var name: Once<String>?
  private(set) var raw: Once<Range<UInt64>>?
  private(set) var location: Once<UInt64>?
  /// The entries that say where external data is.
  private(set) var external: [Range<UInt64>] = []
  /// Where the first of the numbers of a field is; of packed ones all of them.
  private(set) var numbers: [UInt64: Once<Range<UInt64>?>] = [:]
  private(set) var segment: UInt64?
  private(set) var text: UInt64?

  /// The most entries of external data: there are five keys.
  private static let largestExternalCount = 64

  /// Walks over the fields.
  ///
  /// - Throws: ``CheckpointError``, and what reading throws.
  init(_ message: Range<UInt64>, in bytes: MessageBytes, limits: CheckpointLimits) throws {
    self.message = message
    dimensionsOffset = message.lowerBound
    var walk = MessageWalk(message, in: bytes)
    while let field = try walk.next() {
      switch field.number {
      case 1: try addDimensions(field, in: bytes, limits: limits)
      case 2: try bytes.set(&dataType, field, "data_type", bytes.varint(of: field))
      case 3: segment = field.offset
      case 4, 5, 7, 10, 11: addNumbers(field)
      case 6: text = text ?? field.offset
      case 8: try bytes.set(&name, field, "name", bytes.text(of: field, limit: limits.textByteCount))
      case 9: try bytes.set(&raw, field, "raw_data", bytes.range(of: field))
      case 13:
        guard external.count < Self.largestExternalCount else {
          throw bytes.refuse(
            .limit, at: field.offset, found: "another entry of external_data",
            expected: "at most \(Self.largestExternalCount)")
        }
        external.append(try bytes.range(of: field))
      case 14: try bytes.set(&location, field, "data_location", bytes.varint(of: field))
      default: break
      }
    }
  }

  private mutating func addDimensions(
    _ field: MessageField, in bytes: MessageBytes, limits: CheckpointLimits
  ) throws {
    if dimensions.isEmpty { dimensionsOffset = field.offset }
    guard case .bytes(let range) = field.value else {
      return try add(bytes.varint(of: field), at: field.valueOffset, in: bytes, limits: limits)
    }
    var offset = range.lowerBound
    while offset < range.upperBound {
      let start = offset
      try add(bytes.varint(at: &offset, before: range.upperBound), at: start, in: bytes, limits: limits)
    }
  }

  private mutating func add(
    _ dimension: UInt64, at offset: UInt64, in bytes: MessageBytes, limits: CheckpointLimits
  ) throws {
    guard dimensions.count < limits.dimensionCount else {
      throw bytes.refuse(
        .limit, at: offset, found: "another dimension", expected: "at most \(limits.dimensionCount)")
    }
    guard let number = Int(exactly: Int64(bitPattern: dimension)), number >= 0 else {
      throw bytes.refuse(
        .value, at: offset, found: "the dimension \(Int64(bitPattern: dimension))", expected: "0 or more")
    }
    dimensions.append(number)
  }

  private mutating func addNumbers(_ field: MessageField) {
    if let known = numbers[field.number] {
      numbers[field.number] = (nil, known.offset)
    } else if case .bytes(let range) = field.value {
      numbers[field.number] = (range, range.lowerBound)
    } else {
      numbers[field.number] = (nil, field.valueOffset)
    }
  }
}

extension MessageBytes {
  /// Takes the value of a field that may stand once.
  func set<Value>(
    _ known: inout (value: Value, offset: UInt64)?, _ field: MessageField, _ name: String,
    _ value: @autoclosure () throws -> Value
  ) throws {
    guard known == nil else {
      throw refuse(.duplicate, at: field.offset, found: "\(name) a second time", expected: "it once")
    }
    known = (try value(), field.valueOffset)
  }
}
