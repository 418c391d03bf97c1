/// The points that a group of values can be stored as: each value has one of a few levels, and of all combinations
/// of levels the codebook has some.
///
/// The codebooks come from the E8 and D4 lattices (QuIP#, arXiv 2402.04396), thinned out to what weights use.
///
/// Specification: clause E38.
struct Codebook<Point: SIMD & Sendable>: Sendable where Point.Scalar == Float, Point.MaskStorage: Sendable {
  /// The values that the levels stand for, ascending.
  let levels: [Float]
  /// The levels of each entry, ``bitsPerLevel`` bits a value, the first value in the lowest bits; ascending.
  let entries: [UInt16]
  /// The values of each entry.
  let points: [Point]

  /// The bits of a level in an entry: 2 of eight values, 3 of four.
  static var bitsPerLevel: Int { Point.scalarCount == 8 ? 2 : 3 }

  init(_ text: StaticString, levels: [Float]) {
    let entries = Self.entries(text)
    self.levels = levels
    self.entries = entries
    points = entries.map { entry in
      var point = Point.zero
      for position in 0..<Point.scalarCount {
        point[position] = levels[Self.level(of: entry, at: position)]
      }
      return point
    }
  }

  /// The level of one value of an entry.
  @inline(__always)
  static func level(of entry: UInt16, at position: Int) -> Int {
    Int(entry >> UInt16(truncatingIfNeeded: bitsPerLevel &* position)) & (1 << bitsPerLevel &- 1)
  }

  /// Hexadecimal digits, as many an entry as its bits need.
  private static func entries(_ text: StaticString) -> [UInt16] {
    let digitsPerEntry = bitsPerLevel * Point.scalarCount / 4
    return text.withUTF8Buffer { text in
      var entries: [UInt16] = []
      var entry: UInt16 = 0
      var digits = 0
      for character in text {
        guard let digit = Character(UnicodeScalar(character)).hexDigitValue else { continue }
        entry = entry << 4 | UInt16(digit)
        digits += 1
        if digits.isMultiple(of: digitsPerEntry) {
          entries.append(entry)
          entry = 0
        }
      }
      return entries
    }
  }
}

/// The codebooks of the encodings.
enum Codebooks {
  static let iq2XXS = Codebook<SIMD8<Float>>(CodebookText.iq2XXS, levels: [8, 25, 43])
  static let iq2XS = Codebook<SIMD8<Float>>(CodebookText.iq2XS, levels: [8, 25, 43])
  static let iq2S = Codebook<SIMD8<Float>>(CodebookText.iq2S, levels: [8, 25, 43])
  static let iq3XXS = Codebook<SIMD4<Float>>(CodebookText.iq3XXS, levels: [4, 12, 20, 28, 36, 44, 52, 62])
  static let iq3S = Codebook<SIMD4<Float>>(CodebookText.iq3S, levels: [1, 3, 5, 7, 9, 11, 13, 15])
  static let iq1 = Codebook<SIMD8<Float>>(CodebookText.iq1, levels: [-1, 0, 1])
}
