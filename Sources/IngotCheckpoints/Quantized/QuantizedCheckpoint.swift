import IngotContainer
import IngotEncodings
import IngotFiles

/// A checkpoint whose quantized weights are seen as single-precision floats, made as they are read.
///
/// Opening reads the note of the folder, scales of one number and shapes; codes are read when values are asked for. Of quantized weights
/// is held where their codes are; the rest is found again when they are read, so that a weight takes its name and some 70 bytes.
///
/// Specification: `spec/quantized.md`.
struct QuantizedCheckpoint: Checkpoint {
  /// Where a tensor comes from.
  private struct Origin: Sendable {
    /// The place of the codes among the tensors of the source; `Origin.stored` for what stays as it is stored.
    var codes: Int32
    /// The place of the words that say how they are decoded.
    var words: Int32

    static let stored = Origin(codes: -1, words: -1)
    var isStored: Bool { codes < 0 }
  }

  private let source: QuantizedSource
  private let schemes: [any QuantizationScheme]
  /// In the order of ``tensors``.
  private let origins: [Origin]
  /// How weights are decoded, each way once.
  private let words: [String]
  private let recent = RecentWeights()

  let tensors: CheckpointTensors
  var format: CheckpointFormat { source.checkpoint.format }
  var name: String { source.checkpoint.name }
  var metadata: Metadata { source.checkpoint.metadata }
  var warnings: [CheckpointWarning] { source.checkpoint.warnings }
  var sourceFiles: [RegularFile] { source.checkpoint.sourceFiles }

  /// Sees `checkpoint` by some schemes; `nil` where it has no weights of them.
  ///
  /// - Throws: ``CheckpointError``, `FileError`.
  /// - Complexity: O(*n*) in the number of tensors.
  init?(_ checkpoint: any Checkpoint, _ schemes: [any QuantizationScheme]) throws {
    let source = QuantizedSource(checkpoint)
    guard let found = try FoundWeights(in: source, schemes) else { return nil }
    var tensors = CheckpointTensors()
    var origins: [Origin] = []
    origins.reserveCapacity(found.visibleCount)
    for (place, tensor) in checkpoint.tensors.enumerated() {
      let made = found.weights(at: place)
      if made == nil, found.isPart(place) || schemes.contains(where: { $0.isLeftOut(tensor.name) }) {
        continue
      }
      let visible = try made.map { try Self.describe($0, at: tensor, source) } ?? tensor
      guard tensors.append(visible) else {
        throw source.fault(
          .duplicate, tensor, found: "\(visible.name.quoted) a second time",
          expected: "quantized weights, or the same as floats")
      }
      origins.append(made.map { Origin(codes: Int32(place), words: $0.words) } ?? .stored)
    }
    self.source = source
    self.schemes = schemes
    self.tensors = tensors
    self.origins = origins
    words = found.words
  }

  private static func describe(
    _ made: FoundWeights.Outline, at tensor: CheckpointTensor, _ source: QuantizedSource
  ) throws -> CheckpointTensor {
    guard let elements = Checked.product(of: made.shape),
      let byteCount = ElementType.float32.byteCount(elements: elements)
    else {
      throw source.fault(
        .overflow, tensor, found: "weights of the shape \(made.shape)", expected: "fewer than 2^63 bytes")
    }
    return CheckpointTensor(
      name: made.name, shape: made.shape, type: .float32, elementCount: elements, byteCount: byteCount,
      location: tensor.location)
  }

  var keptByteCount: Int { TileCache.byteCount + source.checkpoint.keptByteCount }

  func tensor(named name: String) -> CheckpointTensor? { tensors[name] }

  func change(of name: String) -> String? {
    guard let origin = origin(of: name) else { return nil }
    return "decoded from \(words[Int(origin.words)])"
  }

  /// Where quantized weights come from; `nil` for what stays as it is stored, and for what is not there.
  private func origin(of name: String) -> Origin? {
    guard let place = tensors.index(of: name), !origins[place].isStored else { return nil }
    return origins[place]
  }

  /// How the values of a tensor are made of the codes at a place.
  ///
  /// - Throws: ``CheckpointError`` with ``CheckpointError/Code/schema`` where they are others than those that were there when the
  ///   file was opened.
  private func weights(_ tensor: CheckpointTensor, at place: Int) throws -> any QuantizedWeights {
    if let weights = recent.weights(at: place) { return weights }
    let codes = source.checkpoint.tensors[place]
    let made = try source.weights(in: codes, schemes)
    guard let made, made.shape == tensor.shape else {
      throw source.fault(
        .schema, codes, found: "weights of the shape \(made?.shape ?? [])",
        expected: "the shape \(tensor.shape), as when the file was opened")
    }
    recent.keep(made.weights, at: place)
    return made.weights
  }

  /// Fills `buffer` with a range of a tensor's bytes, of quantized weights those of single-precision floats.
  ///
  /// - Complexity: O(*n*) in the length of the range. Memory is bounded: some MiB for all threads, and 1 MiB a call.
  func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    guard let origin = origin(of: tensor.name) else {
      return try source.checkpoint.read(tensor, bytes: range, into: buffer)
    }
    precondition(range.lowerBound >= 0 && range.upperBound <= tensor.byteCount, "not within the tensor")
    precondition(buffer.count == range.count, "the buffer and the range differ in length")
    if range.isEmpty { return }
    let weights = try weights(tensor, at: Int(origin.codes))
    let size = MemoryLayout<Float>.size
    let elements = range.lowerBound / size..<(range.upperBound + size - 1) / size
    let limit = min(elements.count, RowBlocks.elementLimit)
    let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: limit)
    defer { scratch.deallocate() }
    scratch.initialize(repeating: 0)
    try RowBlocks.forEach(of: elements, width: weights.width) { rows, columns, offset in
      let values = UnsafeMutableBufferPointer(rebasing: scratch[..<(rows.count * columns.count)])
      try weights.decode(rows: rows, columns: columns, into: values, from: source)
      let start = (elements.lowerBound + offset) * size
      let wanted = range.clamped(to: start..<start + values.count * size)
      UnsafeMutableRawBufferPointer(rebasing: buffer[(wanted.lowerBound - range.lowerBound)...])
        .copyMemory(
          from: UnsafeRawBufferPointer(
            rebasing: UnsafeRawBufferPointer(values)[
              wanted.lowerBound - start..<wanted.upperBound - start]))
    }
  }
}
