/// Bytes of messages of protocol buffers, put together by hand, with a mark where a fault is.
struct Message: Sendable {
  var bytes: [UInt8] = []
  var mark: Int?

  /// The place of the fault.
  static let fault = Message(bytes: [], mark: 0)

  init(bytes: [UInt8] = [], mark: Int? = nil) {
    self.bytes = bytes
    self.mark = mark
  }

  init(_ bytes: UInt8...) { self.bytes = bytes }

  static func + (left: Message, right: Message) -> Message {
    Message(bytes: left.bytes + right.bytes, mark: left.mark ?? right.mark.map { $0 + left.bytes.count })
  }

  static func varint(_ number: UInt64) -> Message {
    var bytes: [UInt8] = []
    var rest = number
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return Message(bytes: bytes + [UInt8(rest)])
  }

  static func field(_ number: UInt64, _ value: UInt64) -> Message { varint(number << 3) + varint(value) }

  static func field(_ number: UInt64, _ value: Message) -> Message {
    varint(number << 3 | 2) + varint(UInt64(value.bytes.count)) + value
  }

  static func field(_ number: UInt64, text: String) -> Message {
    field(number, Message(bytes: Array(text.utf8)))
  }

  static func field32(_ number: UInt64, _ value: UInt32) -> Message {
    varint(number << 3 | 5) + Message(bytes: (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
  }

  static func zeros(_ count: Int) -> Message { Message(bytes: [UInt8](repeating: 0, count: count)) }
}

// Messages of ONNX.
extension Message {
  static let operators = field(8, field(2, 13))

  static func model(_ graph: Message) -> Message { field(1, 8) + field(7, graph) + operators }

  /// A tensor of dimensions, type and name, and what else stands in it.
  static func tensor(_ shape: [UInt64], _ type: UInt64, _ rest: Message = Message(), name: String = "a")
    -> Message
  {
    shape.reduce(Message()) { $0 + field(1, $1) } + field(2, type) + field(8, text: name) + rest
  }

  static func initializer(
    _ shape: [UInt64], _ type: UInt64, _ rest: Message = Message(), name: String = "a"
  ) -> Message {
    field(5, tensor(shape, type, rest, name: name))
  }

  static func node(_ operation: String, _ output: String, _ attributes: Message = Message()) -> Message {
    field(1, field(2, text: output) + field(4, text: operation) + attributes)
  }

  static func attribute(_ name: String, _ value: Message) -> Message {
    field(5, field(1, text: name) + value)
  }

  static func entry(_ number: UInt64, _ key: String, _ value: String) -> Message {
    field(number, field(1, text: key) + field(2, text: value))
  }

  /// Where external data is.
  static func external(_ location: String, offset: String? = nil, length: String? = nil) -> Message {
    field(14, 1) + entry(13, "location", location) + (offset.map { entry(13, "offset", $0) } ?? Message())
      + (length.map { entry(13, "length", $0) } ?? Message())
  }
}
