import IngotContainer

/// The sizes and offset that a header of a ZIP archive states, with those of its ZIP64 field in place of the ones that
/// say that they stand there.
///
/// Specification: `spec/zip.md`, clause Z5.
struct ZIPSizes {
  var byteCount: UInt64
  var compressedByteCount: UInt64
  /// The offset of the header; of a header itself, which does not state it, `nil`.
  var headerOffset: UInt64?
  /// The number of the disk; of a header `nil`.
  var disk: UInt64?

  /// What a field of 32 bits holds where the ZIP64 field has the number.
  static let elsewhere: UInt64 = 0xFFFF_FFFF

  /// Takes the numbers of the ZIP64 field, if there are any.
  ///
  /// - Parameter extra: The extra fields.
  /// - Returns: What is wrong, or `nil`.
  mutating func resolve(_ extra: ArraySlice<UInt8>) -> String? {
    var wide: ArraySlice<UInt8>?
    var rest = extra
    while rest.count >= 4 {
      let identifier = rest.littleEndian(at: 0, count: 2)
      let length = Int(rest.littleEndian(at: 2, count: 2))
      guard rest.count - 4 >= length else { return "an extra field that is cut" }
      let content = rest.dropFirst(4).prefix(length)
      if identifier == 1 {
        if wide != nil { return "two ZIP64 fields" }
        wide = content
      }
      rest = rest.dropFirst(4 + length)
    }
    guard rest.allSatisfy({ $0 == 0 }) else { return "bytes after the extra fields" }
    return resolve(wide: wide)
  }

  private mutating func resolve(wide: ArraySlice<UInt8>?) -> String? {
    let isLocal = headerOffset == nil
    var field = wide ?? []
    // In a member's own header both sizes are there, or none.
    if isLocal, (byteCount == Self.elsewhere) != (compressedByteCount == Self.elsewhere) {
      return "one size in the ZIP64 field and one not"
    }
    func take(_ number: inout UInt64, count: Int = 8) -> Bool {
      guard field.count >= count else { return false }
      number = field.littleEndian(at: 0, count: count)
      field = field.dropFirst(count)
      return true
    }
    // Python before 3.11.4 wrote them there and in the header itself, and so did every NumPy that ran on it.
    if isLocal, byteCount != Self.elsewhere, field.count == 16 {
      guard field.littleEndian(at: 0, count: 8) == byteCount,
        field.dropFirst(8).littleEndian(at: 0, count: 8) == compressedByteCount
      else { return "a ZIP64 field with other sizes than the header" }
      return nil
    }
    let isMissing = "a size that the ZIP64 field lacks"
    if byteCount == Self.elsewhere, !take(&byteCount) { return isMissing }
    if compressedByteCount == Self.elsewhere, !take(&compressedByteCount) { return isMissing }
    if var offset = headerOffset, offset == Self.elsewhere {
      if !take(&offset) { return isMissing }
      headerOffset = offset
    }
    if var number = disk, number == 0xFFFF {
      if !take(&number, count: 4) { return isMissing }
      disk = number
    }
    // Where no field refers to it, what the ZIP64 field says would have two meanings.
    return field.isEmpty ? nil : "a ZIP64 field with more than the header refers to"
  }
}
