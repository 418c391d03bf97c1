/// How often errors of each size occur, relative to the root mean square of the tensor that they are in.
///
/// An error counts at its level less the level of the root mean square of the tensor's reference values, both in
/// quarters of a power of two (``ErrorLevels``). Histograms of several tensors therefore add up, whatever their scales.
///
/// Specification: `spec/command.md`, clause K5.3.
public struct ErrorHistogram: Sendable, Hashable {
  /// The step from a level to the next in decibels: 20·log₁₀2 / 4.
  public static let decibelsPerLevel = 1.505_149_978_319_906

  /// The level of the first of ``counts``.
  public private(set) var lowestLevel = 0
  /// The errors of this level and of those above it; the first and the last are not 0.
  public private(set) var counts: [Int] = []
  /// Pairs of finite values without an error.
  public private(set) var equalCount = 0
  /// Errors in tensors whose reference is all zero, so that they are relative to nothing.
  public private(set) var unscaledCount = 0

  /// A histogram of no values.
  public init() {}

  /// The errors of one tensor.
  ///
  /// - Parameters:
  ///   - levels: How many errors there are of each size.
  ///   - measure: That of the same values.
  public init(_ levels: ErrorLevels, _ measure: ErrorMeasure) {
    equalCount = levels.equalCount
    guard measure.squaredReference > 0 else {
      unscaledCount = levels.counts.reduce(0) { $0 + $1.count }
      return
    }
    let scale = ErrorLevels.level(ofSquare: measure.squaredReference / Double(measure.count))
    for (level, count) in levels.counts { add(count, at: level - scale) }
  }

  /// The pairs of finite values.
  public var valueCount: Int { counts.reduce(equalCount + unscaledCount, +) }

  /// The least edge between levels, in decibels, with at least this share of the values below it.
  ///
  /// Minus infinity where so many have no error at all, infinity where errors that are relative to nothing are needed.
  ///
  /// - Precondition: The share is from 0 to 1.
  /// - Complexity: O(*n*) for *n* levels.
  public func quantile(_ share: Double) -> Double {
    precondition((0...1).contains(share), "a share is from 0 to 1")
    let needed = Int((share * Double(valueCount)).rounded(.up))
    var below = equalCount
    if below >= needed { return -.infinity }
    for (index, count) in counts.enumerated() {
      below += count
      if below >= needed { return Double(lowestLevel + index + 1) * Self.decibelsPerLevel }
    }
    return .infinity
  }

  private mutating func add(_ count: Int, at level: Int) {
    if counts.isEmpty { lowestLevel = level }
    if level < lowestLevel {
      counts.insert(contentsOf: repeatElement(0, count: lowestLevel - level), at: 0)
      lowestLevel = level
    }
    let missing = level - lowestLevel - counts.count + 1
    if missing > 0 { counts.append(contentsOf: repeatElement(0, count: missing)) }
    counts[level - lowestLevel] += count
  }

  /// Takes in the errors of other tensors.
  public static func += (left: inout Self, right: Self) {
    left.equalCount += right.equalCount
    left.unscaledCount += right.unscaledCount
    for (index, count) in right.counts.enumerated() where count > 0 {
      left.add(count, at: right.lowestLevel + index)
    }
  }
}
