/// A codec whose values are codes times a scale plus a minimum, both of them halves: x = q · d + m.
///
/// Specification: clause E39.3.
protocol ScaleAndMinimumCodec: ScaledBlockCodec {
  /// The highest code.
  static var highest: Float { get }
  /// How widely to look.
  static var plan: ScaleAndMinimumPlan { get }

  /// Stores a block from the bits of its scale and minimum and the codes of its values, in their order.
  static func store(
    _ scale: UInt16, _ minimum: UInt16, codes: UnsafePointer<Float>, into block: UnsafeMutableRawPointer)
}

extension ScaleAndMinimumCodec {
  @inline(__always)
  static func search(
    _ values: UnsafePointer<Float>, _ importance: UnsafePointer<Float>?, _ effort: SearchEffort,
    _ input: inout ScaledBlock, into block: UnsafeMutableRawPointer
  ) -> Bool {
    guard input.load(values, importance: importance) else { return false }
    guard input.largest > 0 else { return encode(values, into: block) }
    var search = ScaleAndMinimumSearch<Self>(input)
    guard search.run(effort) else { return false }
    if !search.hasCodes { _ = search.chooseCodes(search.scale, search.minimum) }
    store(search.scale, search.minimum, codes: input.levels, into: block)
    return true
  }
}

/// The ranges from which the search starts.
struct ScaleAndMinimumPlan: @unchecked Sendable {
  typealias Vector = SIMD8<Float>

  /// Factors, as parts of the one that spreads the codes over all values, and of each the point that keeps its place.
  ///
  /// 0 is the smallest value, which gets code 0, 1 the largest, which gets the highest. In turn, a vector of factors and one
  /// of anchors.
  let starts: UnsafeMutablePointer<Vector>
  let plainCount: Int
  /// How many there are for blocks with weights, and for `best`: all.
  let allCount: Int

  /// Never freed: there is one for each encoding.
  init(plain: [(Float, Float)], others: [(Float, Float)]) {
    var vectors: [(Vector, Vector)] = []
    func add(_ list: [(Float, Float)]) -> Int {
      for start in stride(from: 0, to: list.count, by: 8) {
        var (factors, anchors) = (Vector(), Vector())
        for lane in 0..<8 { (factors[lane], anchors[lane]) = list[min(start + lane, list.count - 1)] }
        vectors.append((factors, anchors))
      }
      return vectors.count
    }
    plainCount = add(plain)
    allCount = add(others)
    starts = .allocate(capacity: 2 * vectors.count)
    for (index, vector) in vectors.enumerated() {
      (starts + 2 * index).initialize(to: vector.0)
      (starts + 2 * index + 1).initialize(to: vector.1)
    }
  }

  /// Each of some factors with each of some anchors.
  static func grid(_ factors: [Float], _ anchors: [Float]) -> [(Float, Float)] {
    factors.flatMap { factor in anchors.map { (factor, $0) } }
  }
}
