import CVectors

/// IQ1_S: in a codebook of 2048 points, eight ternary values a point; 1.56 bits per weight.
///
///     byte   0        2                 34                                        50
///            +--------+----- ... -------+-----------------------------------+- ... +
///            | d: F16 | i0 … i31, low 8 | s | m | i3 | i2 | i1 | i0, high 3 |      |
///            +--------+----- ... -------+-----------------------------------+- ... +
///                                         15  14…12 11…9  8…6  5…3  2…0
///
/// A word of 16 bits has, for 32 values, the upper bits of four indices, the multiplier m and the shift s.
///
///     value j = (level + (s = 1 ? -1/8 : 1/8)) · (2m + 1) · d        levels -1, 0, 1
///
/// Specification: clause E36; i-quants of llama.cpp, pull request 5999.
enum IQ1_S: ShiftedOctetCodec {
  static let bytesPerBlock = 50
  static var codebook: Codebook<SIMD8<Float>> { Codebooks.iq1 }
  static var hasOneShift: Bool { true }
  static let usualLevel: Float = 0.8
  static let elementsPerPart = 32

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_codebook_decoder { set.pointee.iq1_s }

  static func scale(of block: UnsafeRawPointer) -> UInt16 {
    block.loadUnaligned(as: UInt16.self)
  }

  @inline(__always)
  static func multiplier(of part: Int, in block: UnsafeRawPointer) -> Int {
    word(block, at: 34 &+ 2 &* part) >> 12 & 7
  }

  @inline(__always)
  static func index(of group: Int, in block: UnsafeRawPointer) -> Int {
    let high = word(block, at: 34 &+ 2 &* (group >> 2)) >> (3 &* (group & 3)) & 7
    return Int(bytes(block, from: 2)[group]) | high << 8
  }

  @inline(__always)
  static func isShiftedDown(octet: Int, in block: UnsafeRawPointer) -> Bool {
    word(block, at: 34 &+ 2 &* (octet >> 2)) & 0x8000 != 0
  }

  static func store(scale: UInt16, in block: UnsafeMutableRawPointer) {
    block.storeBytes(of: scale, as: UInt16.self)
  }

  @inline(__always)
  static func store(multiplier: Int, part: Int, in block: UnsafeMutableRawPointer) {
    setWord(multiplier << 12, at: 34 &+ 2 &* part, in: block)
  }

  @inline(__always)
  static func store(index: Int, group: Int, in block: UnsafeMutableRawPointer) {
    set(index, at: 2 &+ group, in: block)
    setWord((index >> 8) << (3 &* (group & 3)), at: 34 &+ 2 &* (group >> 2), in: block)
  }

  @inline(__always)
  static func store(mark: UInt8, octet: Int, in block: UnsafeMutableRawPointer) {
    setWord(Int(mark) << 15, at: 34 &+ 2 &* (octet >> 2), in: block)
  }
}
