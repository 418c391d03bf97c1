import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotFiles

/// A checkpoint whose quantized tensors are seen as single-precision floats, decoded as they are read.
struct DecodedCheckpoint: Checkpoint {
  private let source: any Checkpoint

  let tensors: CheckpointTensors
  var format: CheckpointFormat { source.format }
  var name: String { source.name }
  var metadata: Metadata { source.metadata }
  var warnings: [CheckpointWarning] { source.warnings }
  var sourceFiles: [RegularFile] { source.sourceFiles }
  var keptByteCount: Int { source.keptByteCount }

  /// - Throws: ``ConversionError`` `NO_CODEC` for what cannot be decoded, `LAYOUT` for what is too large as floats.
  init(_ source: any Checkpoint) throws(ConversionError) {
    self.source = source
    var tensors = CheckpointTensors()
    for tensor in source.tensors {
      guard Self.isDecoded(tensor.type) else {
        _ = tensors.append(tensor)
        continue
      }
      guard tensor.type.canDecode else {
        throw ConversionError(
          .noCodec, tensor: tensor.name,
          "\(tensor.name.quoted) is \(tensor.type.name), which this release cannot decode")
      }
      guard ElementType.float32.byteCount(elements: tensor.elementCount) != nil else {
        throw ConversionError(.layout, tensor: tensor.name, "\(tensor.name.quoted) is too large")
      }
      _ = tensors.append(
        CheckpointTensor(name: tensor.name, shape: tensor.shape, type: .float32, location: tensor.location))
    }
    self.tensors = tensors
  }

  func tensor(named name: String) -> CheckpointTensor? { tensors[name] }

  func change(of name: String) -> String? { source.change(of: name) }

  func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    guard let stored = source.tensor(named: tensor.name), Self.isDecoded(stored.type) else {
      return try source.read(tensor, bytes: range, into: buffer)
    }
    if range.isEmpty { return }
    let size = MemoryLayout<Float>.size
    let block = Self.elementsPerBlock(stored.type)
    let first = range.lowerBound / size / block * block
    let end = min((range.upperBound + size * block - 1) / (size * block) * block, stored.elementCount)
    let (values, bytes) = (GrowingBuffer(), GrowingBuffer())
    let floats = try TensorReader(source, stored).decode(first..<end, into: values, stored: bytes)
    withExtendedLifetime(values) {
      let decoded = UnsafeRawBufferPointer(floats)
      let start = range.lowerBound - first * size
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: decoded[start..<start + range.count]))
    }
  }

  /// Blocks and ternary codes: what no float checkpoint holds.
  private static func isDecoded(_ type: ElementType) -> Bool {
    switch type {
    case .blocks, .ternary: true
    default: false
    }
  }

  private static func elementsPerBlock(_ type: ElementType) -> Int {
    if case .blocks(let encoding) = type { return encoding.elementsPerBlock }
    return 4
  }
}
