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
    let stored = source.tensors
    for place in stored.indices where Self.isDecoded(stored.type(at: place)) {
      guard stored.type(at: place).canDecode else {
        let name = stored.name(at: place)
        throw ConversionError(
          .noCodec, tensor: name,
          "\(name.quoted) is \(stored.type(at: place).name), which this release cannot decode")
      }
      guard ElementType.float32.byteCount(elements: stored.elementCount(at: place)) != nil else {
        let name = stored.name(at: place)
        throw ConversionError(.layout, tensor: name, "\(name.quoted) is too large")
      }
    }
    tensors = stored.retyped(keepingViews: true) { Self.isDecoded($1) ? .float32 : $1 }
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
