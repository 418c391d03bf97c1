import IngotContainer
import IngotEncodings
import SystemPackage

/// What the header of a NumPy array says: a type, a shape, and where the data begins.
///
/// Specification: `spec/numpy.md`, clauses A1 to A4.
struct NPYArray: Sendable, Hashable {
  let type: ElementType
  let shape: [Int]
  let isBigEndian: Bool
  /// Whether the first dimension runs fastest.
  let isFortran: Bool
  /// The bytes before the data.
  let dataOffset: UInt64
  let elementCount: Int
  let byteCount: Int

  /// The bytes before the text of the header, and the longest that a header may be for a limit.
  private static let frameByteCount = 12

  /// Reads the header of an array that has `byteCount` bytes in all.
  ///
  /// - Parameters:
  ///   - byteCount: All bytes of the array, which must be those that the header calls for.
  ///   - limits: What is accepted.
  ///   - read: Gives bytes from the beginning, at most as many as there are.
  /// - Throws: ``NPYError``, and what `read` throws.
  init(
    byteCount: UInt64, limits: CheckpointLimits, read: (_ count: Int) throws -> [UInt8]
  ) throws {
    let frame = try read(Int(min(byteCount, UInt64(Self.frameByteCount))))
    guard frame.starts(with: NPYArray.magic) else {
      throw NPYError(.magic, at: 0, found: "no NumPy array", expected: "its magic number")
    }
    guard frame.count >= 10 else { throw Self.cut(byteCount) }
    let version = (frame[6], frame[7])
    guard (1...3).contains(version.0), version.1 == 0 else {
      throw NPYError(
        .header, at: 6, found: "version \(version.0).\(version.1)", expected: "1.0, 2.0 or 3.0")
    }
    let width = version.0 == 1 ? 2 : 4
    let start = 8 + width
    guard frame.count >= start else { throw Self.cut(byteCount) }
    let length = frame.littleEndian(at: 8, count: width)
    guard length <= UInt64(limits.arrayHeaderByteCount) else {
      throw NPYError(
        .limit, at: 8, found: "a header of \(length.counted("byte"))",
        expected: "at most \(limits.arrayHeaderByteCount)")
    }
    guard length <= byteCount - UInt64(start) else { throw Self.cut(byteCount) }
    let bytes = try read(start + Int(length))
    var parser = NPYHeaderParser(bytes, from: start, isLatin: version.0 < 3)
    let header = try parser.parse(limits: limits)
    let end = UInt64(bytes.count)

    guard let counted = Checked.product(of: header.shape.lazy.map { max($0, 1) }),
      let size = header.type.byteCount(elements: 1), Checked.product(counted, 8 * size) != nil
    else {
      throw NPYError(
        .overflow, at: header.shapeOffset, found: "the shape \(header.shape)",
        expected: "fewer than 2^63 bits")
    }
    elementCount = header.shape.contains(0) ? 0 : counted
    self.byteCount = elementCount * size
    guard UInt64(self.byteCount) <= byteCount - end else {
      throw NPYError(
        .bounds, at: header.shapeOffset,
        found: "\((byteCount - end).counted("byte")) for the shape \(header.shape)",
        expected: "\(self.byteCount)")
    }
    guard UInt64(self.byteCount) == byteCount - end else {
      throw NPYError(
        .coverage, at: Int(clamping: end + UInt64(self.byteCount)),
        found: "\((byteCount - end - UInt64(self.byteCount)).counted("byte")) after the array",
        expected: "the end")
    }
    type = header.type
    shape = header.shape
    isBigEndian = header.isBigEndian
    isFortran = header.isFortran
    dataOffset = end
  }

  /// What an array starts with.
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  private static func cut(_ byteCount: UInt64) -> NPYError {
    NPYError(
      .truncated, at: Int(clamping: byteCount), found: "the end within the header", expected: "all of it")
  }

  /// The elements from one of each dimension to the next.
  var strides: [Int] {
    isFortran
      ? TensorView.contiguousStrides(shape.reversed()).reversed() : TensorView.contiguousStrides(shape)
  }

  /// The tensor that the array is.
  func tensor(_ name: String, storage: Int, start: UInt64, location: UInt64) -> CheckpointTensor {
    CheckpointTensor(
      name: name, shape: shape, type: type, elementCount: elementCount, byteCount: byteCount,
      location: .init(file: 0, offset: location),
      view: TensorView(storage: storage, start: start, strides: strides, isBigEndian: isBigEndian))
  }
}

/// Why an array is refused; the offset is from its first byte.
struct NPYError: Error, Sendable, Hashable {
  let code: CheckpointError.Code
  let offset: Int
  let found: String
  let expected: String

  init(_ code: CheckpointError.Code, at offset: Int, found: String, expected: String) {
    self.code = code
    self.offset = offset
    self.found = found
    self.expected = expected
  }
}
