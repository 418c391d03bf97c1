import IngotContainer
import IngotEncodings
import SystemPackage

/// Reads the entries of a central directory, of which it holds a small part at a time.
///
/// Specification: `spec/zip.md`, clause Z3.
struct ZIPDirectoryParser {
  /// The bytes of an entry before its name.
  static let entryByteCount = 46
  /// The flags that change nothing here: what the compressor tried, sizes after the data, and names in UTF-8.
  private static let harmlessFlags: UInt16 = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 11
  /// The most bytes that one byte of DEFLATE can stand for.
  private static let inflation: UInt64 = 1032

  private static let windowByteCount = 1 << 16

  private let file: ReadableBytes
  /// What is left of the directory: from the next entry on.
  private var rest: Range<UInt64>
  /// The bytes at hand, and where they begin.
  private var window: [UInt8] = []
  private var windowOffset: UInt64

  /// - Precondition: The directory is within the file.
  init(_ file: ReadableBytes, _ directory: Range<UInt64>) {
    self.file = file
    rest = directory
    windowOffset = directory.lowerBound
  }

  /// The next entry.
  ///
  /// - Throws: ``CheckpointError``, and what reading throws.
  mutating func next() throws -> ZIPEntry {
    guard rest.count >= Self.entryByteCount else { throw cut() }
    let fixed = try bytes(Self.entryByteCount)
    guard fixed.starts(with: [0x50, 0x4B, 1, 2]) else {
      throw refuse(.zip, found: "no entry of the directory", expected: "its signature")
    }
    func number(_ offset: Int, _ count: Int) -> UInt64 { fixed.littleEndian(at: offset, count: count) }
    let (nameLength, extraLength) = (Int(number(28, 2)), Int(number(30, 2)))
    let withoutComment = Self.entryByteCount + nameLength + extraLength
    let byteCount = withoutComment + Int(number(32, 2))
    guard rest.count >= byteCount else { throw cut() }
    let texts = try bytes(withoutComment).dropFirst(Self.entryByteCount)
    let name = try name(texts.prefix(nameLength))
    let subject = CheckpointError.Subject.member(name)

    let flags = UInt16(number(8, 2))
    guard flags & ~Self.harmlessFlags == 0 else {
      let found = flags & 1 == 1 ? "a member that is encrypted" : "flags \(flags) of unknown meaning"
      throw refuse(.zipFeature, subject, found: found, expected: "a plain member")
    }
    guard let method = ZIPEntry.Method(rawValue: UInt16(number(10, 2))) else {
      throw refuse(
        .zipFeature, subject, found: "compression method \(number(10, 2))", expected: "0 or 8, DEFLATE")
    }
    var sizes = ZIPSizes(
      byteCount: number(24, 4), compressedByteCount: number(20, 4), headerOffset: number(42, 4),
      disk: number(34, 2))
    if let fault = sizes.resolve(texts.dropFirst(nameLength)) {
      throw refuse(.zip, subject, found: fault, expected: "extra fields that the entry calls for")
    }
    guard sizes.disk == 0, let headerOffset = sizes.headerOffset else {
      throw refuse(.zipFeature, subject, found: "a member on another disk", expected: "one file")
    }
    try check(sizes, method, name, subject)
    let entry = ZIPEntry(
      name: name, method: method, checksum: UInt32(number(16, 4)),
      compressedByteCount: sizes.compressedByteCount, byteCount: sizes.byteCount,
      flags: flags, headerOffset: headerOffset, directoryOffset: rest.lowerBound)
    rest = rest.lowerBound + UInt64(byteCount)..<rest.upperBound
    return entry
  }

  /// Checks that nothing follows the last entry.
  func finish() throws(CheckpointError) {
    guard rest.isEmpty else {
      throw refuse(.zip, found: "bytes after the last entry", expected: "the end of the directory")
    }
  }

  /// The next bytes, which stay the next ones.
  ///
  /// - Precondition: There are as many.
  private mutating func bytes(_ count: Int) throws -> ArraySlice<UInt8> {
    if rest.lowerBound + UInt64(count) > windowOffset + UInt64(window.count) {
      let windowEnd = min(rest.upperBound, rest.lowerBound + UInt64(max(count, Self.windowByteCount)))
      window = try file.bytes(in: rest.lowerBound..<windowEnd)
      windowOffset = rest.lowerBound
    }
    let first = Int(rest.lowerBound - windowOffset)
    return window[first..<first + count]
  }

  private func check(
    _ sizes: ZIPSizes, _ method: ZIPEntry.Method, _ name: String, _ subject: CheckpointError.Subject
  ) throws(CheckpointError) {
    switch method {
    case .stored:
      guard sizes.byteCount == sizes.compressedByteCount else {
        throw refuse(
          .size, subject, found: "\(sizes.byteCount.counted("byte")) stored as \(sizes.compressedByteCount)",
          expected: "the same size")
      }
    case .deflated:
      guard sizes.byteCount / Self.inflation <= sizes.compressedByteCount else {
        throw refuse(
          .zipBomb, subject, found: "\(sizes.byteCount.counted("byte")) out of \(sizes.compressedByteCount)",
          expected: "at most \(Self.inflation) times as many")
      }
    }
    guard name.utf8.last != UInt8(ascii: "/") || sizes.byteCount == 0 else {
      throw refuse(.path, subject, found: "a folder with data", expected: "a file's name")
    }
  }

  /// The name, which no reader may take for a place outside of a folder.
  private func name(_ bytes: ArraySlice<UInt8>) throws(CheckpointError) -> String {
    guard let name = String(validating: bytes, as: UTF8.self) else {
      throw refuse(.utf8, found: "a name that is not UTF-8", expected: "UTF-8")
    }
    guard ZIPName.isPlain(bytes) else {
      throw refuse(
        .path, .member(name), found: "the name \(name.quoted)", expected: "a relative path within the archive"
      )
    }
    return name
  }

  private func cut() -> CheckpointError {
    refuse(.zip, found: "an entry that is cut", expected: "a whole entry")
  }

  private func refuse(
    _ code: CheckpointError.Code, _ subject: CheckpointError.Subject = .file, found: String, expected: String
  ) -> CheckpointError {
    CheckpointError(code, file.path, at: rest.lowerBound, subject, found: found, expected: expected)
  }
}
