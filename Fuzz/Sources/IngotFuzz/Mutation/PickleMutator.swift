/// Changes pickles: instructions come, go, move and get other arguments.
enum PickleMutator {
  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    if random.oneIn(6) { return random.fuzzed(bytes, limit: limit) }
    // Of a stream the fourth pickle is the checkpoint; what stands around it stays.
    let (before, pickle, after) = random.oneIn(32) ? ([], checkpoint, []) : split(bytes)
    var instructions = parse(pickle)
    for _ in 0...random.below(4) {
      switch random.below(5) {
      case 0...1: instructions.rearrange(using: &random)
      case 2: instructions.insert(random.choice(of: snippets), at: random.below(instructions.count + 1))
      case 3:
        instructions.changeOne(using: &random) { instruction, random in
          guard instruction.count > 1 else { return instruction = random.choice(of: snippets) }
          instruction =
            [instruction[0]] + random.fuzzed(Array(instruction.dropFirst()), limit: instruction.count + 2)
        }
      default:
        instructions.changeOne(using: &random) { instruction, random in
          // A whole number at which something changes.
          instruction = [0x8A, 8] + random.edge().littleEndianBytes
        }
      }
    }
    return Array((before + instructions.joined() + after).prefix(limit))
  }

  /// The bytes before the last pickle of a stream that is not a list, the pickle, and what follows.
  private static func split(_ bytes: [UInt8]) -> ([UInt8], [UInt8], [UInt8]) {
    guard bytes.starts(with: magic) else { return ([], bytes, []) }
    var place = magic.count
    for _ in 0..<2 {
      let lengths = parse(Array(bytes[place...])).map(\.count)
      guard !lengths.isEmpty else { return ([], bytes, []) }
      place += lengths.reduce(0, +)
    }
    let length = parse(Array(bytes[place...])).reduce(0) { $0 + $1.count }
    return (Array(bytes[..<place]), Array(bytes[place..<place + length]), Array(bytes[(place + length)...]))
  }

  /// The instructions up to the end, each with its argument.
  static func parse(_ bytes: [UInt8]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var place = 0
    while place < bytes.count {
      let code = bytes[place]
      let width = argument[code] ?? 0
      var end = place + 1
      if width < 0 {
        // A length, and as many bytes.
        let count = min(bytes.count, end - width)
        let length = bytes[end..<max(end, count)].prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        end += -width + length
      } else if width == 100 {
        for _ in 0..<2 {
          while end < bytes.count, bytes[end] != 0x0A { end += 1 }
          end += 1
        }
      } else {
        end += width
      }
      end = min(max(end, place + 1), bytes.count)
      result.append(Array(bytes[place..<end]))
      place = end
      if code == 0x2E { break }
    }
    return result
  }

  /// The bytes of an instruction's argument; below zero those of its length; 100 for two lines.
  private static let argument: [UInt8: Int] = [
    0x80: 1, 0x42: -4, 0x43: -1, 0x47: 8, 0x4A: 4, 0x4B: 1, 0x4D: 2, 0x54: -4, 0x55: -1, 0x58: -4, 0x63: 100,
    0x68: 1,
    0x6A: 4, 0x71: 1, 0x72: 4, 0x8A: -1, 0x8B: -4, 0x8C: -1, 0x8D: -8, 0x8E: -8, 0x95: 8, 0x96: -8,
  ]

  private static let magic: [UInt8] =
    [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]

  private static func name(_ text: String) -> [UInt8] { [0x63] + Array(text.utf8) }

  /// A dictionary with a tensor of four numbers.
  static let checkpoint: [UInt8] = {
    let key = [0x58, 1, 0, 0, 0, 0x77] as [UInt8]
    let storage =
      [0x28] + [0x8C, 7] + Array("storage".utf8) + name("torch\nFloatStorage\n") + [0x8C, 1, 0x30]
    let place = [0x8C, 3] + Array("cpu".utf8) + [0x4B, 4, 0x74, 0x51]
    let view = [0x4B, 0, 0x4B, 2, 0x4B, 2, 0x86, 0x4B, 2, 0x4B, 1, 0x86, 0x89] as [UInt8]
    let hooks = name("collections\nOrderedDict\n") + [0x29, 0x52]
    let parts: [[UInt8]] = [
      [0x80, 2, 0x7D], key, name("torch._utils\n_rebuild_tensor_v2\n"), [0x28], storage, place, view, hooks,
      [0x74, 0x52, 0x73, 0x2E],
    ]
    return Array(parts.joined())
  }()

  private static let snippets: [[UInt8]] =
    (0x28...0x97).map { [$0] } + checkpointInstructions
    + [
      name("posix\nsystem\n"), name("__torch__\nM\n"), name("builtins\nset\n"), name("torch\nint64\n"),
      name("torch.storage\nUntypedStorage\n"), name("torch._utils\n_rebuild_tensor_v3\n"),
      name("torch._utils\n_rebuild_parameter\n"), name("torch._tensor\n_rebuild_from_type_v2\n"),
      name("torch\nTensor\n"), name("collections\ndefaultdict\n"), [0x68, 0], [0x71, 0], [0x94], [0x4B, 0],
      [0x4B, 7],
      [0x8C, 4] + Array("view".utf8), [0x28, 0x4E, 0x74],
    ]

  private static let checkpointInstructions = parse(Array(checkpoint.dropFirst(2).dropLast()))
}
