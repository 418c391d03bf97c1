/// How the memory of a run is divided among units of work.
///
/// Specification: `spec/conversion.md`, clause V4.
struct BufferPlan: Sendable, Hashable {
  /// The most values in a unit.
  let elementLimit: Int
  /// How many sets of buffers there are.
  let bufferCount: Int

  /// The bytes that a value takes in a set of buffers at most: as it is stored, decoded, weighted and encoded.
  static let bytesPerElement = 24
  /// The fewest values of a unit: fewer cost more in calls than they save.
  static let leastElementLimit = 8192

  /// Divides memory.
  ///
  /// - Parameters:
  ///   - byteCount: The bytes of all buffers together; at least two sets of the smallest are always there.
  ///   - threads: How many units are to be under way at once.
  init(byteCount: Int, threads: Int) {
    // Two more than can run: one is being written, one waits for its turn.
    let wanted = threads + 2
    let share = byteCount / wanted / Self.bytesPerElement
    elementLimit = max(Self.leastElementLimit, min(share / 256 * 256, WorkUnits.elementLimit))
    bufferCount = max(2, min(wanted, byteCount / (elementLimit * Self.bytesPerElement)))
  }
}
