import CVectors

/// An encoding whose codes are indices into a codebook.
///
/// A block is a super-block: a half, and a small integer, the *multiplier*, for each *part* of 16 or 32 values. The
/// conforming type says where the bits stand; the arithmetic is the same for all.
///
/// All factors are short enough that a product of finite ones is exact in Float32, whatever the order.
///
/// Specification: clause E38.
protocol CodebookDecoder: QuantizedDecoder {
  associatedtype Point: SIMD & Sendable where Point.Scalar == Float, Point.MaskStorage: Sendable

  static var codebook: Codebook<Point> { get }
  /// The scale of a part is d · unit · (2 · multiplier + 1).
  static var unit: Float { get }
  /// One more than the largest multiplier.
  static var multiplierCount: Int { get }
  /// How many values share a multiplier.
  static var elementsPerPart: Int { get }

  /// The loop over blocks, in C.
  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_codebook_decoder

  /// The half d.
  static func scale(of block: UnsafeRawPointer) -> UInt16
  /// The multiplier of a part.
  static func multiplier(of part: Int, in block: UnsafeRawPointer) -> Int
  /// The index of a group of as many values as a point has.
  static func index(of group: Int, in block: UnsafeRawPointer) -> Int
}

/// A codebook of magnitudes, with signs beside them.
protocol SignedCodebookDecoder: CodebookDecoder {
  /// The signs of eight values: bit j set, value j negative.
  static func signs(of octet: Int, in block: UnsafeRawPointer) -> UInt8
}

/// A codebook of -1, 0 and 1, and a shift of all values by an eighth up or down.
protocol ShiftedCodebookDecoder: CodebookDecoder where Point == SIMD8<Float> {
  /// Whether eight values are shifted down.
  static func isShiftedDown(octet: Int, in block: UnsafeRawPointer) -> Bool
}

extension CodebookDecoder {
  static var elementsPerBlock: Int { 256 }
  static var partCount: Int { 256 / elementsPerPart }

  static func decode(_ blocks: UnsafeRawPointer, count: Int, into values: UnsafeMutablePointer<Float>) {
    codebook.points.withUnsafeBytes { points in
      guard let points = points.baseAddress else { return }
      kernel(DecoderKernels.widest)(blocks, count, points.assumingMemoryBound(to: Float.self), values)
    }
  }

  /// The scale of a part.
  @inline(__always)
  static func scale(ofPart part: Int, in block: UnsafeRawPointer) -> Float {
    let odd = Float(Int32(truncatingIfNeeded: 2 &* multiplier(of: part, in: block) &+ 1))
    return HalfPrecision.float(scale(of: block)) * unit * odd
  }

  /// The bytes from an offset on.
  @inline(__always)
  static func bytes(_ block: UnsafeRawPointer, from offset: Int) -> UnsafePointer<UInt8> {
    (block + offset).assumingMemoryBound(to: UInt8.self)
  }

  /// The 16-bit number at an offset.
  @inline(__always)
  static func word(_ block: UnsafeRawPointer, at offset: Int) -> Int {
    Int(block.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }
}

extension SignedCodebookDecoder {
  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let points = codebook.points
    for octet in 0..<32 {
      let scale = scale(ofPart: 8 &* octet / elementsPerPart, in: block)
      let signs = UInt32(signs(of: octet, in: block))
      for group in 0..<8 / Point.scalarCount {
        let first = Point.scalarCount &* group
        let point = points[index(of: 8 / Point.scalarCount &* octet &+ group, in: block)] * scale
        for position in 0..<Point.scalarCount {
          let sign = signs << UInt32(truncatingIfNeeded: 31 &- first &- position) & 0x8000_0000
          values[8 &* octet &+ first &+ position] = Float(bitPattern: point[position].bitPattern ^ sign)
        }
      }
    }
  }
}

extension ShiftedCodebookDecoder {
  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let points = codebook.points
    for octet in 0..<32 {
      let scale = scale(ofPart: 8 &* octet / elementsPerPart, in: block)
      let shift: Float = isShiftedDown(octet: octet, in: block) ? -0.125 : 0.125
      let point = (points[index(of: octet, in: block)] + shift) * scale
      for position in 0..<8 { values[8 &* octet &+ position] = point[position] }
    }
  }
}

/// Seven signs are stored of eight: the number of negative values is even.
enum EvenSigns {
  /// The eight signs of seven stored bits.
  @inline(__always)
  static func signs(_ stored: Int) -> UInt8 {
    let stored = UInt8(truncatingIfNeeded: stored & 127)
    return stored | UInt8(truncatingIfNeeded: stored.nonzeroBitCount & 1) << 7
  }

  /// Writes seven of the eight signs of an octet of the four that share a word of 32 bits.
  @inline(__always)
  static func store(_ signs: UInt8, octet: Int, at offset: Int, in block: UnsafeMutableRawPointer) {
    let word = block.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    let bits = UInt32(signs & 127) << UInt32(truncatingIfNeeded: 7 &* octet)
    block.storeBytes(of: word | bits, toByteOffset: offset, as: UInt32.self)
  }
}
