import CVectors

/// The numbers that the parts of a super-block share and have, codes apart.
struct SuperBlockScales {
  /// The scale of the scales: a half, as a Float32.
  var scale: Float = 0
  /// The scale of the minimums: a half, as a Float32.
  var minimum: Float = 0
  /// The scale of each part.
  var scales = SIMD16<Int32>.zero
  /// The minimum of each part.
  var minimums = SIMD16<Int32>.zero

  /// The half nearest to a value, at most the largest.
  @inline(__always)
  static func half(_ value: Float) -> Float {
    HalfPrecision.float(HalfPrecision.bits(max(-65504, min(65504, value))))
  }
}

/// A super-block of 256 values with its weights, and memory that a run of blocks shares.
struct SuperBlockValues {
  typealias Vector = SIMD8<Float>

  let values: UnsafePointer<Float>
  /// The weights in vectors of eight, or `nil` if all are 1.
  let weights: UnsafePointer<Vector>?
  /// Room for the values and the weights once more.
  fileprivate let columns: UnsafeMutablePointer<Vector>
  /// Room for what a search keeps, of `roomSize` vectors.
  let room: UnsafeMutablePointer<Vector>

  static let roomSize = 1024

  /// Eight values.
  @inline(__always)
  subscript(index: Int) -> Vector {
    UnsafeRawPointer(values + 8 &* index).loadUnaligned(as: Vector.self)
  }

  /// Lends memory for blocks.
  @inline(__always)
  static func withRoom<Result>(_ body: (UnsafeMutablePointer<Vector>) -> Result) -> Result? {
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: 32 + 64 + roomSize) { $0.baseAddress.map(body) }
  }

  /// A block in such memory; the weights are copied there by a function that returns `nil` if there are none.
  @inline(__always)
  init(
    _ values: UnsafePointer<Float>, in memory: UnsafeMutablePointer<Vector>,
    weights: (UnsafeMutablePointer<Float>) -> UnsafePointer<Float>?
  ) {
    self.values = values
    let own = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Float.self)
    self.weights = weights(own) == nil ? nil : UnsafePointer(memory)
    columns = memory + 32
    room = memory + 96
  }
}

/// Eight parts of a super-block side by side: lane p of column j is value j of part p.
///
/// What is a sum over a part is then a sum of columns, and eight parts are fitted at once.
struct PartColumns {
  typealias Vector = SuperBlockValues.Vector

  let values: UnsafeMutablePointer<Vector>
  /// The weights, or `nil` if all are 1.
  let weights: UnsafePointer<Vector>?

  /// The columns of one of the groups of eight parts.
  @inline(__always)
  init(_ input: SuperBlockValues, group: Int, partSize: Int) {
    values = input.columns + group &* partSize
    weights = input.weights == nil ? nil : UnsafePointer(input.columns + (32 &+ group &* partSize))
  }

  /// Fills the columns of all groups.
  static func arrange(_ input: SuperBlockValues, partSize: Int) {
    arrange({ input[$0] }, partSize, into: input.columns)
    if let weights = input.weights { arrange({ weights[$0] }, partSize, into: input.columns + 32) }
  }

  @inline(__always)
  private static func arrange(
    _ source: (Int) -> Vector, _ partSize: Int, into columns: UnsafeMutablePointer<Vector>
  ) {
    let columns = UnsafeMutableRawPointer(columns)
    let vectors = partSize / 8
    for index in 0..<32 {
      let (part, first) = (index / vectors, index % vectors &* 8)
      let vector = source(index)
      let start = 4 &* (8 &* (part >> 3 &* partSize &+ first) &+ part & 7)
      for lane in 0..<8 {
        columns.storeBytes(of: vector[lane], toByteOffset: start &+ 32 &* lane, as: Float.self)
      }
    }
  }
}

/// A codec of super-blocks, which searches in memory that a run of blocks shares.
protocol SuperBlockCodec: SearchingCodec {
  /// The values of a part: 16 or 32.
  static var partSize: Int { get }

  /// Encodes one block with a small error, or returns `false` if the encoding cannot hold its values.
  static func search(_ input: SuperBlockValues, effort: SearchEffort, into block: UnsafeMutableRawPointer)
    -> Bool
}

extension SuperBlockCodec {
  static var elementsPerBlock: Int { 256 }

  static func search(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, count: Int, effort: SearchEffort,
    into blocks: UnsafeMutableRawPointer
  ) -> Int? {
    SuperBlockValues.withRoom { memory -> Int? in
      for index in 0..<count {
        let start = index &* elementsPerBlock
        let block = blocks + index &* bytesPerBlock
        guard BlockValues.largestMagnitude(values + start, count: 256) != nil else { return index }
        let input = SuperBlockValues(values + start, in: memory) { room in
          importance.flatMap { prepare($0 + start, into: room) }
        }
        guard search(input, effort: effort, into: block) else { return index }
      }
      return nil
    } ?? nil
  }

  static func search(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, effort: SearchEffort,
    into block: UnsafeMutableRawPointer
  ) -> Bool {
    search(values, importance: importance, count: 1, effort: effort, into: block) == nil
  }
}

/// Numbers of a plan of a search, in memory of their own.
struct PlanNumbers: @unchecked Sendable {
  let start: UnsafePointer<Float>
  let count: Int

  /// Never freed: there are some for each encoding.
  init(_ numbers: [Float]) {
    let start = UnsafeMutablePointer<Float>.allocate(capacity: numbers.count)
    start.initialize(from: numbers, count: numbers.count)
    self.start = UnsafePointer(start)
    count = numbers.count
  }

  @inline(__always)
  subscript(index: Int) -> Float { start[index] }
}

extension SIMD16<Float> {
  /// The numbers of one of the groups of eight parts.
  @inline(__always)
  subscript(group group: Int) -> SIMD8<Float> {
    get { group == 0 ? lowHalf : highHalf }
    set { if group == 0 { lowHalf = newValue } else { highHalf = newValue } }
  }
}

extension SIMD16<Float> {
  /// The integers that the lanes are.
  @inline(__always)
  var integers: SIMD16<Int32> {
    unsafeBitCast(self + 0x1.8p23, to: SIMD16<Int32>.self) &- Int32(bitPattern: Float(0x1.8p23).bitPattern)
  }
}

extension SIMD8<Float> {
  /// The largest lane.
  @inline(__always)
  var largest: Float {
    let four = ingot_limited(lowHalf, highHalf, SIMD4(repeating: .infinity))
    return Swift.max(Swift.max(four.x, four.y), Swift.max(four.z, four.w))
  }

  /// The sum of the lanes, in the order of a tree.
  @inline(__always)
  var total: Float {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  /// The integers nearest to lanes from 0 to 2^22, ties to even.
  @inline(__always)
  var roundedToEven: Self { (self + 0x1p23) - 0x1p23 }

  /// The lanes, those outside a range replaced by its ends.
  @inline(__always)
  func limited(_ lowest: Float, _ highest: Float) -> Self {
    let (least, most) = (SIMD4(repeating: lowest), SIMD4(repeating: highest))
    return Self(
      lowHalf: ingot_limited(lowHalf, least, most), highHalf: ingot_limited(highHalf, least, most))
  }

  /// The lanes where a mask is set, and those of another vector elsewhere.
  ///
  /// By the bits: a loop over lanes is not unrolled, and `replacing(with:where:)` takes more instructions.
  @inline(__always)
  func chosen(over other: Self, where mask: SIMDMask<SIMD8<Int32>>) -> Self {
    typealias Bits = SIMD8<UInt32>
    let bits = unsafeBitCast(mask, to: Bits.self)
    return unsafeBitCast(
      unsafeBitCast(self, to: Bits.self) & bits | unsafeBitCast(other, to: Bits.self) & ~bits, to: Self.self)
  }
}

extension SearchingCodec {
  /// The factor that takes values to codes, 0 for a scale of zero and next to it.
  @inline(__always)
  static func factor(_ scale: Float) -> Float { scale.magnitude > 0x1p-100 ? 1 / scale : 0 }

  /// Puts the candidate into the block if it decodes to less error than what is there.
  @inline(__always)
  static func improve(
    _ block: UnsafeMutableRawPointer, with candidate: UnsafeRawPointer, _ input: SuperBlockValues
  ) {
    if error(of: candidate, input) < error(of: block, input) {
      block.copyMemory(from: candidate, byteCount: bytesPerBlock)
    }
  }

  /// Σ w(x̂ − x)² of a block, with x̂ as decoded.
  static func error(of block: UnsafeRawPointer, _ input: SuperBlockValues) -> Double {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 256) { decoded in
      guard let decoded = decoded.baseAddress else { return .infinity }
      decode(block, into: decoded)
      let bytes = UnsafeRawPointer(decoded)
      var sum = SIMD4<Double>.zero
      for index in 0..<32 {
        let value = bytes.loadUnaligned(fromByteOffset: 32 &* index, as: SIMD8<Float>.self)
        let difference = value - input[index]
        var squares = difference * difference
        if let weights = input.weights { squares *= weights[index] }
        sum += SIMD4<Double>(squares.lowHalf) + SIMD4<Double>(squares.highHalf)
      }
      return (sum.x + sum.y) + (sum.z + sum.w)
    }
  }
}
