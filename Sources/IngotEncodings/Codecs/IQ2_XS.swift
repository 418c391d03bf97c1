import CVectors

/// IQ2_XS: in a codebook of 512 points, eight magnitudes a point; 2.31 bits per weight.
///
///     byte   0        2                              66                        74
///            +--------+-------------+------ ... -----+-----------+---- ... ----+
///            | d: F16 | s0 | i0     |                | m1  | m0  |             |
///            +--------+-------------+------ ... -----+-----------+---- ... ----+
///                       15…9   8…0                    7…4   3…0
///
/// A word of 16 bits has the index and seven signs of eight values; a multiplier m belongs to 16 values.
///
///     value j = ± level · (2m + 1) · d / 8        levels 8, 25, 43
///
/// Specification: clause E32; i-quants of llama.cpp, pull request 4856.
enum IQ2_XS: SignedOctetCodec {
  static let bytesPerBlock = 74
  static var codebook: Codebook<SIMD8<Float>> { Codebooks.iq2XS }
  static var search: OctetCodebook { .iq2XS }
  static var hasEvenSigns: Bool { true }
  static let usualLevel: Float = 20
  static let elementsPerPart = 16

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_codebook_decoder { set.pointee.iq2_xs }

  static func scale(of block: UnsafeRawPointer) -> UInt16 {
    block.loadUnaligned(as: UInt16.self)
  }

  @inline(__always)
  static func multiplier(of part: Int, in block: UnsafeRawPointer) -> Int {
    Int(bytes(block, from: 66)[part >> 1]) >> (4 &* (part & 1)) & 15
  }

  @inline(__always)
  static func index(of group: Int, in block: UnsafeRawPointer) -> Int {
    word(block, at: 2 &+ 2 &* group) & 511
  }

  @inline(__always)
  static func signs(of octet: Int, in block: UnsafeRawPointer) -> UInt8 {
    EvenSigns.signs(word(block, at: 2 &+ 2 &* octet) >> 9)
  }

  static func store(scale: UInt16, in block: UnsafeMutableRawPointer) {
    block.storeBytes(of: scale, as: UInt16.self)
  }

  @inline(__always)
  static func store(multiplier: Int, part: Int, in block: UnsafeMutableRawPointer) {
    set(multiplier << (4 &* (part & 1)), at: 66 &+ (part >> 1), in: block)
  }

  @inline(__always)
  static func store(index: Int, group: Int, in block: UnsafeMutableRawPointer) {
    setWord(index, at: 2 &+ 2 &* group, in: block)
  }

  @inline(__always)
  static func store(mark: UInt8, octet: Int, in block: UnsafeMutableRawPointer) {
    set(Int(mark) << 1, at: 3 &+ 2 &* octet, in: block)
  }
}
