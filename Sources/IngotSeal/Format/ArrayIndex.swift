import IngotContainer
import IngotEncodings

/// Where the large arrays of the metadata are, and where in those of strings every 64th element starts.
///
/// Specification: `spec/seal.md`, clause L10.
package struct ArrayIndex: Sendable, Hashable {
  /// One array.
  package struct Entry: Sendable, Hashable {
    /// Where its elements start, in bytes from the start of the file.
    package let offset: UInt64
    /// The bytes of its elements.
    package let byteCount: UInt64
    /// Of strings, where the elements 0, 64, 128, … start, in bytes from `offset`.
    package let marks: [UInt32]

    /// The bytes of the elements in the file.
    package var range: Range<UInt64> { offset..<offset + byteCount }
  }

  /// The arrays, in the order of the file.
  package let entries: [Entry]

  private static let entryByteCount = 24

  /// The index of a header that was read from a file.
  package init(of header: ContainerHeader) {
    entries = Self.arrays(of: header).map { offset, array in
      Entry(
        offset: offset, byteCount: UInt64(array.payloadByteCount),
        marks: array.elementStarts.map { UInt32(clamping: $0) })
    }
  }

  /// Where the arrays are that the index of a header has.
  static func ranges(of header: ContainerHeader) -> [Range<UInt64>] {
    arrays(of: header).map { $0.offset..<$0.offset + UInt64($0.array.payloadByteCount) }
  }

  private static func arrays(of header: ContainerHeader) -> [(offset: UInt64, array: MetadataArray)] {
    header.metadata.compactMap { key, value in
      guard case .array(let array) = value, array.elementType != .array,
        array.payloadByteCount >= SealFormat.smallestIndexedByteCount,
        let offset = header.metadata.offset(of: key)
      else { return nil }
      return (offset + 12, array)
    }
  }

  init(entries: [Entry]) { self.entries = entries }

  /// Reads an index.
  ///
  /// - Parameters:
  ///   - bytes: All its bytes.
  ///   - offset: Where they stand in their file.
  ///   - bodyByteCount: Where the body ends.
  /// - Throws: `INDEX` for entries that overlap, are out of order, or cannot be.
  init(parsing bytes: ArraySlice<UInt8>, at offset: UInt64, bodyByteCount: UInt64) throws(SealError) {
    var fields = SealFields(bytes, at: offset)
    var entries: [Entry] = []
    var end: UInt64 = 24
    while fields.count > 0 {
      let field = fields.place
      func fault(_ found: String, _ expected: String) -> SealError {
        SealError(.index, at: field, found: found, expected: expected)
      }
      guard fields.count >= Self.entryByteCount else {
        throw fault(
          fields.count.counted("byte"), "an entry of \(Self.entryByteCount.counted("byte")) or more")
      }
      let (start, byteCount) = (try fields.number(UInt64.self), try fields.number(UInt64.self))
      guard start >= end, let last = Checked.sum(start, byteCount), last <= bodyByteCount else {
        throw fault(
          "an array of \(byteCount.counted("byte")) at \(start)", "one from \(end) to \(bodyByteCount)")
      }
      end = last
      let markCount = try fields.number(UInt64.self)
      guard let size = Checked.product(markCount, 4), size <= UInt64(fields.count) else {
        throw fault("\(markCount.counted("mark")) in \(fields.count.counted("byte"))", "4 bytes a mark")
      }
      let marks = Self.marks(try fields.take(Int(size)))
      if let index = Self.firstFault(in: marks, byteCount: byteCount) {
        throw fault(
          "mark \(index) at \(marks[index])",
          "0 for the first, then at least 512 more each, below \(byteCount)")
      }
      entries.append(Entry(offset: start, byteCount: byteCount, marks: marks))
    }
    self.entries = entries
  }

  /// The numbers that stand in `bytes`, four bytes each.
  private static func marks(_ bytes: ArraySlice<UInt8>) -> [UInt32] {
    bytes.withUnsafeBytes { bytes in
      let count = bytes.count / 4
      return [UInt32](unsafeUninitializedCapacity: count) { marks, initializedCount in
        UnsafeMutableRawBufferPointer(marks).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[..<(4 * count)]))
        initializedCount = count
        for index in 0..<count { marks[index] = UInt32(littleEndian: marks[index]) }
      }
    }
  }

  /// The first mark that cannot be: sixty-four lengths stand between two of them.
  private static func firstFault(in marks: [UInt32], byteCount: UInt64) -> Int? {
    let stride = UInt64(8 * SealFormat.markStride)
    if DeferredArrays.areApart(marks, by: UInt32(stride)), marks.first ?? 0 == 0,
      UInt64(marks.last ?? 0) < byteCount || marks.isEmpty
    {
      return nil
    }
    var least: UInt64 = 0
    for (index, mark) in marks.enumerated() {
      let mark = UInt64(mark)
      if mark < least || mark >= byteCount || index == 0 && mark != 0 { return index }
      least = mark + stride
    }
    return nil
  }

  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    for entry in entries {
      bytes.append(number: entry.offset)
      bytes.append(number: entry.byteCount)
      bytes.append(number: UInt64(entry.marks.count))
      for mark in entry.marks { bytes.append(number: mark) }
    }
    return bytes
  }

  /// The stretches of a header that its skeleton has: all but the elements of indexed arrays.
  func skeleton(headerByteCount: UInt64) -> [Range<UInt64>] {
    var stretches: [Range<UInt64>] = []
    var start: UInt64 = 0
    for entry in entries {
      guard entry.range.upperBound <= headerByteCount else { break }
      stretches.append(start..<entry.offset)
      start = entry.range.upperBound
    }
    stretches.append(start..<headerByteCount)
    return stretches
  }
}
