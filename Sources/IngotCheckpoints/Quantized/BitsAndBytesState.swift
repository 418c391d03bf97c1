import IngotContainer
import IngotEncodings

/// What bitsandbytes says of weights of 4 bits, as JSON in the bytes of a tensor.
///
/// Specification: `spec/quantized.md`, clause Q7.1.
struct BitsAndBytesState {
  /// The shape of the weights.
  let shape: [Int]
  /// The weights that share a scale.
  let blockSize: Int
  /// Of scales that are codes themselves: how many share a scale, and what is added.
  let nested: (blockSize: Int, offset: Float)?

  /// The most bytes of the text; in use are below 300.
  static let byteLimit = 1 << 16

  /// Reads the text.
  ///
  /// - Throws: ``CheckpointError`` at the byte of the text, or at the tensor's data.
  init(
    _ tensor: CheckpointTensor, _ kind: String, _ source: QuantizedSource, _ limits: CheckpointLimits
  ) throws {
    guard tensor.type == .uint8 else { throw source.misfit(tensor, expected: "U8, the bytes of a text") }
    guard tensor.byteCount <= Self.byteLimit else {
      throw source.fault(
        .limit, tensor, found: "a text of \(tensor.byteCount.counted("byte"))",
        expected: "at most \(Self.byteLimit)")
    }
    let text = try source.bytes(tensor, 0..<tensor.byteCount)
    let start = tensor.location.offset
    let window = ByteWindow(start..<start + UInt64(text.count)) { offset, buffer in
      let first = Int(offset - start)
      buffer.copyBytes(from: text[first..<first + buffer.count])
    }
    let state: JSONTree
    do {
      var json = JSONReader(
        window, maximumDepth: min(limits.nesting, 64), maximumTextBytes: limits.textByteCount)
      state = try json.readTree()
      try json.expect(.end, "the end of the text")
    } catch let error as JSONError {
      throw CheckpointError(
        error, source.checkpoint.sourceFiles[tensor.location.file].path, .tensor(tensor.name))
    }
    func wrong(_ name: String, _ expected: String) -> CheckpointError {
      source.fault(
        .value, tensor, found: "\(name.quoted): \(state[name]?.kind ?? "nothing")", expected: expected)
    }
    guard state["quant_type"]?.string == kind else { throw wrong("quant_type", kind.quoted) }
    guard let blockSize = state["blocksize"]?.integer, Self.sizes.contains(blockSize) else {
      throw wrong("blocksize", "a number from 1 to \(Self.sizes.upperBound)")
    }
    self.blockSize = blockSize
    let shape = state["shape"]?.elements?.map(\.integer) ?? []
    guard !shape.isEmpty, shape.count <= limits.dimensionCount, shape.allSatisfy({ $0 ?? 0 > 0 }) else {
      throw wrong("shape", "at most \(limits.dimensionCount.counted("number")) above zero")
    }
    self.shape = shape.compactMap(\.self)
    guard state["nested_blocksize"] != nil || state["nested_offset"] != nil else {
      nested = nil
      return
    }
    guard let size = state["nested_blocksize"]?.integer, Self.sizes.contains(size) else {
      throw wrong("nested_blocksize", "a number from 1 to \(Self.sizes.upperBound)")
    }
    guard let offset = state["nested_offset"]?.number, Float(offset).isFinite else {
      throw wrong("nested_offset", "a number that is finite in single precision")
    }
    nested = (size, Float(offset))
  }

  private static let sizes = 1...1 << 24
}
