import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotFiles

/// The matrices B of an adapter under the names of the weights that they change, as single-precision floats that carry
/// what their scale has more than that of the whole adapter.
///
/// So a family changes the rows of B as it changes those of the weight.
struct AdapterFactors: Checkpoint {
  private let adapter: LoRAAdapter
  private let alpha: Float

  /// In the order of the pairs of the adapter.
  let tensors: CheckpointTensors
  var format: CheckpointFormat { adapter.checkpoint.format }
  var name: String { adapter.checkpoint.name }
  let metadata = Metadata()
  /// Also of what stands in the adapter as the model has it, which readers need not be told.
  var warnings: [CheckpointWarning] {
    adapter.checkpoint.warnings
      + adapter.replacements.lazy.filter(\.isBase).map { _, tensor, _ in
        CheckpointWarning(
          code: .unused, path: adapter.checkpoint.sourceFiles[tensor.location.file].path,
          offset: tensor.location.offset, subject: .tensor(tensor.name),
          found: "weights of the model beside what is added to them; they are left out")
      }
  }
  var sourceFiles: [RegularFile] { adapter.checkpoint.sourceFiles }
  var keptByteCount: Int { adapter.checkpoint.keptByteCount }

  /// - Parameter alpha: What readers divide by the rank, for the scale of every pair.
  /// - Throws: ``ConversionError`` with ``ConversionError/Code/adapter`` for what the file of an adapter cannot say.
  init(_ adapter: LoRAAdapter, alpha: Float) throws(ConversionError) {
    self.adapter = adapter
    self.alpha = alpha
    if let name = adapter.replacements.first(where: { !$0.isBase })?.name {
      throw ConversionError(
        .adapter, tensor: name,
        "\(adapter.path) replaces \(name.quoted) as a whole, which the file of an adapter cannot: merge it into the model without --adapter"
      )
    }
    var tensors = CheckpointTensors()
    for (name, pair) in adapter.pairs {
      if pair.isEmbedding {
        throw ConversionError(
          .adapter, tensor: name,
          "\(adapter.path) changes the embeddings \(name.quoted): merge it into the model without --adapter")
      }
      // As the weight stands: the family turns it round where readers want it otherwise.
      let shape = pair.isTransposed ? pair.outputs.shape.reversed() : pair.outputs.shape
      _ = tensors.append(
        CheckpointTensor(name: name, shape: shape, type: .float32, location: pair.outputs.location))
    }
    self.tensors = tensors
  }

  func tensor(named name: String) -> CheckpointTensor? { tensors[name] }

  /// The matrix A of a weight.
  func inputs(of name: String) -> CheckpointTensor? { pair(of: name)?.inputs }

  private func pair(of name: String) -> LoRAAdapter.Pair? {
    tensors.index(of: name).map { adapter.pairs.pair(at: $0) }
  }

  func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    guard let pair = pair(of: tensor.name) else {
      return try adapter.checkpoint.read(tensor, bytes: range, into: buffer)
    }
    let factor = pair.scale / (alpha / Float(pair.rank))
    let source = FloatReader(adapter.checkpoint, pair.outputs)
    guard pair.isTransposed else {
      return try source.read(range, into: buffer) { factor == 1 ? $0 : $0 * factor }
    }
    // Small: the rank times the outputs.
    let (height, rank) = (pair.outputs.shape[0], pair.rank)
    var values = [Float](repeating: 0, count: height * rank)
    try source.withValues(0..<height * rank) { stored in
      for row in 0..<height {
        for term in 0..<rank { values[term * height + row] = stored[row * rank + term] * factor }
      }
    }
    values.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[range])) }
  }
}
