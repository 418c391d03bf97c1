extension ContainerSketch.Value {
  /// A value of any type.
  static func random(using random: inout Random, depth: Int) -> Self {
    self.random(UInt32(random.below(sizes.count)), using: &random, depth: depth)
  }

  /// A value of a type; of an unknown one, a byte.
  static func random(_ type: UInt32, using random: inout Random, depth: Int) -> Self {
    switch type {
    case textType: return .text(Array(random.choice(of: texts)))
    case arrayType:
      // Element 64 is the first that an index points to.
      let count = random.oneIn(8) ? random.choice(of: [63, 64, 65, 130]) : random.below(4)
      let elementType = UInt32(random.below(sizes.count))
      guard depth < 6, elementType < arrayType || depth < 2 || random.oneIn(2) else {
        return .array(of: 0, [])
      }
      let isSmall = elementType == arrayType
      let elements = (0..<(isSmall ? min(count, 3) : count)).map { _ in
        self.random(elementType, using: &random, depth: depth + 1)
      }
      return .array(of: elementType, elements)
    case 7: return .plain(type: type, [random.oneIn(16) ? 2 : UInt8(random.below(2))])
    default:
      let size = type < sizes.count ? sizes[Int(type)] : 1
      return .plain(type: type, Array(random.edge().littleEndianBytes.prefix(size)))
    }
  }

  /// The value, somewhat changed.
  func mutated(using random: inout Random, depth: Int = 0) -> Self {
    if random.oneIn(8) { return .random(using: &random, depth: depth) }
    if random.oneIn(16), depth < 6 { return .array(of: type, [self]) }
    switch self {
    case .plain(let type, let bytes):
      if random.oneIn(2) { return .random(type, using: &random, depth: depth) }
      return .plain(type: type, random.fuzzed(bytes, limit: bytes.count))
    case .text(let text):
      if random.oneIn(4) { return .text(text + random.choice(of: Self.texts)) }
      return .text(random.fuzzed(text, limit: text.count + 16))
    case .array(let type, var elements):
      switch random.below(8) {
      case 0: return .array(of: UInt32(random.below(Self.sizes.count + 1)), elements)
      case 1...2: elements.rearrange(using: &random)
      case 3: elements.append(.random(type, using: &random, depth: depth + 1))
      case 4 where elements.count < 70: elements += elements
      default:
        elements.changeOne(using: &random) { element, random in
          let changed = element.mutated(using: &random, depth: depth + 1)
          if changed.type == type { element = changed }
        }
      }
      return .array(of: type, elements)
    }
  }

  /// Words of models, and the sequences that Unicode's table 3-7 tells apart.
  private static let texts: [[UInt8]] =
    ["", "llama", "gpt2", "model", "<s>", "▁the", "日本", "a\0b"].map { Array($0.utf8) } + [
      [0xC2, 0x80], [0xC1, 0xBF], [0xE0, 0xA0, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0x9F, 0xBF],
      [0xED, 0xA0, 0x80],
      [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x8F, 0xBF, 0xBF],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xFF],
    ]
}
