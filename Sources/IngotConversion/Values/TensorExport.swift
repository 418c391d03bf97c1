import IngotCheckpoints
import IngotEncodings
import IngotFiles
import SystemPackage

/// Writes values of one tensor to a file of their own, in bounded memory.
public struct TensorExport: Sendable {
  /// The form of the output, named as files of it end.
  public enum Format: String, Sendable, CaseIterable {
    /// A NumPy array: integers, truth values and IEEE floats as they are, everything else in single precision.
    case npy
    /// Single-precision numbers and nothing else, little-endian.
    case f32
  }

  /// The type of the values in the file.
  public let valueType: ElementType
  /// The shape of the values in the file, slowest dimension first; a complex number counts as one value if its type is kept.
  public let shape: [Int]

  private let tensor: TensorValues
  private let elements: Range<Int>
  private let format: Format

  /// Prepares to write some rows, or the whole tensor.
  ///
  /// - Throws: ``ConversionError`` `NO_SUCH_TENSOR` where the tensor has fewer rows.
  public init(_ tensor: TensorValues, rows: Range<Int>? = nil, format: Format) throws(ConversionError) {
    self.tensor = tensor
    self.format = format
    let (whole, decoded): ([Int], [Int])
    if let rows {
      elements = try tensor.elements(ofRows: rows)
      whole = [rows.count] + tensor.shape.suffix(1)
      decoded = whole + tensor.valueShape[tensor.shape.count...]
    } else {
      elements = 0..<tensor.elementCount
      (whole, decoded) = (tensor.shape, tensor.valueShape)
    }
    // NumPy has complex numbers; where they are stored as pairs, a pair is a dimension.
    let stored = tensor.type == .complex64 ? whole : decoded
    let isKept = format == .npy && NPYHeader.bytes(type: tensor.type, shape: stored) != nil
    (valueType, shape) = isKept ? (tensor.type, stored) : (.float32, decoded)
  }

  /// Writes the file, which appears complete or not at all.
  ///
  /// - Parameters:
  ///   - target: Where to.
  ///   - overwrite: Whether a file that is there already may be replaced.
  ///   - sources: Files that were read besides that of the tensor, none of which may be replaced: a `ReadRecord` finds them.
  /// - Throws: `FileError`, `CancellationError`, and the errors of ``TensorValues/decode(_:into:)``.
  /// - Returns: The bytes of the file.
  @discardableResult
  public func write(
    to target: FilePath, overwrite: Bool = false, sources: [FileIdentity] = []
  ) throws -> UInt64 {
    let file = try AtomicFile(
      replacing: target, overwrite: overwrite, sources: sources + tensor.sourceFiles.map(\.identity))
    do {
      if format == .npy, let header = NPYHeader.bytes(type: valueType, shape: shape) {
        try file.write(header)
      }
      if format == .npy, valueType == tensor.type {
        try writeStored(to: file)
      } else {
        try writeDecoded(to: file)
      }
      try file.commit()
      return file.byteCount
    } catch {
      file.discard()
      throw error
    }
  }

  private func writeStored(to file: AtomicFile) throws {
    let buffer = GrowingBuffer()
    for part in parts {
      let lower = tensor.byteCount(elements: part.lowerBound)
      let upper = tensor.byteCount(elements: part.upperBound)
      let bytes = buffer.bytes(upper - lower)
      try Task.checkCancellation()
      try tensor.read(bytes: lower..<upper, into: bytes)
      try file.write(UnsafeRawBufferPointer(bytes))
    }
  }

  private func writeDecoded(to file: AtomicFile) throws {
    let buffer = GrowingBuffer()
    for part in parts {
      let values = buffer.floats(part.count)
      try Task.checkCancellation()
      var span = values.mutableSpan
      try tensor.decode(part, into: &span)
      try file.write(UnsafeRawBufferPointer(values))
    }
  }

  private var parts: some Sequence<Range<Int>> {
    stride(from: elements.lowerBound, to: elements.upperBound, by: WorkUnits.elementLimit).lazy.map {
      $0..<min($0 + WorkUnits.elementLimit, elements.upperBound)
    }
  }
}
