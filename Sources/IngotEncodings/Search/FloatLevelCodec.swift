/// A codec of the levels of a small float (``FloatLevels``), each part of a block with a scale that is stored in a byte.
///
/// Specification: clause E39.2.
protocol FloatLevelCodec: SearchingCodec {
  /// The values that share a scale.
  static var partSize: Int { get }
  /// The byte of the largest scale with which no level is infinite.
  static var largestScale: UInt8 { get }

  /// What a byte scales by; it grows with the byte.
  static func scale(_ byte: UInt8) -> Float

  /// The byte of a scale that is not smaller than a number, unless that is beyond all scales, and less than four times as large, unless it is the
  /// smallest.
  static func byte(atLeast scale: Float) -> UInt8

  /// Whether the encoding reaches values of this magnitude.
  static func holds(_ magnitude: Float) -> Bool

  /// Stores a part from its scale and codes, in the order of the values.
  static func store(
    _ scale: UInt8, part: Int, into block: UnsafeMutableRawPointer, code: (_ index: Int) -> UInt8)
}

extension FloatLevelCodec {
  static func search(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, count: Int, effort: SearchEffort,
    into blocks: UnsafeMutableRawPointer
  ) -> Int? {
    ScaledBlock.with(count: partSize) { input in
      for index in 0..<count {
        for part in 0..<elementsPerBlock / partSize {
          let start = index &* elementsPerBlock &+ part &* partSize
          let weights = importance.flatMap { prepare($0 + start, count: partSize, into: input.levels) }
          let isHeld = search(
            values + start, weights, &input, part: part, into: blocks + index &* bytesPerBlock)
          if !isHeld { return index }
        }
      }
      return nil
    } ?? 0
  }

  static func search(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, effort: SearchEffort,
    into block: UnsafeMutableRawPointer
  ) -> Bool {
    search(values, importance: importance, count: 1, effort: effort, into: block) == nil
  }

  /// Tries the scales from the largest that may be the best down to where the largest values fall too short.
  @inline(__always)
  private static func search(
    _ values: UnsafePointer<Float>, _ importance: UnsafePointer<Float>?, _ input: inout ScaledBlock,
    part: Int, into block: UnsafeMutableRawPointer
  ) -> Bool {
    guard input.load(values, importance: importance), holds(input.stored(input.largest)) else { return false }
    guard input.largest > 0 else {
      store(0, part: part, into: block) { _ in 0 }
      return true
    }
    var byte = min(largestScale, byte(atLeast: input.stored(input.largest / 7)))
    var choice = byte
    var least = Double.infinity
    while true {
      let (error, shortfall) = choose(input, byte)
      if error < least { (least, choice) = (error, byte) }
      if byte == 0 || shortfall >= least || least == 0 { break }
      byte &-= 1
    }
    if choice != byte { _ = choose(input, choice) }
    store(choice, part: part, into: block) {
      FloatLevels.code(input.levels[$0], isNegative: input.values[$0] < 0)
    }
    return true
  }

  /// The level magnitudes nearest to the values.
  ///
  /// Their error, and how much of it is that the largest level falls short, which smaller scales do not mend.
  @inline(__always)
  private static func choose(_ input: ScaledBlock, _ byte: UInt8) -> (error: Double, shortfall: Double) {
    let scale = input.scaled(self.scale(byte))
    let factor = finite(reciprocal(scale))
    var block = input.block
    var shortfall = 0.0
    let error = input.kernels.pointee.chooseFloats(
      &block, scale, factor, scale * 12, input.levels, &shortfall)
    return (error, shortfall)
  }
}

extension FloatLevels {
  /// The code of a level's magnitude and sign.
  @inline(__always)
  static func code(_ magnitude: Float, isNegative: Bool) -> UInt8 {
    let level = Rounding.integer(magnitude)
    let code = level <= 4 ? level : level <= 8 ? level / 2 &+ 2 : 7
    return UInt8(truncatingIfNeeded: isNegative && code > 0 ? code | 8 : code)
  }
}

extension SIMD8<Float> {
  /// The magnitudes of the lanes.
  @inline(__always)
  var magnitudes: Self {
    unsafeBitCast(unsafeBitCast(self, to: SIMD8<UInt32>.self) & 0x7FFF_FFFF, to: Self.self)
  }
}
