import IngotCheckpoints
import IngotContainer
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
    let range = byteRange(elements)
    prefetch(after: range)
    try checkpoint.read(tensor, bytes: range, into: bytes)
  }

  /// Asks for what follows, whenever a stretch of this many bytes is passed.
  private static let prefetchByteCount: UInt64 = 4 << 20

  private func prefetch(after range: Range<Int>) {
    guard checkpoint.sourceFiles.indices.contains(tensor.location.file) else { return }
    let file = checkpoint.sourceFiles[tensor.location.file]
    // Of a tensor that is made of others the place is about right, and a wish may be wrong.
    let start = tensor.location.offset &+ UInt64(range.lowerBound)
    let end = tensor.location.offset &+ UInt64(range.upperBound)
    guard end / Self.prefetchByteCount != start / Self.prefetchByteCount, end < file.byteCount else { return }
    file.prefetch(end..<min(end + 2 * Self.prefetchByteCount, file.byteCount))
  }

  /// Reads the values and stores them in the type that holds each of them exactly.
  func widen(
    _ elements: Range<Int>, into output: UnsafeMutableRawBufferPointer, stored: GrowingBuffer
  ) throws {
    let bytes = stored.bytes(byteRange(elements).count)
    try read(elements, into: bytes)
    var span = output.mutableBytes
    do throws(ElementTypeError) {
      try tensor.type.convertExactly(bytes.bytes, into: &span)
    } catch {
      throw located(error, elements)
    }
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
    do throws(ElementTypeError) {
      try tensor.type.decode(bytes.bytes, into: &span)
    } catch {
      throw located(error, elements)
    }
    return floats
  }

  /// The first of the values just decoded that is a number as it is stored, and infinite in single precision.
  func firstOverflow(
    in floats: UnsafeMutableBufferPointer<Float>, stored: GrowingBuffer
  ) -> (index: Int, value: Double)? {
    guard tensor.type.exactEncoding == .f64 else { return nil }
    let bytes = stored.bytes(floats.count * MemoryLayout<UInt64>.size)
    for index in floats.indices where floats[index].isInfinite {
      let bits = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<UInt64>.size, as: UInt64.self)
      let value = Double(bitPattern: bits)
      if value.isFinite { return (index, value) }
    }
    return nil
  }

  /// An error of the stored values, with the file, the tensor and the position in it.
  private func located(_ error: ElementTypeError, _ elements: Range<Int>) -> ConversionError {
    let code: ConversionError.Code =
      switch error.code {
      case .noDecoder: .noCodec
      case .noValue: .value
      case .tooLarge: .overflow
      }
    let first = elements.lowerBound / tensor.type.valuesPerElement
    let placed = ElementTypeError(
      error.code, error.type, index: error.index.map { first + $0 }, bits: error.bits)
    let path = checkpoint.sourceFiles[tensor.location.file].path
    return ConversionError(
      code, tensor: tensor.name,
      "\(path), tensor \(tensor.name.quoted): \(placed)\(place(of: placed.index))")
  }

  /// The row and the column of an element, in words; of a tensor without rows nothing.
  private func place(of index: Int?) -> String {
    guard let index, tensor.shape.count > 1, let rowLength = tensor.shape.last, rowLength > 0 else {
      return ""
    }
    return ", at row \(index / rowLength), column \(index % rowLength)"
  }

  private func byteRange(_ elements: Range<Int>) -> Range<Int> {
    let parts = tensor.type.valuesPerElement
    let lower = tensor.type.byteCount(elements: elements.lowerBound / parts) ?? 0
    let upper = tensor.type.byteCount(elements: elements.upperBound / parts) ?? 0
    return lower..<upper
  }
}
