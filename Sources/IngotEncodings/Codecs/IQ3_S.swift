import CVectors

/// IQ3_S: in a codebook of 512 points, four magnitudes a point, all signs stored; 3.44 bits per weight.
///
///     byte   0        2                 66                 74                106                110
///            +--------+----- ... -------+------ ... -------+----- ... -------+-----------+- ... +
///            | d: F16 | i0 … i63, low 8 | indices, bit 8   | signs, 8 a byte | m1  | m0  |      |
///            +--------+----- ... -------+------ ... -------+----- ... -------+-----------+- ... +
///                                         i7 … i0            s7 … s0           7…4   3…0
///
///     value j = ± level · (2m + 1) · d        levels 1, 3, 5, 7, 9, 11, 13, 15; m for 32 values
///
/// Specification: clause E35; i-quants of llama.cpp, pull request 5676.
enum IQ3_S: SignedQuartetCodec {
  static let bytesPerBlock = 110
  static var codebook: Codebook<SIMD4<Float>> { Codebooks.iq3S }
  static var search: QuartetCodebook { .iq3S }
  static let levels = SIMD8<Float>(1, 3, 5, 7, 9, 11, 13, 15)
  static var hasEvenSigns: Bool { false }
  static let usualLevel: Float = 7
  static let unit: Float = 1

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_codebook_decoder { set.pointee.iq3_s }

  static func scale(of block: UnsafeRawPointer) -> UInt16 {
    block.loadUnaligned(as: UInt16.self)
  }

  @inline(__always)
  static func multiplier(of part: Int, in block: UnsafeRawPointer) -> Int {
    Int(bytes(block, from: 106)[part >> 1]) >> (4 &* (part & 1)) & 15
  }

  @inline(__always)
  static func index(of group: Int, in block: UnsafeRawPointer) -> Int {
    let high = Int(bytes(block, from: 66)[group >> 3]) >> (group & 7) & 1
    return Int(bytes(block, from: 2)[group]) | high << 8
  }

  @inline(__always)
  static func signs(of octet: Int, in block: UnsafeRawPointer) -> UInt8 {
    bytes(block, from: 74)[octet]
  }

  static func store(scale: UInt16, in block: UnsafeMutableRawPointer) {
    block.storeBytes(of: scale, as: UInt16.self)
  }

  @inline(__always)
  static func store(multiplier: Int, part: Int, in block: UnsafeMutableRawPointer) {
    set(multiplier << (4 &* (part & 1)), at: 106 &+ (part >> 1), in: block)
  }

  @inline(__always)
  static func store(index: Int, group: Int, in block: UnsafeMutableRawPointer) {
    set(index, at: 2 &+ group, in: block)
    set((index >> 8) << (group & 7), at: 66 &+ (group >> 3), in: block)
  }

  @inline(__always)
  static func store(mark: UInt8, octet: Int, in block: UnsafeMutableRawPointer) {
    set(Int(mark), at: 74 &+ octet, in: block)
  }
}
