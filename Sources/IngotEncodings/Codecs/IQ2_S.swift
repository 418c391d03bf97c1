import CVectors

/// IQ2_S: in a codebook of 1024 points, eight magnitudes a point, all signs stored; 2.56 bits per weight.
///
///     byte   0        2                 34                66                 74                 82
///            +--------+----- ... -------+----- ... -------+------ ... -------+-----------+- ... +
///            | d: F16 | i0 … i31, low 8 | signs, 8 a byte | indices, high 2  | m1  | m0  |      |
///            +--------+----- ... -------+----- ... -------+------ ... -------+-----------+- ... +
///                                                           i3 i2 i1 i0        7…4   3…0
///
///     value j = ± level · (2m + 1) · d / 8        levels 8, 25, 43; m for 16 values
///
/// Specification: clause E33; i-quants of llama.cpp, pull request 5721.
enum IQ2_S: SignedOctetCodec {
  static let bytesPerBlock = 82
  static var codebook: Codebook<SIMD8<Float>> { Codebooks.iq2S }
  static var search: OctetCodebook { .iq2S }
  static var hasEvenSigns: Bool { false }
  static let usualLevel: Float = 20
  static let elementsPerPart = 16

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_codebook_decoder { set.pointee.iq2_s }

  static func scale(of block: UnsafeRawPointer) -> UInt16 {
    block.loadUnaligned(as: UInt16.self)
  }

  @inline(__always)
  static func multiplier(of part: Int, in block: UnsafeRawPointer) -> Int {
    Int(bytes(block, from: 74)[part >> 1]) >> (4 &* (part & 1)) & 15
  }

  @inline(__always)
  static func index(of group: Int, in block: UnsafeRawPointer) -> Int {
    let high = Int(bytes(block, from: 66)[group >> 2]) >> (2 &* (group & 3)) & 3
    return Int(bytes(block, from: 2)[group]) | high << 8
  }

  @inline(__always)
  static func signs(of octet: Int, in block: UnsafeRawPointer) -> UInt8 {
    bytes(block, from: 34)[octet]
  }

  static func store(scale: UInt16, in block: UnsafeMutableRawPointer) {
    block.storeBytes(of: scale, as: UInt16.self)
  }

  @inline(__always)
  static func store(multiplier: Int, part: Int, in block: UnsafeMutableRawPointer) {
    set(multiplier << (4 &* (part & 1)), at: 74 &+ (part >> 1), in: block)
  }

  @inline(__always)
  static func store(index: Int, group: Int, in block: UnsafeMutableRawPointer) {
    set(index, at: 2 &+ group, in: block)
    set((index >> 8) << (2 &* (group & 3)), at: 66 &+ (group >> 2), in: block)
  }

  @inline(__always)
  static func store(mark: UInt8, octet: Int, in block: UnsafeMutableRawPointer) {
    set(Int(mark), at: 34 &+ octet, in: block)
  }
}
