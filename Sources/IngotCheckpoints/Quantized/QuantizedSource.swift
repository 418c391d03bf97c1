import IngotContainer
import IngotEncodings

/// The checkpoint whose tensors quantized weights are made of, and how their values are read.
struct QuantizedSource: Sendable {
  let checkpoint: any Checkpoint
  private let tiles = TileCache(.quantized)

  init(_ checkpoint: any Checkpoint) { self.checkpoint = checkpoint }

  /// The tensor of this name.
  func tensor(_ name: String) -> CheckpointTensor? { checkpoint.tensor(named: name) }

  /// The weights whose codes a tensor holds by the first scheme that finds them.
  ///
  /// - Throws: ``CheckpointError``, `FileError`.
  func weights(
    in tensor: CheckpointTensor, _ schemes: [any QuantizationScheme]
  ) throws -> QuantizedTensor? {
    for scheme in schemes {
      if let made = try scheme.weights(in: tensor, of: self) { return made }
    }
    return nil
  }

  /// The tensor of this name, without which `tensor` has no meaning.
  ///
  /// - Throws: ``CheckpointError/Code/schema``.
  func needed(_ name: String, for tensor: CheckpointTensor, _ role: String) throws -> CheckpointTensor {
    if let found = self.tensor(name) { return found }
    throw fault(.schema, tensor, found: "weights without \(role)", expected: "a tensor \(name.quoted)")
  }

  /// An error about a tensor, at a byte of its data.
  func fault(
    _ code: CheckpointError.Code, _ tensor: CheckpointTensor, byte: Int = 0, found: String, expected: String
  ) -> CheckpointError {
    CheckpointError(
      code, checkpoint.sourceFiles[tensor.location.file].path, at: tensor.location.offset + UInt64(byte),
      .tensor(tensor.name), found: found, expected: expected)
  }

  /// The error for a tensor of a type or shape that its scheme does not have.
  func misfit(_ tensor: CheckpointTensor, expected: String) -> CheckpointError {
    fault(.schema, tensor, found: "\(tensor.type) \(tensor.shape)", expected: expected)
  }
}

// Values, of which a caller asks for a bounded number at a time.
extension QuantizedSource {
  /// A range of the bytes of a tensor.
  func bytes(_ tensor: CheckpointTensor, _ range: Range<Int>) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    try bytes.withUnsafeMutableBytes { try checkpoint.read(tensor, bytes: range, into: $0) }
    return bytes
  }

  /// A range of the values of a tensor of floats, whose bytes are taken as those of `type`.
  func floats(
    _ tensor: CheckpointTensor, _ elements: Range<Int>, as type: ElementType? = nil
  ) throws -> [Float] {
    let type = type ?? tensor.type
    let size = Int(type.bitsPerElement) / 8
    let stored = try bytes(tensor, elements.lowerBound * size..<elements.upperBound * size)
    return try decode(stored, type, tensor)
  }

  /// A range of the values of a tensor of integers of a type.
  ///
  /// - Precondition: The elements have the size of `Number`.
  func integers<Number: FixedWidthInteger & BitwiseCopyable>(
    _ tensor: CheckpointTensor, _ elements: Range<Int>, as _: Number.Type = Number.self
  ) throws -> [Number] {
    let size = MemoryLayout<Number>.size
    let stored = try bytes(tensor, elements.lowerBound * size..<elements.upperBound * size)
    return Self.integers(stored)
  }

  /// The bytes of some columns of a matrix, row after row.
  func columns(_ tensor: CheckpointTensor, rows: Range<Int>, bytes: Range<Int>) throws -> [UInt8] {
    try tiles.bytes(of: ByteMatrix(tensor), rows: rows, columns: bytes) { offset, buffer in
      try checkpoint.read(tensor, bytes: offset..<offset + buffer.count, into: buffer)
    }
  }

  /// The values of some columns of a matrix of floats, row after row.
  func floatColumns(_ tensor: CheckpointTensor, rows: Range<Int>, columns: Range<Int>) throws -> [Float] {
    let size = Int(tensor.type.bitsPerElement) / 8
    let stored = try self.columns(
      tensor, rows: rows, bytes: columns.lowerBound * size..<columns.upperBound * size)
    return try decode(stored, tensor.type, tensor)
  }

  /// The words of some columns of a matrix of 32-bit integers, row after row.
  func wordColumns(_ tensor: CheckpointTensor, rows: Range<Int>, columns: Range<Int>) throws -> [UInt32] {
    try Self.integers(
      self.columns(tensor, rows: rows, bytes: 4 * columns.lowerBound..<4 * columns.upperBound))
  }

  private static func integers<Number: FixedWidthInteger & BitwiseCopyable>(_ bytes: [UInt8]) -> [Number] {
    bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / MemoryLayout<Number>.size).map { index in
        Number(
          littleEndian: bytes.loadUnaligned(
            fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self))
      }
    }
  }

  private func decode(_ bytes: [UInt8], _ type: ElementType, _ tensor: CheckpointTensor) throws -> [Float] {
    var values = [Float](repeating: 0, count: bytes.count * 8 / Int(type.bitsPerElement))
    var span = values.mutableSpan
    do {
      try type.decode(bytes.span.bytes, into: &span)
    } catch {
      throw fault(.elementType, tensor, found: "\(error)", expected: "floats")
    }
    return values
  }
}

extension ElementType {
  /// Whether scales may be of this type: floats of whole bytes.
  var isScale: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float8E4M3, .float8E5M2, .float8E8M0: true
    default: false
    }
  }
}

extension String {
  /// The text before `suffix`, if it ends in it, byte by byte.
  func base(before suffix: String) -> String? {
    utf8.count >= suffix.utf8.count && utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
      ? String(utf8.dropLast(suffix.utf8.count)) : nil
  }
}
