/// A container file taken to pieces, without any judgement, and put together again.
///
/// It knows the grammar of `spec/container.md`, clause C1, and nothing of the reader that is fuzzed.
struct ContainerSketch {
  struct Entry {
    var key: [UInt8]
    var value: Value
  }

  struct Tensor {
    var name: [UInt8]
    var dimensions: [UInt64]
    var encoding: UInt32
    var offset: UInt64
  }

  indirect enum Value {
    /// A value of fixed size, or of a type that is not known.
    case plain(type: UInt32, [UInt8])
    case text([UInt8])
    case array(of: UInt32, [Value])

    var type: UInt32 {
      switch self {
      case .plain(let type, _): type
      case .text: Self.textType
      case .array: Self.arrayType
      }
    }

    static let textType: UInt32 = 8
    static let arrayType: UInt32 = 9
    /// The sizes of the types by their ids; 0 where values vary.
    static let sizes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]
  }

  var magic: [UInt8]
  var version: UInt32
  var tensorCount: UInt64
  var keyCount: UInt64
  var entries: [Entry] = []
  var tensors: [Tensor] = []
  /// Padding and data, or what could not be taken to pieces.
  var rest: [UInt8] = []

  /// A file without entries.
  init() { (magic, version, tensorCount, keyCount) = (Array("GGUF".utf8), 3, 0, 0) }
}

extension ContainerSketch {
  /// Takes a file to pieces as far as that is possible; `nil` if it does not even have the counts.
  init?(_ bytes: [UInt8]) {
    var source = Source(bytes: bytes)
    guard let magic = source.take(4), let version = source.number32(), let tensorCount = source.number(),
      let keyCount = source.number()
    else { return nil }
    (self.magic, self.version, self.tensorCount, self.keyCount) = (magic, version, tensorCount, keyCount)
    var isWhole = true
    for _ in 0..<min(keyCount, 4096) {
      let start = source.position
      guard let key = source.sized(), let type = source.number32(), let value = source.value(type, depth: 0)
      else {
        source.position = start
        isWhole = false
        break
      }
      entries.append(Entry(key: key, value: value))
    }
    for _ in 0..<(isWhole ? min(tensorCount, 4096) : 0) {
      let start = source.position
      guard let tensor = source.tensor() else {
        source.position = start
        break
      }
      tensors.append(tensor)
    }
    rest = Array(bytes[source.position...])
  }

  private struct Source {
    let bytes: [UInt8]
    var position = 0

    mutating func take(_ count: Int) -> [UInt8]? {
      guard count >= 0, count <= bytes.count - position else { return nil }
      position += count
      return Array(bytes[position - count..<position])
    }

    mutating func number() -> UInt64? { take(8).map { $0.reversed().reduce(0) { $0 << 8 | UInt64($1) } } }
    mutating func number32() -> UInt32? { take(4).map { $0.reversed().reduce(0) { $0 << 8 | UInt32($1) } } }
    mutating func sized() -> [UInt8]? { number().flatMap { Int(exactly: $0) }.flatMap { take($0) } }

    mutating func value(_ type: UInt32, depth: Int) -> Value? {
      guard type < Value.sizes.count, depth < 8 else { return nil }
      switch type {
      case Value.textType: return sized().map { .text($0) }
      case Value.arrayType:
        guard let elementType = number32(), let count = number(), count <= bytes.count - position else {
          return nil
        }
        var elements: [Value] = []
        for _ in 0..<count {
          guard let element = value(elementType, depth: depth + 1) else { return nil }
          elements.append(element)
        }
        return .array(of: elementType, elements)
      default: return take(Value.sizes[Int(type)]).map { .plain(type: type, $0) }
      }
    }

    mutating func tensor() -> Tensor? {
      guard let name = sized(), let count = number32(), count <= 16 else { return nil }
      var dimensions: [UInt64] = []
      for _ in 0..<count {
        guard let dimension = number() else { return nil }
        dimensions.append(dimension)
      }
      guard let encoding = number32(), let offset = number() else { return nil }
      return Tensor(name: name, dimensions: dimensions, encoding: encoding, offset: offset)
    }
  }
}

extension ContainerSketch {
  /// The bytes of a file, and where its numbers stand.
  struct Output {
    struct Field {
      let offset: Int
      let byteCount: Int
    }

    var bytes: [UInt8] = []
    /// Versions, counts, lengths, types, dimensions, encodings, offsets: what an attacker lies about.
    var fields: [Field] = []

    mutating func number(_ value: some FixedWidthInteger) {
      fields.append(Field(offset: bytes.count, byteCount: value.bitWidth / 8))
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func sized(_ text: [UInt8]) {
      number(UInt64(text.count))
      bytes += text
    }

    mutating func value(_ value: Value) {
      switch value {
      case .plain(_, let content): bytes += content
      case .text(let text): sized(text)
      case .array(let type, let elements):
        number(type)
        number(UInt64(elements.count))
        for element in elements { self.value(element) }
      }
    }
  }

  /// Puts the file together.
  func output() -> Output {
    var output = Output(bytes: magic)
    output.number(version)
    output.number(tensorCount)
    output.number(keyCount)
    for entry in entries {
      output.sized(entry.key)
      output.number(entry.value.type)
      output.value(entry.value)
    }
    for tensor in tensors {
      output.sized(tensor.name)
      output.number(UInt32(tensor.dimensions.count))
      for dimension in tensor.dimensions { output.number(dimension) }
      output.number(tensor.encoding)
      output.number(tensor.offset)
    }
    output.bytes += rest
    return output
  }
}
