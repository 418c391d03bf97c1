import IngotCheckpoints
import IngotContainer
import IngotEncodings

/// A plan as it is made, tensor by tensor.
struct PlanDraft {
  private var header: HeaderDraft
  private var planned: PlannedTensors.Builder
  private var requantized = RequantizedTensors()

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
    requantized.count(tensor)
  }

  /// What may not be meant, of the tensors so far.
  var warnings: [String] { requantized.warning.map { [$0] } ?? [] }

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

/// Tensors that come from one quantized encoding and go into another.
private struct RequantizedTensors {
  private var count = 0
  private var types: [String] = []

  mutating func count(_ tensor: PlannedTensor) {
    guard tensor.isQuantized, Encoding(name: tensor.sourceType)?.kind == .quantized else { return }
    count += 1
    if !types.contains(tensor.sourceType) { types.append(tensor.sourceType) }
  }

  var warning: String? {
    guard count > 0 else { return nil }
    let them = count == 1 ? "1 tensor is" : "\(count) tensors are"
    return "\(them) quantized already (\(types.joined(separator: ", "))): "
      + "that error stays, and that of the new encoding is added; convert from floats if there are any"
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
