import CVectors

/// IQ3_XXS: in a codebook of 256 points, four magnitudes a point; 3.06 bits per weight.
///
///     byte   0        2                  66                                       98
///            +--------+------ ... -------+------------------------------+-- ... --+
///            | d: F16 | i0 … i63         | m (31…28) | s3 | s2 | s1 | s0 |        |
///            +--------+------ ... -------+------------------------------+-- ... --+
///
/// Each word of 32 bits has seven signs for each eight of 32 values, and their multiplier m.
///
///     value j = ± level · (2m + 1) · d / 4        levels 4, 12, 20, 28, 36, 44, 52, 62
///
/// Specification: clause E34; i-quants of llama.cpp, pull request 5196.
enum IQ3_XXS: SignedQuartetCodec {
  static let bytesPerBlock = 98
  static var codebook: Codebook<SIMD4<Float>> { Codebooks.iq3XXS }
  static var search: QuartetCodebook { .iq3XXS }
  static let levels = SIMD8<Float>(4, 12, 20, 28, 36, 44, 52, 62)
  static var hasEvenSigns: Bool { true }
  static let usualLevel: Float = 28
  static let unit: Float = 0.25

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_codebook_decoder { set.pointee.iq3_xxs }

  static func scale(of block: UnsafeRawPointer) -> UInt16 {
    block.loadUnaligned(as: UInt16.self)
  }

  @inline(__always)
  static func multiplier(of part: Int, in block: UnsafeRawPointer) -> Int {
    Int(word(of: part, in: block) >> 28)
  }

  @inline(__always)
  static func index(of group: Int, in block: UnsafeRawPointer) -> Int {
    Int(bytes(block, from: 2)[group])
  }

  @inline(__always)
  static func signs(of octet: Int, in block: UnsafeRawPointer) -> UInt8 {
    EvenSigns.signs(Int(word(of: octet >> 2, in: block) >> UInt32(truncatingIfNeeded: 7 &* (octet & 3))))
  }

  /// The signs and the multiplier of a part.
  @inline(__always)
  private static func word(of part: Int, in block: UnsafeRawPointer) -> UInt32 {
    block.loadUnaligned(fromByteOffset: 66 &+ 4 &* part, as: UInt32.self)
  }

  static func store(scale: UInt16, in block: UnsafeMutableRawPointer) {
    block.storeBytes(of: scale, as: UInt16.self)
  }

  @inline(__always)
  static func store(multiplier: Int, part: Int, in block: UnsafeMutableRawPointer) {
    set(multiplier << 4, at: 69 &+ 4 &* part, in: block)
  }

  @inline(__always)
  static func store(index: Int, group: Int, in block: UnsafeMutableRawPointer) {
    set(index, at: 2 &+ group, in: block)
  }

  @inline(__always)
  static func store(mark: UInt8, octet: Int, in block: UnsafeMutableRawPointer) {
    EvenSigns.store(mark, octet: octet & 3, at: 66 &+ 4 &* (octet >> 2), in: block)
  }
}
