/// Changes models of ONNX by their grammar: fields come, go and move, with lengths made right again; then, sometimes, a byte
/// lies.
///
/// It knows the messages from `spec/onnx.md`, and shares nothing with the reader.
enum MessageMutator {
  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    guard !random.oneIn(4), var fields = MessageSketch.fields(of: bytes[...], .model) else {
      return random.fuzzed(bytes, limit: limit)
    }
    for _ in 0...random.below(3) { change(&fields, using: &random, limit: limit) }
    let changed = MessageSketch.encoded(fields)
    return random.oneIn(8) ? random.fuzzed(changed, limit: limit) : changed
  }

  /// Changes the fields of a message, or goes down into one of them.
  private static func change(_ fields: inout [MessageSketch], using random: inout Random, limit: Int) {
    let inner = fields.indices.filter { if case .message = fields[$0].value { true } else { false } }
    if !inner.isEmpty, !random.oneIn(4) {
      let place = random.choice(of: inner)
      guard case .message(var below, let kind) = fields[place].value else { return }
      change(&below, using: &random, limit: limit)
      fields[place].value = .message(below, kind)
      return
    }
    switch random.below(5) {
    case 0: fields.rearrange(using: &random)
    case 1: fields.insert(field(using: &random), at: random.below(fields.count + 1))
    case 2: fields.changeOne(using: &random) { field, random in field.number = random.choice(of: numbers) }
    default: fields.changeOne(using: &random) { field, random in field.change(using: &random, limit: limit) }
    }
  }

  private static let numbers: [UInt64] = Array(1...16) + [20, 21, 22, 25]

  private static func field(using random: inout Random) -> MessageSketch {
    let value: MessageSketch.Value =
      switch random.below(5) {
      case 0: .varint(UInt64(random.below(30)))
      case 1: .varint(random.edge())
      case 2: .fixed32(UInt32(truncatingIfNeeded: random.edge()))
      case 3: .bytes(Array(random.choice(of: words).utf8))
      default: .bytes((0..<random.below(20)).map { _ in UInt8(random.below(4)) })
      }
    return MessageSketch(number: random.choice(of: numbers), value: value)
  }

  static let words = [
    "", "a", "value", "value_floats", "value_ints", "value_float", "value_int", "sparse_value", "Constant",
    "If", "location",
    "offset", "length", "weights.bin", "../x", "/x", "a/./b", "16", "4096", "18446744073709551615",
    "then_branch", "ai.onnx",
  ]
}

/// A field of a message as a mutation sees it.
struct MessageSketch {
  indirect enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes([UInt8])
    case message([MessageSketch], Kind)
  }

  /// Which messages there are, and which of their fields are messages.
  enum Kind {
    case model, graph, node, attribute, tensor, sparse, function, training, pair

    func inner(_ number: UInt64) -> Kind? {
      switch (self, number) {
      case (.model, 7), (.attribute, 6), (.attribute, 11), (.training, 1), (.training, 2): .graph
      case (.model, 14), (.tensor, 13): .pair
      case (.model, 20): .training
      case (.model, 25): .function
      case (.graph, 1), (.function, 7): .node
      case (.graph, 5), (.attribute, 5), (.sparse, 1), (.sparse, 2): .tensor
      case (.graph, 15), (.attribute, 22): .sparse
      case (.node, 5): .attribute
      default: nil
      }
    }
  }

  var number: UInt64
  var value: Value

  /// The fields of a message; `nil` if it is none.
  static func fields(of bytes: ArraySlice<UInt8>, _ kind: Kind, depth: Int = 0) -> [MessageSketch]? {
    guard depth < 100 else { return nil }
    var rest = bytes
    var fields: [MessageSketch] = []
    while !rest.isEmpty {
      guard let tag = varint(&rest), tag >> 3 > 0 else { return nil }
      let number = tag >> 3
      switch tag & 7 {
      case 0:
        guard let value = varint(&rest) else { return nil }
        fields.append(MessageSketch(number: number, value: .varint(value)))
      case 1:
        guard rest.count >= 8 else { return nil }
        fields.append(MessageSketch(number: number, value: .fixed64(fixed(rest.prefix(8)))))
        rest = rest.dropFirst(8)
      case 2:
        guard let length = varint(&rest), length <= rest.count else { return nil }
        let value = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        if let inner = kind.inner(number), let below = Self.fields(of: value, inner, depth: depth + 1) {
          fields.append(MessageSketch(number: number, value: .message(below, inner)))
        } else {
          fields.append(MessageSketch(number: number, value: .bytes(Array(value))))
        }
      case 5:
        guard rest.count >= 4 else { return nil }
        fields.append(
          MessageSketch(number: number, value: .fixed32(UInt32(truncatingIfNeeded: fixed(rest.prefix(4))))))
        rest = rest.dropFirst(4)
      default: return nil
      }
    }
    return fields
  }

  /// The bytes of a message.
  static func encoded(_ fields: [MessageSketch]) -> [UInt8] {
    var bytes: [UInt8] = []
    for field in fields {
      switch field.value {
      case .varint(let value): bytes += encoded(field.number << 3) + encoded(value)
      case .fixed64(let value):
        bytes +=
          encoded(field.number << 3 | 1) + (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
      case .fixed32(let value):
        bytes +=
          encoded(field.number << 3 | 5) + (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
      case .bytes(let value): bytes += encoded(field.number << 3 | 2) + encoded(UInt64(value.count)) + value
      case .message(let below, _):
        let value = encoded(below)
        bytes += encoded(field.number << 3 | 2) + encoded(UInt64(value.count)) + value
      }
    }
    return bytes
  }

  /// Changes the value.
  mutating func change(using random: inout Random, limit: Int) {
    switch value {
    case .varint: value = .varint(random.oneIn(2) ? UInt64(random.below(30)) : random.edge())
    case .fixed64: value = .fixed64(random.edge())
    case .fixed32: value = .fixed32(UInt32(truncatingIfNeeded: random.edge()))
    case .bytes(let bytes):
      value =
        random.oneIn(3)
        ? .bytes(Array(random.choice(of: MessageMutator.words).utf8))
        : .bytes(random.fuzzed(bytes, limit: limit))
    case .message(let below, _): value = .bytes(Self.encoded(below))
    }
  }

  private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    for index in 0..<10 {
      guard let byte = bytes.popFirst() else { return nil }
      number |= UInt64(byte & 0x7F) << UInt64(7 * index)
      if byte < 0x80 { return number }
    }
    return nil
  }

  private static func encoded(_ number: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = number
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private static func fixed(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
