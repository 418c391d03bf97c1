import IngotContainer
import IngotEncodings
import IngotFiles

/// A checkpoint whose quantized weights are seen as single-precision floats, made as they are read.
///
/// Opening reads the note of the folder, scales of one number and shapes; codes are read when values are asked for.
///
/// Specification: `spec/quantized.md`.
struct QuantizedCheckpoint: Checkpoint {
  private let source: QuantizedSource
  /// The weights by their place among the tensors.
  private let weights: [Int: QuantizedTensor]

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
    var found: [ExactName: QuantizedTensor] = [:]
    var parts: Set<ExactName> = []
    for tensor in checkpoint.tensors {
      for scheme in schemes {
        guard let made = try scheme.weights(in: tensor, of: source) else { continue }
        found[ExactName(tensor.name)] = made
        for part in made.parts { parts.insert(ExactName(part.name)) }
        break
      }
    }
    guard !found.isEmpty else { return nil }
    var tensors = CheckpointTensors()
    var weights: [Int: QuantizedTensor] = [:]
    for tensor in checkpoint.tensors {
      let name = ExactName(tensor.name)
      let made = found[name]
      if made == nil, parts.contains(name) || schemes.contains(where: { $0.isLeftOut(tensor.name) }) {
        continue
      }
      if let made { weights[tensors.count] = made }
      guard tensors.append(try made.map { try Self.describe($0, at: tensor, source) } ?? tensor) else {
        throw source.fault(
          .duplicate, tensor, found: "\((made?.name ?? tensor.name).quoted) a second time",
          expected: "quantized weights, or the same as floats")
      }
    }
    self.source = source
    self.tensors = tensors
    self.weights = weights
  }

  private static func describe(
    _ made: QuantizedTensor, at tensor: CheckpointTensor, _ source: QuantizedSource
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
    tensors.index(of: name).flatMap { weights[$0] }.map { "decoded from \($0.words)" }
  }

  /// Fills `buffer` with a range of a tensor's bytes, of quantized weights those of single-precision floats.
  ///
  /// - Complexity: O(*n*) in the length of the range. Memory is bounded: some MiB for all threads, and 1 MiB a call.
  func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    guard let made = tensors.index(of: tensor.name).flatMap({ weights[$0] }) else {
      return try source.checkpoint.read(tensor, bytes: range, into: buffer)
    }
    precondition(range.lowerBound >= 0 && range.upperBound <= tensor.byteCount, "not within the tensor")
    precondition(buffer.count == range.count, "the buffer and the range differ in length")
    if range.isEmpty { return }
    let size = MemoryLayout<Float>.size
    let elements = range.lowerBound / size..<(range.upperBound + size - 1) / size
    let limit = min(elements.count, RowBlocks.elementLimit)
    let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: limit)
    defer { scratch.deallocate() }
    scratch.initialize(repeating: 0)
    try RowBlocks.forEach(of: elements, width: made.weights.width) { rows, columns, offset in
      let values = UnsafeMutableBufferPointer(rebasing: scratch[..<(rows.count * columns.count)])
      try made.weights.decode(rows: rows, columns: columns, into: values, from: source)
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
