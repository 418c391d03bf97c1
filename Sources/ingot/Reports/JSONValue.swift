import IngotContainer
import IngotConversion

/// Any JSON value.
enum JSONValue: Encodable {
  case integer(Int64)
  case unsigned(UInt64)
  case single(Float)
  case double(Double)
  case text(String)
  case truth(Bool)
  case array([JSONValue])

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .integer(let value): try container.encode(value)
    case .unsigned(let value): try container.encode(value)
    case .single(let value): try container.encode(value)
    case .double(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .truth(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    }
  }
}

extension JSONValue {
  /// A value of the metadata; of an array at most `limit` elements.
  init(_ value: MetadataValue, limit: Int) {
    switch value {
    case .uint8(let number): self = .unsigned(UInt64(number))
    case .uint16(let number): self = .unsigned(UInt64(number))
    case .uint32(let number): self = .unsigned(UInt64(number))
    case .uint64(let number): self = .unsigned(number)
    case .int8(let number): self = .integer(Int64(number))
    case .int16(let number): self = .integer(Int64(number))
    case .int32(let number): self = .integer(Int64(number))
    case .int64(let number): self = .integer(number)
    case .float32(let number): self = .single(number)
    case .float64(let number): self = .double(number)
    case .bool(let truth): self = .truth(truth)
    case .string(let text): self = .text(text)
    case .array(let array): self = .array(array.prefix(limit).map { JSONValue($0, limit: limit) })
    }
  }

  /// A value of a tensor.
  init(_ number: TensorNumber) {
    switch number {
    case .boolean(let truth): self = .truth(truth)
    case .signed(let value): self = .integer(value)
    case .unsigned(let value): self = .unsigned(value)
    case .single(let value): self = .single(value)
    case .double(let value): self = .double(value)
    }
  }

  /// The value as people read it, on one line.
  var excerpt: String {
    switch self {
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .single(let value): "\(value)"
    case .double(let value): "\(value)"
    case .text(let value): value.quoted(limit: 72)
    case .truth(let value): "\(value)"
    case .array(let values): "[" + values.map(\.excerpt).joined(separator: ", ") + "]"
    }
  }
}
