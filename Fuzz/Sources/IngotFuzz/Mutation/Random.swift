import CFuzzer

/// The choices of a mutation, which follow from the seed that libFuzzer gives.
struct Random: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  // SplitMix64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// True once in so many times.
  mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

  /// A number from 0 to less than `end`; 0 if `end` is not above.
  mutating func below(_ end: Int) -> Int { end > 0 ? Int(next() % UInt64(end)) : 0 }

  /// One of the choices, of which there is at least one.
  mutating func choice<T>(of choices: [T]) -> T { choices[below(choices.count)] }

  /// A number at which something tends to change.
  mutating func edge() -> UInt64 {
    switch below(4) {
    case 0: UInt64(below(5))
    case 1: UInt64(1) << UInt64(below(64)) &+ UInt64(below(3)) &- 1
    case 2: 0 &- UInt64(below(64))
    default: choice(of: Self.edges)
    }
  }

  /// Limits of the format, blocks, removed encodings, and values near where products overflow.
  private static let edges: [UInt64] = [
    4, 9, 13, 24, 31, 33, 36, 43, 63, 64, 65, 100_001, 65_536, 1_000_001, 1 << 20, (1 << 20) + 1,
    (1 << 24) + 1,
    (1 << 26) + 1, 1 << 31, 1 << 32, 1 << 58, 1 << 61, 1 << 62, (1 << 63) - 1, 1 << 63, .max / 3, .max / 18,
  ]

  /// The bytes as libFuzzer changes them.
  mutating func fuzzed(_ bytes: [UInt8], limit: Int) -> [UInt8] {
    let limit = max(limit, 1)
    return [UInt8](unsafeUninitializedCapacity: max(limit, bytes.count)) { buffer, count in
      _ = buffer.update(fromContentsOf: bytes.prefix(limit))
      guard let base = buffer.baseAddress else { return }
      count = LLVMFuzzerMutate(base, min(bytes.count, limit), limit)
    }
  }
}

extension Array {
  /// An element of the array, changed or replaced in place; nothing happens to an empty array.
  mutating func changeOne(using random: inout Random, _ change: (inout Element, inout Random) -> Void) {
    if !isEmpty { change(&self[random.below(count)], &random) }
  }

  /// Takes one out, puts one in twice, or moves one to another place.
  mutating func rearrange(using random: inout Random) {
    guard !isEmpty else { return }
    let place = random.below(count)
    switch random.below(3) {
    case 0: remove(at: place)
    case 1: insert(self[place], at: random.below(count + 1))
    default: insert(remove(at: place), at: random.below(count + 1))
    }
  }
}
