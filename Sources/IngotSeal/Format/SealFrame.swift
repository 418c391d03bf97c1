import IngotEncodings

/// The 64 bytes at both ends of a seal: the table header, which is written first, and the footer, which is written last.
///
/// Either alone tells how long body and seal are, and a checksum of its own tells it from bytes that merely look alike.
///
/// Specification: `spec/seal.md`, clauses L4 and L5.
struct SealFrame: Hashable {
  enum Kind: Hashable {
    case tableHeader
    case footer

    var magic: [UInt8] {
      switch self {
      case .tableHeader: SealFormat.tableMagic
      case .footer: SealFormat.footerMagic
      }
    }
  }

  var kind: Kind
  var isDetached: Bool
  /// Where the body ends.
  var bodyByteCount: UInt64
  /// The bytes of the seal, header and footer included.
  var sealByteCount: UInt64
  /// The bytes of the file before it was sealed: fewer than the body's where its last padding was missing.
  var originalByteCount: UInt64
  /// Of a footer, the CRC-32 of all that stands before it in the seal; of a header, 0.
  var tableChecksum: UInt32

  /// Where the seal starts in its file.
  var sealOffset: UInt64 { isDetached ? 0 : bodyByteCount }

  /// The first 24 bytes of the table header that follows a body.
  static func beginning(bodyByteCount: UInt64) -> [UInt8] {
    beginning(.tableHeader, isDetached: false, bodyByteCount: bodyByteCount)
  }

  private static func beginning(_ kind: Kind, isDetached: Bool, bodyByteCount: UInt64) -> [UInt8] {
    var bytes = kind.magic
    bytes.append(number: SealFormat.version)
    bytes.append(number: isDetached ? SealFormat.detachedFlag : 0)
    bytes.append(number: bodyByteCount)
    return bytes
  }

  func encoded() -> [UInt8] {
    var bytes = Self.beginning(kind, isDetached: isDetached, bodyByteCount: bodyByteCount)
    bytes.append(number: sealOffset)
    bytes.append(number: sealByteCount)
    bytes.append(number: originalByteCount)
    bytes.append(number: tableChecksum)
    bytes.pad(to: SealFormat.frameByteCount - 4)
    bytes.append(number: Checksum.of(bytes[...]))
    return bytes
  }

  /// Reads a frame.
  ///
  /// - Parameters:
  ///   - bytes: 64 bytes.
  ///   - offset: Where they stand in their file.
  /// - Throws: `SEAL_CRC`, `SEAL_VERSION`, `SEAL_RANGE`. `SEAL_CRC` also stands for another magic.
  init(_ kind: Kind, parsing bytes: ArraySlice<UInt8>, at offset: UInt64) throws(SealError) {
    self.kind = kind
    var fields = SealFields(bytes, at: offset)
    guard try fields.take(kind.magic.count).elementsEqual(kind.magic) else {
      throw SealError(
        .checksum, at: offset, found: "other bytes",
        expected: "the bytes \(String(decoding: kind.magic, as: UTF8.self))")
    }
    var last = SealFields(bytes.suffix(4), at: offset + UInt64(SealFormat.frameByteCount - 4))
    let place = last.place
    let stated = try last.number(UInt32.self)
    let checksum = Checksum.of(bytes.dropLast(4))
    guard stated == checksum else {
      throw SealError(
        .checksum, at: place, found: "the checksum \(stated)",
        expected: "\(checksum), that of the bytes before")
    }

    let version = try fields.number(UInt32.self)
    guard version == SealFormat.version else {
      throw SealError(
        .version, at: offset + 8, found: "version \(version)", expected: "\(SealFormat.version)")
    }
    let flags = try fields.number(UInt32.self)
    guard flags & ~SealFormat.detachedFlag == 0 else {
      throw SealError(.version, at: offset + 12, found: "flags \(flags)", expected: "0 or 1")
    }
    isDetached = flags == SealFormat.detachedFlag
    bodyByteCount = try fields.number(UInt64.self)
    let sealOffset = try fields.number(UInt64.self)
    sealByteCount = try fields.number(UInt64.self)
    originalByteCount = try fields.number(UInt64.self)
    let checksumField = fields.place
    tableChecksum = try fields.number(UInt32.self)
    try fields.zeros(fields.count - 4)

    if kind == .tableHeader, tableChecksum != 0 {
      throw SealError(
        .version, at: checksumField, found: "a reserved field of \(tableChecksum)", expected: "0")
    }
    guard sealOffset == self.sealOffset else {
      throw SealError(
        .range, at: offset + 24, found: "a seal at byte \(sealOffset)", expected: "\(self.sealOffset)")
    }
    guard sealByteCount <= SealFormat.sealByteCount else {
      throw SealError(
        .limit, at: offset + 32, found: "a seal of \(sealByteCount.counted("byte"))",
        expected: "at most \(SealFormat.sealByteCount)")
    }
    guard sealByteCount >= UInt64(2 * SealFormat.frameByteCount) else {
      throw SealError(
        .range, at: offset + 32, found: "a seal of \(sealByteCount.counted("byte"))",
        expected: "at least \(2 * SealFormat.frameByteCount)")
    }
    guard originalByteCount <= bodyByteCount else {
      throw SealError(
        .range, at: offset + 40, found: "an unsealed file of \(originalByteCount.counted("byte"))",
        expected: "at most \(bodyByteCount)")
    }
  }

  init(
    _ kind: Kind, isDetached: Bool, bodyByteCount: UInt64, sealByteCount: UInt64, originalByteCount: UInt64,
    tableChecksum: UInt32 = 0
  ) {
    self.kind = kind
    self.isDetached = isDetached
    self.bodyByteCount = bodyByteCount
    self.sealByteCount = sealByteCount
    self.originalByteCount = originalByteCount
    self.tableChecksum = tableChecksum
  }

  /// Where in the frame the first field stands that tells otherwise of body and seal than `other`; `nil` if none does.
  func fieldThatDiffers(from other: SealFrame) -> Int? {
    if isDetached != other.isDetached { return 12 }
    if bodyByteCount != other.bodyByteCount { return 16 }
    if sealByteCount != other.sealByteCount { return 32 }
    return originalByteCount == other.originalByteCount ? nil : 40
  }
}
