@testable import IngotEncodings

/// The products of clause E41, a value at a time and without regard to speed: what every set of kernels must agree with, bit for bit.
enum PlainProducts {
  /// Values that share a factor: 16 or 32.
  struct Part {
    let levels: [Int]
    let factor: Float
    var minimum: Float = 0
  }

  /// A vector in codes (E41.1).
  struct Vector {
    let codes: [Int]
    let scales: [Float]

    init(_ values: [Float]) {
      var (codes, scales): ([Int], [Float]) = ([], [])
      for start in stride(from: 0, to: values.count, by: 32) {
        let part = values[start..<start + 32]
        let isFinite = part.allSatisfy(\.isFinite)
        let scale = isFinite ? (part.map(\.magnitude).max() ?? 0) / 127 : .nan
        let factor = scale == 0 || !(1 / scale).isFinite ? 0 : 1 / scale
        codes += part.map { isFinite ? Int(($0 * factor).rounded(.toNearestOrAwayFromZero)) : 0 }
        scales.append(scale)
      }
      self.codes = codes
      self.scales = scales
    }
  }

  /// The product of blocks with a vector (E41.2, E41.3).
  static func product(_ encoding: Encoding, _ blocks: [UInt8], _ vector: Vector) -> Float {
    let parts = stride(from: 0, to: blocks.count, by: encoding.bytesPerBlock).flatMap {
      self.parts(encoding, Array(blocks[$0..<$0 + encoding.bytesPerBlock]))
    }
    let minimumLanes = [.q2_K: 16, .q4_K: 8, .q5_K: 8][encoding] ?? 2
    var lanes = [Float](repeating: 0, count: 16)
    var minimums = [Float](repeating: 0, count: minimumLanes)
    var position = 0
    for (index, part) in parts.enumerated() {
      let scale = vector.scales[position / 32]
      let codes = vector.codes[position..<position + part.levels.count]
      for (four, start) in stride(from: 0, to: part.levels.count, by: 4).enumerated() {
        let sum = (start..<start + 4).reduce(0) { $0 + part.levels[$1] * codes[codes.startIndex + $1] }
        lanes[(position / 4 + four) % 16] += Float(sum) * (part.factor * scale)
      }
      minimums[index % minimumLanes] += part.minimum * (scale * Float(codes.reduce(0, +)))
      position += part.levels.count
    }
    switch encoding {
    case .q4_1, .q5_1: return total(lanes) + total(minimums)
    case .q2_K, .q4_K, .q5_K: return total(lanes) - total(minimums)
    default: return total(lanes)
    }
  }

  /// The sum of lanes: the upper half is added to the lower one until one is left.
  static func total(_ lanes: [Float]) -> Float {
    guard lanes.count > 1 else { return lanes[0] }
    let half = lanes.count / 2
    return total((0..<half).map { lanes[$0] + lanes[$0 + half] })
  }

  private static func parts(_ encoding: Encoding, _ block: [UInt8]) -> [Part] {
    func half(_ offset: Int) -> Float {
      HalfPrecision.float(UInt16(block[offset]) | UInt16(block[offset + 1]) << 8)
    }
    func bits(_ byte: Int, _ first: Int, _ count: Int) -> Int {
      Int(block[byte]) >> first & (1 << count - 1)
    }
    func nibble(_ j: Int, from start: Int) -> Int { bits(start + j % 16, j / 16 * 4, 4) }
    func fifth(_ j: Int, from start: Int) -> Int { bits(start + j / 8, j % 8, 1) << 4 }
    func pair(_ p: Int) -> (scale: Int, minimum: Int) {
      if p < 4 { return (bits(4 + p, 0, 6), bits(8 + p, 0, 6)) }
      return (bits(8 + p, 0, 4) | bits(p, 6, 2) << 4, bits(8 + p, 4, 4) | bits(4 + p, 6, 2) << 4)
    }
    func small(_ factor: Float, _ minimum: Float = 0, _ level: (Int) -> Int) -> [Part] {
      [Part(levels: (0..<32).map(level), factor: factor, minimum: minimum)]
    }
    func parts(_ size: Int, _ level: (Int) -> Int, _ numbers: (Int) -> (Float, Float)) -> [Part] {
      (0..<256 / size).map { p in
        let (factor, minimum) = numbers(p)
        return Part(levels: (size * p..<size * (p + 1)).map(level), factor: factor, minimum: minimum)
      }
    }
    /// The two bits of value j from a byte on, in the arrangement of the K encodings.
    func two(_ j: Int, from start: Int) -> Int { bits(start + j / 128 * 32 + j % 32, j % 128 / 32 * 2, 2) }
    func four(_ j: Int, from start: Int) -> Int { bits(start + j / 64 * 32 + j % 32, j / 32 % 2 * 4, 4) }
    switch encoding {
    case .q8_0: return small(half(0)) { Int(Int8(bitPattern: block[2 + $0])) }
    case .q4_0: return small(half(0)) { nibble($0, from: 2) - 8 }
    case .q4_1: return small(half(0), half(2)) { nibble($0, from: 4) }
    case .q5_0: return small(half(0)) { nibble($0, from: 6) + fifth($0, from: 2) - 16 }
    case .q5_1: return small(half(0), half(2)) { nibble($0, from: 8) + fifth($0, from: 4) }
    case .iq4_nl: return small(half(0)) { Int(PlainFormulas.unevenLevels[nibble($0, from: 2)]) }
    case .mxfp4:
      let power = Float(sign: .plus, exponent: Int(block[0]) - 128, significand: 1)
      return small(power) { Int(PlainFormulas.floatLevels[nibble($0, from: 1)]) }
    case .q2_0:
      return (0..<2).map { side in
        Part(
          levels: (32 * side..<32 * side + 32).map { bits(2 + $0 / 4, $0 % 4 * 2, 2) - 1 }, factor: half(0))
      }
    case .tq1_0:
      return parts(
        32,
        { j in
          // The run of bytes that has the value: where it begins, its first value, and how far apart its digits are.
          let (start, first, stride) = j < 160 ? (0, 0, 32) : j < 240 ? (32, 160, 16) : (48, 240, 4)
          let (digit, place) = (j - first).quotientAndRemainder(dividingBy: stride)
          let power = [1, 3, 9, 27, 81][digit]
          return Int(block[start + place]) * power % 256 * 3 / 256 - 1
        }, { _ in (half(52), 0) })
    case .tq2_0: return parts(32, { two($0, from: 0) - 1 }, { _ in (half(64), 0) })
    case .q2_K:
      return parts(
        16, { two($0, from: 16) }, { (half(80) * Float(bits($0, 0, 4)), half(82) * Float(bits($0, 4, 4))) })
    case .q3_K:
      return parts(
        16, { j in two(j, from: 32) + bits(j % 32, j / 32, 1) << 2 - 4 },
        { p in
          let scale = bits(96 + p % 8, p / 8 * 4, 4) | bits(104 + p % 4, p / 4 * 2, 2) << 4
          return (half(108) * Float(scale - 32), 0)
        })
    case .q4_K:
      return parts(
        32, { four($0, from: 16) }, { (half(0) * Float(pair($0).scale), half(2) * Float(pair($0).minimum)) })
    case .q5_K:
      return parts(
        32, { four($0, from: 48) + bits(16 + $0 % 32, $0 / 32, 1) << 4 },
        { (half(0) * Float(pair($0).scale), half(2) * Float(pair($0).minimum)) })
    case .q6_K:
      return parts(
        16,
        { j in
          let (h, k, l) = (j / 128, j % 128 / 32, j % 32)
          return bits(64 * h + 32 * (k % 2) + l, k / 2 * 4, 4) + two(j, from: 128) << 4 - 32
        }, { (half(208) * Float(Int8(bitPattern: block[192 + $0])), 0) })
    case .iq4_xs:
      return parts(
        32, { j in Int(PlainFormulas.unevenLevels[bits(8 + j / 32 * 16 + j % 16, j / 16 % 2 * 4, 4)]) },
        { p in
          let scale = bits(4 + p / 2, p % 2 * 4, 4) | bits(2 + p / 4, p % 4 * 2, 2) << 4
          return (half(0) * Float(scale - 32), 0)
        })
    default: return []
    }
  }
}
