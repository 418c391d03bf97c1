/// The memo of a pickle: values under the numbers that they were put there with.
///
/// Picklers put nearly all that they write there, and recall little: only what is recalled is kept.
struct PickleMemo {
  private let recalled: Set<UInt64>
  private var values: [UInt64: PickleValue] = [:]
  /// Picklers count upwards: all numbers below this one were put.
  private var dense: UInt64 = 0
  /// The other numbers that were put.
  private var others: Set<UInt64> = []

  /// - Parameter recalled: The numbers that are recalled.
  init(recalled: Set<UInt64>) { self.recalled = recalled }

  /// How many numbers were put.
  var count: Int { Int(dense) + others.count }

  /// The values that are kept.
  var kept: some Sequence<PickleValue> { values.values }

  /// The value under a number that is recalled, or `nil` where none was put.
  subscript(number: UInt64) -> PickleValue? { values[number] }

  /// Whether a number was put.
  func contains(_ number: UInt64) -> Bool { number < dense || others.contains(number) }

  /// Puts a value.
  mutating func put(_ value: PickleValue, at number: UInt64) {
    if recalled.contains(number) { values[number] = value }
    if number > dense {
      others.insert(number)
    } else if number == dense {
      repeat { dense += 1 } while others.remove(dense) != nil
    }
  }
}
