import IngotCheckpoints
import IngotContainer
import IngotEncodings

/// A plan as it is made, tensor by tensor.
struct PlanDraft {
  private var header: HeaderDraft
  private var planned: PlannedTensors.Builder

  /// Starts a plan.
  ///
  /// - Parameter metadata: Any metadata with the alignment of the output.
  init(for metadata: Metadata, expectedCount: Int) throws {
    header = try HeaderDraft(for: metadata, expectedCount: expectedCount)
    planned = PlannedTensors.Builder(expectedCount: expectedCount)
  }

  /// Adds a tensor.
  mutating func append(_ tensor: PlannedTensor) throws {
    try header.append((tensor.name, tensor.dimensions, tensor.encoding))
    planned.append(tensor)
  }

  /// A name of its own in the output for a tensor of the checkpoint.
  ///
  /// Names that fit are kept, so that a shortened one never displaces them.
  func storedName(for name: String, among tensors: CheckpointTensors) -> String {
    guard !StoredName.fits(name) else { return name }
    for attempt in UInt8.min...UInt8.max {
      let candidate = StoredName.stored(name, attempt: attempt)
      if !tensors.contains(candidate), !header.contains(candidate) { return candidate }
    }
    return name  // 256 collisions of a 64-bit digest: the writer refuses the long name
  }

  /// The header of the output, and its tensors.
  consuming func finished(with metadata: Metadata) throws -> (ContainerHeader, PlannedTensors) {
    let planned = planned
    let header = try header.header(with: metadata)
    return (header, PlannedTensors(header, planned))
  }
}

/// How many values have which encoding.
struct EncodingCounts {
  private var counts: [Encoding: Double] = [:]

  /// Counts a tensor, unless its values are such as must be kept exactly.
  mutating func count(_ tensor: PlannedTensor) {
    guard tensor.reason.code != .exact else { return }
    counts[tensor.encoding, default: 0] += Double(tensor.elementCount)
  }

  /// The encoding of most values.
  var mostCommon: Encoding? {
    let most = Encoding.allCases.max { counts[$0, default: -1] < counts[$1, default: -1] }
    return most.flatMap { counts[$0] == nil ? nil : $0 }
  }
}
