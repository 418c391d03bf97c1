/// Codes of 5 bits as Q5_0 and Q5_1 store them: the fifth bits of all 32, then the other four as in Q4_0.
///
///     byte   0                4          5                    20
///            +----------------+----------+----------+-- ... --+
///            | h: 32 bits     | q16 | q0 | q17 | q1 |         |     bit j of h is bit 4 of code j
///            +----------------+----------+----------+-- ... --+
///                              7 … 4 3…0   bits
///
/// Specification: clause E18.1.
enum FifthBits {
  /// Passes the codes j and j + 16, for each j below 16.
  @inline(__always)
  static func load(_ bytes: UnsafeRawPointer, _ body: (_ index: Int, _ low: Int32, _ high: Int32) -> Void) {
    let fifths = bytes.loadUnaligned(as: UInt32.self)
    let codes = (bytes + 4).assumingMemoryBound(to: UInt8.self)
    for index in 0..<16 {
      let shift = UInt32(truncatingIfNeeded: index)
      body(
        index, Int32(codes[index] & 15) | Int32(truncatingIfNeeded: fifths &>> shift & 1) << 4,
        Int32(codes[index] >> 4) | Int32(truncatingIfNeeded: fifths &>> (shift &+ 16) & 1) << 4)
    }
  }

  /// Stores 32 codes from 0 to 31.
  @inline(__always)
  static func store(_ code: (_ index: Int) -> Int32, into bytes: UnsafeMutableRawPointer) {
    var fifths: UInt32 = 0
    let codes = (bytes + 4).assumingMemoryBound(to: UInt8.self)
    for index in 0..<16 {
      let (low, high) = (code(index), code(index &+ 16))
      codes[index] = UInt8(truncatingIfNeeded: low & 15 | high << 4)
      let shift = UInt32(truncatingIfNeeded: index)
      fifths |= UInt32(truncatingIfNeeded: low >> 4) &<< shift
      fifths |= UInt32(truncatingIfNeeded: high >> 4) &<< (shift &+ 16)
    }
    bytes.storeBytes(of: fifths, as: UInt32.self)
  }
}
