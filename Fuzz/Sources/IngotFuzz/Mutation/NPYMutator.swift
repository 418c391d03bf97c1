/// Changes NumPy arrays: pieces of the header's text come, go and move, with lengths made right again.
enum NPYMutator {
  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    if random.oneIn(5) { return random.fuzzed(bytes, limit: limit) }
    let input = bytes.count > 12 && bytes[0] == 0x93 && !random.oneIn(32) ? bytes : file(using: &random)
    let width = input[6] == 1 ? 2 : 4
    let length = input[8..<8 + width].reversed().reduce(0) { $0 << 8 | Int($1) }
    let start = 8 + width
    let end = min(input.count, start + length)
    var words = split(Array(input[start..<end]))
    var data = Array(input[end...])
    for _ in 0...random.below(3) {
      switch random.below(4) {
      case 0: words.rearrange(using: &random)
      case 1: words.insert(Array(random.choice(of: pieces).utf8), at: random.below(words.count + 1))
      case 2: words.changeOne(using: &random) { $0 = Array($1.choice(of: pieces).utf8) }
      default:
        words.changeOne(using: &random) { word, random in
          word = Array("\(random.oneIn(2) ? UInt64(random.below(9)) : random.edge())".utf8)
        }
      }
    }
    if random.oneIn(2) { data = [UInt8](repeating: 7, count: random.below(65)) }
    let text = Array(words.joined())
    let stated = random.oneIn(16) ? random.edge() : UInt64(text.count)
    let version = random.oneIn(16) ? UInt8(random.below(5)) : input[6]
    var output = Array(input[..<6]) + [version, 0]
    output += stated.littleEndianBytes.prefix(version == 1 ? 2 : 4)
    return Array((output + text + data).prefix(limit))
  }

  /// An array that is right.
  static func file(using random: inout Random) -> [UInt8] {
    let (type, size) = random.choice(of: [
      ("<f4", 4), (">f8", 8), ("|u1", 1), ("<i2", 2), ("<c8", 8), ("|b1", 1),
    ])
    let shape = (0..<random.below(4)).map { _ in random.below(4) }
    let tuple = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let order = random.oneIn(2) ? "True" : "False"
    let text = Array("{'descr': '\(type)', 'fortran_order': \(order), 'shape': (\(tuple)), }\n".utf8)
    var output: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count), 0]
    output += text
    return output + [UInt8](repeating: 1, count: shape.reduce(size, *))
  }

  /// The words, numbers and signs of a header.
  private static func split(_ text: [UInt8]) -> [[UInt8]] {
    var words: [[UInt8]] = []
    for byte in text {
      let isLetter = byte >= 0x30 && byte != 0x3A && byte != 0x7B && byte != 0x7D
      if isLetter, let last = words.last?.last, last >= 0x30, last != 0x3A, last != 0x7B, last != 0x7D {
        words[words.count - 1].append(byte)
      } else {
        words.append([byte])
      }
    }
    return words
  }

  private static let pieces = [
    "'descr': ", "'fortran_order': ", "'shape': ", "'<f4'", "'>f2'", "'|O'", "'|b1'", "True", "False", "(",
    ")", ",", "{",
    "}", "'", "\"", "\\", " ", "\n", "(0,)", "()", "(2L,)", "[('a', '<f4')]", "1", "-1",
    "9223372036854775808", "'",
  ]
}
