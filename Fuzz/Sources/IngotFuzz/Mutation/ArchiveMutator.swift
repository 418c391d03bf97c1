import IngotCheckpoints

/// Changes ZIP archives: members come, go and move, with offsets, sizes and checksums made right again; then, sometimes,
/// one number lies.
enum ArchiveMutator {
  private struct Member {
    var name: [UInt8]
    var data: [UInt8]
    var stored: [UInt8]
    var method: UInt16 = 0
    var flags: UInt16 = 0
    var extra: [UInt8] = []
  }

  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    if random.oneIn(4) { return random.fuzzed(bytes, limit: limit) }
    var members = random.oneIn(32) ? [] : parse(bytes)
    if members.isEmpty { members = fresh(using: &random) }
    for _ in 0...random.below(3) { change(&members, using: &random) }
    var output = encode(members, isWide: random.oneIn(4))
    if random.oneIn(3), output.count > 8 {
      let place = random.below(output.count - 8)
      let lie = random.edge().littleEndianBytes
      for index in 0..<[1, 2, 4, 8][random.below(4)] { output[place + index] = lie[index] }
    }
    return Array(output.prefix(limit))
  }

  private static func change(_ members: inout [Member], using random: inout Random) {
    switch random.below(8) {
    case 0: members.rearrange(using: &random)
    case 1:
      members.changeOne(using: &random) { $0.name = Array($1.choice(of: names).utf8) }
    case 2: members.changeOne(using: &random) { $0.extra = $1.fuzzed($0.extra, limit: 24) }
    case 3: members.changeOne(using: &random) { $0.flags ^= 1 << UInt16($1.below(16)) }
    case 4: members.changeOne(using: &random) { $0.method = UInt16($1.below(10)) }
    case 5...6:
      members.changeOne(using: &random) { member, random in
        guard member.method == 0 else { return member.stored = random.fuzzed(member.stored, limit: 512) }
        member.data =
          member.data.first == 0x80
          ? PickleMutator.mutated(member.data, limit: 1024, using: &random)
          : member.data.first == 0x93
            ? NPYMutator.mutated(member.data, limit: 512, using: &random)
            : random.fuzzed(member.data, limit: 256)
        member.stored = member.data
      }
    default: members += fresh(using: &random)
    }
  }

  private static func fresh(using random: inout Random) -> [Member] {
    if random.oneIn(2) {
      let array = NPYMutator.file(using: &random)
      return [Member(name: Array("w.npy".utf8), data: array, stored: array)]
    }
    let pickle = PickleMutator.checkpoint
    let data = [UInt8](repeating: 1, count: 16)
    return [
      Member(name: Array("m/data.pkl".utf8), data: pickle, stored: pickle),
      Member(name: Array("m/data/0".utf8), data: data, stored: data),
    ]
  }

  /// The members whose headers follow each other from the beginning.
  private static func parse(_ bytes: [UInt8]) -> [Member] {
    var members: [Member] = []
    var place = 0
    func number(_ offset: Int, _ count: Int) -> Int {
      (0..<count).reversed().reduce(0) { $0 << 8 | Int(bytes[place + offset + $1]) }
    }
    while place + 30 <= bytes.count, bytes[place...].starts(with: [0x50, 0x4B, 3, 4]), members.count < 16 {
      let (size, nameCount, extraCount) = (number(18, 4), number(26, 2), number(28, 2))
      let start = place + 30 + nameCount + extraCount
      guard start + size <= bytes.count else { break }
      var member = Member(
        name: Array(bytes[(place + 30)..<(place + 30 + nameCount)]), data: [],
        stored: Array(bytes[start..<start + size]), method: UInt16(number(8, 2)),
        flags: UInt16(number(6, 2)) & ~8)
      member.extra = Array(bytes[(place + 30 + nameCount)..<start])
      // What a deflated member holds is known by its size and checksum alone.
      member.data = member.method == 0 ? member.stored : Array(bytes[(place + 14)..<(place + 26)])
      members.append(member)
      place = start + size
    }
    return members
  }

  private static func encode(_ members: [Member], isWide: Bool) -> [UInt8] {
    var output: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let isPlain = member.method == 0
      let checksum = isPlain ? crc32(member.data).bytes(4) : Array(member.data.prefix(4))
      var shared: [UInt8] = UInt64(member.flags).bytes(2)
      shared += UInt64(member.method).bytes(2)
      shared += [0, 0, 0, 0]
      shared += checksum
      shared += UInt64(member.stored.count).bytes(4)
      shared += isPlain ? UInt64(member.data.count).bytes(4) : Array(member.data.suffix(4))
      shared += UInt64(member.name.count).bytes(2)
      shared += UInt64(member.extra.count).bytes(2)
      let offset = UInt64(output.count).bytes(4)
      for part in [[0x50, 0x4B, 3, 4, 20, 0], shared, member.name, member.extra, member.stored] {
        output += part
      }
      let rest = [UInt8](repeating: 0, count: 10)
      for part in [[0x50, 0x4B, 1, 2, 20, 0, 20, 0], shared, rest, offset, member.name, member.extra] {
        directory += part
      }
    }
    let start = UInt64(output.count).littleEndianBytes
    let size = UInt64(directory.count).littleEndianBytes
    let count = UInt64(members.count).littleEndianBytes
    output += directory
    if isWide {
      let place = UInt64(output.count).littleEndianBytes
      output += [0x50, 0x4B, 6, 6, 44, 0, 0, 0, 0, 0, 0, 0, 45, 0, 45, 0] + [UInt8](repeating: 0, count: 8)
      for part in [count, count, size, start, [0x50, 0x4B, 6, 7, 0, 0, 0, 0], place, [1, 0, 0, 0]] {
        output += part
      }
    }
    output += [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
    for part in [count.prefix(2), count.prefix(2), size.prefix(4), start.prefix(4)] { output += part }
    return output + [0, 0]
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt64 {
    var remainder: UInt32 = ~0
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return UInt64(~remainder)
  }

  private static let names = [
    "m/data.pkl", "m/data/0", "m/data/1", "m/constants.pkl", "m/constants/0", "m/byteorder", "m/version",
    "n/data.pkl",
    "w.npy", "a/b.npy", "../x", "/x", "m/", "x", "",
  ]
}

extension UInt64 {
  /// The lowest bytes, little-endian.
  fileprivate func bytes(_ count: Int) -> [UInt8] { Array(littleEndianBytes.prefix(count)) }
}
