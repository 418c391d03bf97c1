/// Counts errors by their size in quarters of a power of two, in constant memory.
///
/// The level of an error *e* is ⌊4·log₂|e|⌋, a step of 1.5 dB: the binary exponent of e⁴, which in double precision
/// neither overflows nor vanishes for any difference of two single-precision numbers. The counts are integers, so the
/// order in which parts are merged changes nothing.
///
/// Specification: `spec/command.md`, clause K5.3.
public struct ErrorLevels: Sendable, Hashable {
  /// The level of the least difference, 2⁻¹⁴⁹.
  private static let lowest = -596
  /// The level of the largest, just below 2¹²⁹.
  private static let highest = 515
  /// Slot 0 counts pairs without an error, the last pairs of which one is NaN or infinite.
  private static let notFinite = highest - lowest + 2

  private var slots = [Int](repeating: 0, count: notFinite + 1)

  /// Counts nothing yet.
  public init() {}

  /// The level of a quantity whose square this is.
  ///
  /// - Precondition: The square is a normal number, as is its own square.
  static func level(ofSquare square: Double) -> Int { Int((square * square).exponent) }

  /// Counts the errors of a run of values.
  ///
  /// - Precondition: Both have the same number of values.
  /// - Complexity: O(*n*); nothing is allocated.
  public mutating func add(reference: Span<Float>, other: Span<Float>) {
    precondition(reference.count == other.count, "the values and their reference differ in number")
    var slots = slots.mutableSpan
    for index in reference.indices {
      let error = Double(other[unchecked: index]) - Double(reference[unchecked: index])
      let square = error * error
      slots[unchecked: Self.slot(square * square)] += 1
    }
  }

  /// The slot of a fourth power; of 0 the exponent field is 0, of NaN and infinity it is the largest.
  @inline(__always)
  private static func slot(_ power: Double) -> Int {
    let field = Int(truncatingIfNeeded: power.bitPattern &>> 52) & 0x7FF
    return min(max(field &- (1023 &+ lowest &- 1), 0), notFinite)
  }

  /// Takes in the counts of other values.
  public static func += (left: inout Self, right: Self) {
    for slot in left.slots.indices { left.slots[slot] += right.slots[slot] }
  }

  /// How many errors there are of each level that has any, from the lowest.
  var counts: some Sequence<(level: Int, count: Int)> {
    (1..<Self.notFinite).lazy.filter { slots[$0] > 0 }.map { (Self.lowest + $0 - 1, slots[$0]) }
  }

  /// Pairs of equal finite values.
  var equalCount: Int { slots[0] }
}
