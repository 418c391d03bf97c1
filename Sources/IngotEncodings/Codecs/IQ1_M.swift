import CVectors

/// IQ1_M: in a codebook of 2048 points, eight ternary values a point, finer scales and shifts; 1.75 bits per weight.
///
///     byte   0                 32                                   48                              56
///            +----- ... -------+--------------------------+-- ... --+---------------------------+- ... +
///            | i0 … i31, low 8 | s1 | i1 | s0 | i0 high 3 |         | d part | m3 | m2 | m1 | m0 |      |
///            +----- ... -------+--------------------------+-- ... --+---------------------------+- ... +
///                                7   6…4   3    2…0                   15…12 11…9  8…6  5…3  2…0
///
/// Each of the last four words of 16 bits has the multipliers of 64 values, one for 16, and a quarter of the half d:
/// the first word its lowest four bits. A shift s belongs to eight values.
///
///     value j = (level + (s = 1 ? -1/8 : 1/8)) · (2m + 1) · d        levels -1, 0, 1
///
/// Specification: clause E37; i-quants of llama.cpp, pull request 6302.
enum IQ1_M: ShiftedOctetCodec {
  static let bytesPerBlock = 56
  static var codebook: Codebook<SIMD8<Float>> { Codebooks.iq1 }
  static var hasOneShift: Bool { false }
  static let usualLevel: Float = 0.8
  static let elementsPerPart = 16

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_codebook_decoder { set.pointee.iq1_m }

  static func scale(of block: UnsafeRawPointer) -> UInt16 {
    var bits: UInt16 = 0
    for quarter in 0..<4 {
      let word = block.loadUnaligned(fromByteOffset: 48 &+ 2 &* quarter, as: UInt16.self)
      bits |= (word >> 12) << UInt16(truncatingIfNeeded: 4 &* quarter)
    }
    return bits
  }

  @inline(__always)
  static func multiplier(of part: Int, in block: UnsafeRawPointer) -> Int {
    word(block, at: 48 &+ 2 &* (part >> 2)) >> (3 &* (part & 3)) & 7
  }

  @inline(__always)
  static func index(of group: Int, in block: UnsafeRawPointer) -> Int {
    Int(bytes(block, from: 0)[group]) | (nibble(of: group, in: block) & 7) << 8
  }

  @inline(__always)
  static func isShiftedDown(octet: Int, in block: UnsafeRawPointer) -> Bool {
    nibble(of: octet, in: block) & 8 != 0
  }

  /// The upper bits of an index and the shift.
  @inline(__always)
  private static func nibble(of octet: Int, in block: UnsafeRawPointer) -> Int {
    Int(bytes(block, from: 32)[octet >> 1]) >> (4 &* (octet & 1)) & 15
  }

  static func store(scale: UInt16, in block: UnsafeMutableRawPointer) {
    for quarter in 0..<4 {
      setWord((Int(scale) >> (4 &* quarter) & 15) << 12, at: 48 &+ 2 &* quarter, in: block)
    }
  }

  @inline(__always)
  static func store(multiplier: Int, part: Int, in block: UnsafeMutableRawPointer) {
    setWord(multiplier << (3 &* (part & 3)), at: 48 &+ 2 &* (part >> 2), in: block)
  }

  @inline(__always)
  static func store(index: Int, group: Int, in block: UnsafeMutableRawPointer) {
    set(index, at: group, in: block)
    set((index >> 8) << (4 &* (group & 1)), at: 32 &+ (group >> 1), in: block)
  }

  @inline(__always)
  static func store(mark: UInt8, octet: Int, in block: UnsafeMutableRawPointer) {
    set(Int(mark) << (3 &+ 4 &* (octet & 1)), at: 32 &+ (octet >> 1), in: block)
  }
}
