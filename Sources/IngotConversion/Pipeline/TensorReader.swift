import IngotCheckpoints
import IngotEncodings

/// Reads stretches of one tensor of a checkpoint, stored or decoded.
struct TensorReader {
  private let checkpoint: any Checkpoint
  private let tensor: CheckpointTensor

  init(_ checkpoint: any Checkpoint, _ tensor: CheckpointTensor) {
    self.checkpoint = checkpoint
    self.tensor = tensor
  }

  /// Reads the stored bytes of the values.
  ///
  /// - Precondition: the values begin and end at blocks, and fill `bytes`.
  func read(_ elements: Range<Int>, into bytes: UnsafeMutableRawBufferPointer) throws {
    try checkpoint.read(tensor, bytes: byteRange(elements), into: bytes)
  }

  /// Reads the values and stores them in the type that holds each of them exactly.
  func widen(
    _ elements: Range<Int>, into output: UnsafeMutableRawBufferPointer, stored: GrowingBuffer
  ) throws {
    let bytes = stored.bytes(byteRange(elements).count)
    try read(elements, into: bytes)
    var span = output.mutableBytes
    try tensor.type.convertExactly(bytes.bytes, into: &span)
  }

  /// Reads the values as single-precision numbers.
  ///
  /// - Parameters:
  ///   - values: gets the numbers, and is what the result lies in.
  ///   - stored: room for the bytes as the checkpoint stores them.
  func decode(
    _ elements: Range<Int>, into values: GrowingBuffer, stored: GrowingBuffer
  ) throws -> UnsafeMutableBufferPointer<Float> {
    let floats = values.floats(elements.count)
    if tensor.type == .float32 {
      try read(elements, into: UnsafeMutableRawBufferPointer(floats))
      return floats
    }
    let bytes = stored.bytes(byteRange(elements).count)
    try read(elements, into: bytes)
    var span = floats.mutableSpan
    try tensor.type.decode(bytes.bytes, into: &span)
    return floats
  }

  private func byteRange(_ elements: Range<Int>) -> Range<Int> {
    let parts = tensor.type.valuesPerElement
    let lower = tensor.type.byteCount(elements: elements.lowerBound / parts) ?? 0
    let upper = tensor.type.byteCount(elements: elements.upperBound / parts) ?? 0
    return lower..<upper
  }
}
