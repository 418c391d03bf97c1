/// The codes of one part of a super-block for a given scale, and what is to be known of them.
struct PartFit {
  /// Σ w(x̂ − x)².
  var error: Float = 0
  /// Σ w·x·q, where x̂ = scale · q.
  var dot: Float = 0
  /// Σ w·q².
  var norm: Float = 0
  /// The indices; of groups of four values those of the first halves of the octets.
  var first = SIMD4<UInt16>.zero
  /// The indices of the second halves.
  var second = SIMD4<UInt16>.zero
  /// For each octet its signs, or its shift.
  var marks = SIMD4<UInt8>.zero
}

/// The values of a block as the search looks at them.
struct CodebookValues {
  /// The values, times a power of two.
  let values: UnsafeMutablePointer<Float>
  /// Their magnitudes; where an octet has had a sign flipped to make the number of negative ones even, that value is
  /// negative here.
  let magnitudes: UnsafeMutablePointer<Float>
  /// Their importance.
  let weights: UnsafeMutablePointer<Float>
  /// The signs of each octet.
  let signs: UnsafeMutablePointer<UInt8>
  /// The shifts that each octet may have: bit 0 up, bit 1 down.
  let shifts: UnsafeMutablePointer<UInt8>
  /// Room for the tables of a search.
  let scratch: UnsafeMutablePointer<Float>

  /// Makes the number of negative values of each octet even by the flip that is likely to cost least: that of the
  /// smallest weighted magnitude.
  func evenSigns() {
    for octet in 0..<32 where signs[octet].nonzeroBitCount & 1 == 1 {
      var position = 8 &* octet
      for index in 8 &* octet..<8 &* octet &+ 8
      where weights[index] * magnitudes[index] < weights[position] * magnitudes[position] { position = index }
      signs[octet] ^= 1 << UInt8(truncatingIfNeeded: position & 7)
      magnitudes[position] = -magnitudes[position]
    }
  }

  @inline(__always)
  func octet(_ index: Int, of numbers: UnsafeMutablePointer<Float>) -> SIMD8<Float> {
    UnsafeRawPointer(numbers + 8 &* index).loadUnaligned(as: SIMD8<Float>.self)
  }
}

extension SIMD8<Float> {
  /// The sum, in an order that is the same everywhere.
  @inline(__always)
  var pairSum: Float {
    ((self[0] + self[1]) + (self[2] + self[3])) + ((self[4] + self[5]) + (self[6] + self[7]))
  }
}

/// An encoding with a codebook that is written too: where the bits go, and the codes that fit best.
protocol CodebookCodec: CodebookDecoder, SearchingCodec {
  /// The largest multiple of the scale of a part that a value has: what the reference encoder gives the largest value.
  static var referenceLevel: Float { get }
  /// The root mean square of the points, about as they are used.
  static var usualLevel: Float { get }

  /// The magnitudes that a value may have, as multiples of the scale of its part.
  static var gridLevels: SIMD8<Float> { get }
  static var gridLevelCount: Int { get }
  static var balancedPlan: SearchPlan { get }
  static var bestPlan: SearchPlan { get }

  /// Whether seven signs are stored of eight, so that the number of negative values is even.
  static var hasEvenSigns: Bool { get }

  /// The best codes of a part for a scale.
  static func fit(_ part: Int, scale: Float, _ block: CodebookValues) -> PartFit

  /// Writes d; the bits of a block are zero before.
  static func store(scale: UInt16, in block: UnsafeMutableRawPointer)
  /// Writes a multiplier.
  static func store(multiplier: Int, part: Int, in block: UnsafeMutableRawPointer)
  /// Writes an index.
  static func store(index: Int, group: Int, in block: UnsafeMutableRawPointer)
  /// Writes the signs or the shift of eight values.
  static func store(mark: UInt8, octet: Int, in block: UnsafeMutableRawPointer)
}

extension CodebookCodec {
  static var octetsPerPart: Int { elementsPerPart / 8 }

  /// Sets bits of the byte at an offset.
  @inline(__always)
  static func set(_ bits: Int, at offset: Int, in block: UnsafeMutableRawPointer) {
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    bytes[offset] |= UInt8(truncatingIfNeeded: bits)
  }

  /// Sets bits of the 16-bit number at an offset.
  @inline(__always)
  static func setWord(_ bits: Int, at offset: Int, in block: UnsafeMutableRawPointer) {
    set(bits, at: offset, in: block)
    set(bits >> 8, at: offset &+ 1, in: block)
  }

  /// Writes the codes of a part.
  @inline(__always)
  static func store(_ fit: PartFit, part: Int, in block: UnsafeMutableRawPointer) {
    for place in 0..<octetsPerPart {
      let octet = part &* octetsPerPart &+ place
      if Point.scalarCount == 8 {
        store(index: Int(fit.first[place]), group: octet, in: block)
      } else {
        store(index: Int(fit.first[place]), group: 2 &* octet, in: block)
        store(index: Int(fit.second[place]), group: 2 &* octet &+ 1, in: block)
      }
      store(mark: fit.marks[place], octet: octet, in: block)
    }
  }
}
