/// The fit of eight parts of a super-block by a scale and a minimum each.
///
/// Specification: clause E39.4.
enum MinimumFit<Codec: MinimumSuperBlock> {
  typealias Vector = SuperBlockValues.Vector

  /// What does not depend on codes.
  struct Totals {
    /// Σ w.
    var weights = Vector.zero
    /// Σ w·x.
    var values = Vector.zero
    /// The smallest values, at most 0.
    var lowest = Vector.zero
    var highest: Vector

    init(_ columns: PartColumns) {
      highest = columns.values[0]
      for index in 0..<Codec.partSize {
        let value = columns.values[index]
        lowest = value.chosen(over: lowest, where: value .< lowest)
        highest = value.chosen(over: highest, where: value .> highest)
        let weight = columns.weights?[index] ?? Vector(repeating: 1)
        weights += weight
        values += weight * value
      }
    }
  }

  /// Sums over the codes of parts.
  struct Sums {
    /// Σ w·q.
    var codes = Vector.zero
    /// Σ w·q².
    var squares = Vector.zero
    /// Σ w·q·x.
    var products = Vector.zero
  }

  /// Scales, and minimums without their sign.
  struct Line {
    var steps = Vector.zero
    var depths = Vector.zero

    @inline(__always)
    mutating func take(_ other: Line, where mask: SIMDMask<SIMD8<Int32>>) {
      steps = other.steps.chosen(over: steps, where: mask)
      depths = other.depths.chosen(over: depths, where: mask)
    }

    /// Becomes the line of least squares for codes, where they tell.
    @inline(__always)
    mutating func solve(_ sums: Sums, _ totals: Totals) {
      let determinants = totals.weights * sums.squares - sums.codes * sums.codes
      let isSolvable = determinants .> sums.squares * totals.weights * 0x1p-20
      let minimums = (sums.squares * totals.values - sums.codes * sums.products) / determinants
      let line = Line(
        steps: (totals.weights * sums.products - sums.codes * totals.values) / determinants,
        depths: Vector.zero - minimums)
      take(line, where: isSolvable)
      take(Line(steps: sums.products / sums.squares), where: isSolvable .& (minimums .> 0))
    }

    /// Σ w·x² less the errors that codes give.
    @inline(__always)
    func gains(_ sums: Sums, _ totals: Totals) -> Vector {
      let linear = steps * sums.products - depths * totals.values
      let square = steps * (steps * sums.squares - 2 * depths * sums.codes) + depths * depths * totals.weights
      return 2 * linear - square
    }
  }

  // Not inlined: the compiler then keeps sums and factors in registers.
  @inline(never)
  static func errors(_ columns: PartColumns, _ line: Line) -> Vector {
    guard let weights = columns.weights else { return errors(columns, line) { _ in Vector(repeating: 1) } }
    return errors(columns, line) { weights[$0] }
  }

  @inline(never)
  static func sums(_ columns: PartColumns, _ line: Line) -> Sums {
    guard let weights = columns.weights else { return sums(columns, line) { _ in Vector(repeating: 1) } }
    return sums(columns, line) { weights[$0] }
  }

  @inline(__always)
  private static func errors(_ columns: PartColumns, _ line: Line, weight: (Int) -> Vector) -> Vector {
    let factors = Codec.factors(line.steps)
    var errors = Vector.zero
    for index in 0..<Codec.partSize {
      let value = columns.values[index]
      let code = codes(value, line, factors)
      let difference = (code * line.steps - line.depths) - value
      errors += difference * difference * weight(index)
    }
    return errors
  }

  @inline(__always)
  private static func sums(_ columns: PartColumns, _ line: Line, weight: (Int) -> Vector) -> Sums {
    let factors = Codec.factors(line.steps)
    var sums = Sums()
    for index in 0..<Codec.partSize {
      let value = columns.values[index]
      let code = codes(value, line, factors)
      let weighted = code * weight(index)
      sums.codes += weighted
      sums.squares += weighted * code
      sums.products += weighted * value
    }
    return sums
  }

  @inline(__always)
  private static func codes(_ value: Vector, _ line: Line, _ factors: Vector) -> Vector {
    ((value + line.depths) * factors).limited(0, Float(Codec.largestCode)).roundedToEven
  }
}
