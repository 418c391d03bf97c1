import IngotEncodings

/// The one reader of headers, over any source of bytes.
///
/// Each method passes one piece of the grammar of `spec/container.md` and throws at the first byte that does not
/// belong there. A validator takes the faults that leave the rest readable as reports, and the walk goes on:
/// `spec/conformance.md`, clauses F. So reader and validator cannot disagree.
struct HeaderParser: ~Copyable {
  var cursor: ByteCursor
  let limits: ParseLimits
  /// What the field that comes next is part of.
  var subject = ContainerError.Subject.file
  /// Takes the faults after which the walk can go on; without it the first fault ends the walk.
  let report: ((ContainerError) -> Void)?
  /// The arrays that are passed over.
  let deferred: DeferredArrays?
  /// Where the metadata must have ended, by the limits.
  private(set) var metadataEnd = UInt64.max

  // What is read so far.
  private(set) var version = ContainerFormat.version
  var metadata = Metadata()
  /// The alignment, as far as the metadata has stated it; `nil` after one that is none.
  var alignment: Int? = ContainerFormat.defaultAlignment
  var table = TensorTable()
  /// Whether the next tensor starts where the table ends; not after one whose size is unknown.
  var isPlaceKnown = true
  /// Where the offset of each tensor of the table stands.
  var offsetFields: [UInt64] = []
  /// All entries of the tensor table, for a validator.
  var entries: [HeaderExamination.Entry] = []

  init(
    _ cursor: consuming ByteCursor, limits: ParseLimits, deferring deferred: DeferredArrays? = nil,
    report: ((ContainerError) -> Void)? = nil
  ) {
    self.deferred = deferred
    self.cursor = cursor
    self.limits = limits
    self.report = report
  }

  /// Reads everything up to the data section.
  mutating func header() throws(ContainerError) -> ContainerHeader {
    try magic()
    version = try readVersion()
    let counts = try counts()
    metadataEnd = cursor.offset.addingSaturated(UInt64(clamping: limits.metadataByteCount))
    try readMetadata(count: counts.keys)
    metadataEnd = .max
    return try readTensors(count: counts.tensors)
  }

  /// Clause C2.
  private mutating func magic() throws(ContainerError) {
    let expected = ContainerFormat.magic
    let atHand = Int(min(cursor.remaining, UInt64(expected.count)))
    try fill(atHand)
    guard atHand > 0, cursor.window.prefix(atHand).elementsEqual(expected.prefix(atHand)) else {
      throw error(
        .magic, at: 0, found: atHand == 0 ? "an empty file" : "other bytes", expected: "the bytes GGUF")
    }
    guard atHand == expected.count else {
      throw error(
        .wholeMagic, at: 0, found: atHand.counted("byte"), expected: expected.count.counted("byte"))
    }
    cursor.skip(expected.count)
  }

  /// Clause C3.
  private mutating func readVersion() throws(ContainerError) -> UInt32 {
    let field = cursor.offset
    let version = try number(UInt32.self)
    if ContainerFormat.readableVersions.contains(version) { return version }
    guard version == 0 || version & 0xFFFF != 0 else {
      throw error(
        .byteOrder, at: field, found: "version \(version.byteSwapped) in big-endian order",
        expected: "little-endian order")
    }
    throw error(.version, at: field, found: "version \(version)", expected: "2 or 3")
  }

  /// Clause C4.
  private mutating func counts() throws(ContainerError) -> (tensors: Int, keys: Int) {
    let field = cursor.offset
    let tensors = try count(atMost: limits.effectiveTensorCount, of: "tensor")
    let keys = try count(atMost: limits.keyCount, of: "key")
    try require(tensors, "tensor", of: ContainerFormat.smallestTensorByteCount, countedAt: field)
    try require(keys, "key", of: ContainerFormat.smallestEntryByteCount, countedAt: field + 8)
    return (tensors, keys)
  }

  private mutating func count(atMost limit: Int, of thing: String) throws(ContainerError) -> Int {
    let field = cursor.offset
    let count = try number(UInt64.self)
    guard count <= limit else {
      throw error(.countLimit, at: field, found: count.counted(thing), expected: "at most \(limit)")
    }
    return Int(count)
  }

  private func require(
    _ count: Int, _ thing: String, of size: Int, countedAt field: UInt64
  ) throws(ContainerError) {
    guard let needed = Checked.product(UInt64(count), UInt64(size)), needed <= cursor.remaining else {
      throw error(
        .countFit, at: field, found: "\(count.counted(thing)) in \(cursor.remaining.counted("byte"))",
        expected: "at least \(size.counted("byte")) each")
    }
  }
}

// MARK: - Fields

extension HeaderParser {
  /// Reads a number; `TRUNCATED` at its first byte if it is not all there.
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) throws(ContainerError) -> Number {
    let size = MemoryLayout<Number>.size
    try require(UInt64(size), for: cursor.offset)
    try fill(size)
    let number = cursor.window.littleEndian(type, at: 0)
    cursor.skip(size)
    return number
  }

  /// Reads a length, at most `limit` by `rule`, and lends the bytes that follow it, until the cursor moves on.
  mutating func sizedBytes(
    atMost limit: Int, else rule: ContainerRule
  ) throws(ContainerError) -> UnsafeRawBufferPointer {
    let field = cursor.offset
    let length = try number(UInt64.self)
    guard length <= limit else {
      throw error(rule, at: field, found: "a length of \(length)", expected: "at most \(limit)")
    }
    try require(length, for: field)
    let count = Int(length)
    try fill(count)
    let bytes = UnsafeRawBufferPointer(rebasing: cursor.window[..<count])
    cursor.skip(count)
    return bytes
  }

  /// Checks that the file, and the budget for metadata, have `count` more bytes for the field at `field`.
  func require(_ count: UInt64, for field: UInt64) throws(ContainerError) {
    guard count <= cursor.remaining else {
      throw error(
        .field, at: field, found: cursor.remaining.counted("byte"), expected: count.counted("byte"))
    }
    guard cursor.offset <= metadataEnd, count <= metadataEnd - cursor.offset else {
      throw error(
        .metadataSize, at: field, found: "more metadata",
        expected: "at most \(limits.metadataByteCount.counted("byte"))")
    }
  }

  /// Sees to it that `count` bytes, which the file has, are at hand.
  mutating func fill(_ count: Int) throws(ContainerError) {
    guard cursor.fill(count) else { throw readFailed }
  }

  /// Stands in for the error of the source, which the caller gets instead.
  var readFailed: ContainerError {
    error(.field, at: cursor.offset, found: "a failed read", expected: "bytes")
  }

  /// Reports a fault after which the walk can go on, or throws it.
  func settle(
    _ rule: ContainerRule, at offset: UInt64, found: String, expected: String
  ) throws(ContainerError) {
    let fault = error(rule, at: offset, found: found, expected: expected)
    guard let report else { throw fault }
    report(fault)
  }

  func error(
    _ rule: ContainerRule, at offset: UInt64, found: String, expected: String
  ) -> ContainerError {
    ContainerError(rule, at: offset, subject, found: found, expected: expected)
  }
}

extension UInt64 {
  fileprivate func addingSaturated(_ other: UInt64) -> UInt64 { Checked.sum(self, other) ?? .max }
}
