import IngotEncodings

/// What a pickle may cost, by the bytes that it takes in its file.
///
/// A few bytes can make values again and again, deflated ones most of all: limits that a large checkpoint needs are no limits
/// for a small file.
///
/// Specification: `spec/limits.md`, "Pickles".
struct PickleAllowance: Sendable {
  /// The most values that are made, and the most that are passed in search of tensors; at most what 32 bits number.
  let valueCount: Int
  /// The most bytes of the names of all tensors, with the ways to them.
  let nameByteCount: Int
  /// The most bytes of the pickle where it is deflated.
  let inflatedByteCount: UInt64

  /// - Parameter storedByteCount: The bytes of the pickle in the file; of a deflated one those that it was deflated to.
  init(storedByteCount: UInt64, limits: CheckpointLimits) {
    func allowance(_ base: UInt64, _ factor: UInt64, atMost limit: UInt64) -> UInt64 {
      min(Checked.product(storedByteCount, factor).flatMap { Checked.sum($0, base) } ?? limit, limit)
    }
    // All are at most as large as an Int.
    valueCount = Int(
      allowance(1 << 18, 16, atMost: UInt64(min(max(limits.pickleValueCount, 0), Int(Int32.max)))))
    nameByteCount = Int(allowance(1 << 20, 64, atMost: UInt64(max(limits.pickleNameByteCount, 0))))
    inflatedByteCount = allowance(1 << 20, 64, atMost: limits.pickleByteCount)
  }
}
