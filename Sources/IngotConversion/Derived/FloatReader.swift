import IngotCheckpoints
import IngotEncodings
import Synchronization

/// Reads the values of a tensor as single-precision floats, and changes each on the way.
struct FloatReader {
  private let checkpoint: any Checkpoint
  let tensor: CheckpointTensor

  init(_ checkpoint: any Checkpoint, _ tensor: CheckpointTensor) {
    self.checkpoint = checkpoint
    self.tensor = tensor
  }

  /// Fills `buffer` with a range of the bytes of floats.
  ///
  /// Half-precision values stay half-precision numbers when they are changed: the result is rounded to one.
  func read(
    _ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer, _ change: (Float) -> Float
  ) throws {
    let values = range.lowerBound / 4..<(range.upperBound + 3) / 4
    let isHalf = tensor.type == .float16
    try withValues(values) { floats in
      for index in floats.indices {
        let changed = change(floats[index])
        floats[index] = isHalf ? HalfPrecision.float(HalfPrecision.bits(changed)) : changed
      }
      let start = range.lowerBound - values.lowerBound * 4
      let bytes = UnsafeRawBufferPointer(floats)
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + range.count]))
    }
  }

  /// Lends the values of a range.
  func withValues(_ range: Range<Int>, _ body: (UnsafeMutableBufferPointer<Float>) throws -> Void) throws {
    let (values, stored) = (GrowingBuffer(), GrowingBuffer())
    let reader = TensorReader(checkpoint, tensor)
    let floats = try reader.decode(range, into: values, stored: stored)
    if let (index, value) = reader.firstOverflow(in: floats, stored: stored) {
      throw ConversionError(
        .overflow, tensor: tensor.name,
        "\(tensor.name.quoted) holds \(value) at element \(range.lowerBound + index), too large for the single precision in which it is changed"
      )
    }
    try withExtendedLifetime(values) { try body(floats) }
  }
}

/// The mean magnitude of a tensor's values, found when it is first asked for.
///
/// Specification: `spec/families.md`, clause N6.
final class MeanMagnitude: Sendable {
  private let found = Mutex<TernaryScale?>(nil)

  /// The values that the mean makes of others.
  func value(_ reader: FloatReader) throws -> TernaryScale {
    try found.withLock { found in
      if let found { return found }
      var sum = 0.0
      let count = reader.tensor.elementCount
      for start in stride(from: 0, to: count, by: 1 << 16) {
        try reader.withValues(start..<min(count, start + 1 << 16)) { floats in
          for value in floats { sum += Double(value.magnitude) }
        }
      }
      let scale = TernaryScale(mean: Float(sum / Double(max(count, 1))))
      found = scale
      return scale
    }
  }
}

/// −s, 0 and s for one s.
struct TernaryScale: Sendable {
  private let factor: Float

  /// As the layers of BitNet quantize when they run; no mean is smaller than 1e-5.
  init(mean: Float) { factor = 1 / max(mean, 1e-5) }

  /// The nearest of the three values.
  func nearest(_ value: Float) -> Float {
    guard value.isFinite else { return value }
    let code = max(-1, min(1, (value * factor).rounded(.toNearestOrEven)))
    return code / factor
  }
}
