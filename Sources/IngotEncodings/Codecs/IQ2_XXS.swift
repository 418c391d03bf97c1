import CVectors

/// IQ2_XXS: in a codebook of 256 points, eight magnitudes a point; 2.06 bits per weight.
///
///     byte   0        2          10         18                     66
///            +--------+----------+----------+---------- ... -------+
///            | d: F16 | part 0   | part 1   |  … part 7            |
///            +--------+----------+----------+---------- ... -------+
///
/// A part of 32 values is four indices of a byte, then a word of 32 bits: seven signs for each eight values from the
/// lowest bits up, and the multiplier m in the highest four.
///
///     +----+----+----+----+---------------------------------------------------+
///     | i0 | i1 | i2 | i3 |  m (31…28) | s3 (27…21) | s2 | s1 | s0 (6…0)       |
///     +----+----+----+----+---------------------------------------------------+
///
///     value j = ± level · (2m + 1) · d / 8        levels 8, 25, 43
///
/// Specification: clause E31; i-quants of llama.cpp, pull request 4773.
enum IQ2_XXS: SignedOctetCodec {
  static let bytesPerBlock = 66
  static var codebook: Codebook<SIMD8<Float>> { Codebooks.iq2XXS }
  static var search: OctetCodebook { .iq2XXS }
  static var hasEvenSigns: Bool { true }
  static let usualLevel: Float = 20
  static let elementsPerPart = 32

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_codebook_decoder { set.pointee.iq2_xxs }

  static func scale(of block: UnsafeRawPointer) -> UInt16 {
    block.loadUnaligned(as: UInt16.self)
  }

  @inline(__always)
  static func multiplier(of part: Int, in block: UnsafeRawPointer) -> Int {
    Int(word(of: part, in: block) >> 28)
  }

  @inline(__always)
  static func index(of group: Int, in block: UnsafeRawPointer) -> Int {
    Int(bytes(block, from: 2)[8 &* (group >> 2) &+ group & 3])
  }

  @inline(__always)
  static func signs(of octet: Int, in block: UnsafeRawPointer) -> UInt8 {
    EvenSigns.signs(Int(word(of: octet >> 2, in: block) >> UInt32(truncatingIfNeeded: 7 &* (octet & 3))))
  }

  /// The signs and the multiplier of a part.
  @inline(__always)
  private static func word(of part: Int, in block: UnsafeRawPointer) -> UInt32 {
    block.loadUnaligned(fromByteOffset: 6 &+ 8 &* part, as: UInt32.self)
  }

  static func store(scale: UInt16, in block: UnsafeMutableRawPointer) {
    block.storeBytes(of: scale, as: UInt16.self)
  }

  @inline(__always)
  static func store(multiplier: Int, part: Int, in block: UnsafeMutableRawPointer) {
    set(multiplier << 4, at: 9 &+ 8 &* part, in: block)
  }

  @inline(__always)
  static func store(index: Int, group: Int, in block: UnsafeMutableRawPointer) {
    set(index, at: 2 &+ 8 &* (group >> 2) &+ group & 3, in: block)
  }

  @inline(__always)
  static func store(mark: UInt8, octet: Int, in block: UnsafeMutableRawPointer) {
    EvenSigns.store(mark, octet: octet & 3, at: 6 &+ 8 &* (octet >> 2), in: block)
  }
}
