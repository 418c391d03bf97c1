import IngotContainer
import IngotEncodings

/// What stands after the body of a file.
///
/// Specification: `spec/seal.md`, clauses L3 and L14.
package enum SealPlace: Sendable, Hashable {
  /// Nothing.
  case nothing
  /// A seal, whole by its size; cut off, the file had `originalByteCount` bytes.
  case seal(originalByteCount: UInt64)
  /// What a crash while sealing has left; cut off, the file had `originalByteCount` bytes.
  case unfinished(originalByteCount: UInt64)
  /// Bytes that are no seal, or follow one.
  case foreign

  /// Looks at what follows the body; the tables of a seal are not read.
  ///
  /// - Parameters:
  ///   - header: The header of the file.
  ///   - byteCount: The size of the file.
  ///   - reading: Gives the bytes of the file.
  /// - Throws: what `reading` throws.
  package init(after header: ContainerHeader, byteCount: UInt64, reading: Seal.Reading) throws {
    let end = header.bodyByteCount
    guard byteCount > end else {
      self = .nothing
      return
    }
    if try Self.isCutTableHeader(after: end, byteCount: byteCount, reading: reading) {
      self = .unfinished(originalByteCount: end)
      return
    }
    do {
      let frame = try Self.tableHeader(
        of: SealedBody(header), isDetached: false, byteCount: byteCount, reading: reading)
      let missing = end + frame.sealByteCount
      if byteCount < missing {
        self = .unfinished(originalByteCount: frame.originalByteCount)
      } else if byteCount == missing {
        var footer = [UInt8](repeating: 0, count: SealFormat.frameByteCount)
        try footer.withUnsafeMutableBytes { try reading(byteCount - UInt64(SealFormat.frameByteCount), $0) }
        self =
          footer.allSatisfy { $0 == 0 }
          ? .unfinished(originalByteCount: frame.originalByteCount)
          : .seal(originalByteCount: frame.originalByteCount)
      } else {
        self = .foreign
      }
    } catch is SealError {
      // A footer repeats what a damaged table header said.
      let footer = try Self.footer(after: header, byteCount: byteCount, reading: reading)
      self = footer.map { .seal(originalByteCount: $0.originalByteCount) } ?? .foreign
    }
  }

  /// Whether the last bytes of a file are the footer of a seal that starts where the body ends.
  package static func endsInFooter(
    after header: ContainerHeader, byteCount: UInt64, reading: Seal.Reading
  ) throws -> Bool {
    try footer(after: header, byteCount: byteCount, reading: reading) != nil
  }

  private static func footer(
    after header: ContainerHeader, byteCount: UInt64, reading: Seal.Reading
  ) throws -> SealFrame? {
    let body = SealedBody(header)
    guard let footer = try lastFooter(from: body.byteCount, byteCount: byteCount, reading: reading),
      contradiction(of: footer, to: body, isDetached: false, byteCount: byteCount) == nil
    else { return nil }
    return footer
  }

  /// The length of the file before it was sealed.
  package var originalByteCount: UInt64? {
    switch self {
    case .seal(let count), .unfinished(let count): count
    case .nothing, .foreign: nil
    }
  }

  /// Whether it is a seal that a crash has left unfinished.
  package var isUnfinished: Bool { if case .unfinished = self { true } else { false } }

  /// Reads the table header where it must be.
  static func tableHeader(
    of body: SealedBody, isDetached: Bool, byteCount: UInt64, reading: Seal.Reading
  ) throws -> SealFrame {
    let bodyByteCount = body.byteCount
    let start = isDetached ? 0 : bodyByteCount
    let size = UInt64(SealFormat.frameByteCount)
    guard byteCount > start else {
      throw SealError.notSealed(byteCount: byteCount)
    }
    if !isDetached, try isCutTableHeader(after: start, byteCount: byteCount, reading: reading) {
      throw SealError(
        .unfinished, at: byteCount, found: "a seal that was not written to its end",
        expected: "a table header of \(size.counted("byte")); unseal the file, then seal it again")
    }
    let isRoom = byteCount - start >= size
    var bytes = [UInt8](repeating: 0, count: isRoom ? Int(size) : 0)
    if isRoom { try bytes.withUnsafeMutableBytes { try reading(start, $0) } }
    guard bytes.starts(with: SealFormat.tableMagic) else {
      throw try noSeal(at: start, of: body, isDetached: isDetached, byteCount: byteCount, reading: reading)
    }
    let frame = try SealFrame(.tableHeader, parsing: bytes[...], at: start)
    if let error = contradiction(of: frame, at: start, to: body, isDetached: isDetached) { throw error }
    guard Checked.sum(start, frame.sealByteCount) != nil else {
      throw SealError(
        .range, at: start + 32, found: "a seal of \(frame.sealByteCount.counted("byte"))",
        expected: "one that ends below 2^64")
    }
    return frame
  }

  /// Whether a file ends within a table header of its body, far enough in to be known for one.
  private static func isCutTableHeader(
    after end: UInt64, byteCount: UInt64, reading: Seal.Reading
  ) throws -> Bool {
    let beginning = SealFrame.beginning(bodyByteCount: end)
    let present = byteCount - end
    guard present >= UInt64(beginning.count), present < UInt64(SealFormat.frameByteCount) else {
      return false
    }
    var bytes = [UInt8](repeating: 0, count: beginning.count)
    try bytes.withUnsafeMutableBytes { try reading(end, $0) }
    return bytes == beginning
  }

  /// Why the bytes after a body are no seal.
  private static func noSeal(
    at start: UInt64, of body: SealedBody, isDetached: Bool, byteCount: UInt64, reading: Seal.Reading
  ) throws -> SealError {
    guard let footer = try lastFooter(from: start, byteCount: byteCount, reading: reading) else {
      return SealError(
        .position, at: start, .file, found: "\((byteCount - start).counted("byte")) of another kind",
        expected: "a seal")
    }
    return contradiction(of: footer, to: body, isDetached: isDetached, byteCount: byteCount)
      ?? SealError(
        .checksum, at: start, found: "a damaged table header",
        expected: "that of the footer; "
          + advice(isDetached: isDetached))
  }

  /// The footer that the file ends in, if it is whole by itself and stands at or after `start`.
  private static func lastFooter(
    from start: UInt64, byteCount: UInt64, reading: Seal.Reading
  ) throws -> SealFrame? {
    let size = UInt64(SealFormat.frameByteCount)
    guard byteCount > start, byteCount - start >= size else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(size))
    try bytes.withUnsafeMutableBytes { try reading(byteCount - size, $0) }
    return try? SealFrame(.footer, parsing: bytes[...], at: byteCount - size)
  }

  /// Why a footer at the end of a file is not that of the seal of a body.
  private static func contradiction(
    of footer: SealFrame, to body: SealedBody, isDetached: Bool, byteCount: UInt64
  ) -> SealError? {
    let place = byteCount - UInt64(SealFormat.frameByteCount)
    if let error = contradiction(of: footer, at: place, to: body, isDetached: isDetached) { return error }
    let length = byteCount - (isDetached ? 0 : body.byteCount)
    guard footer.sealByteCount != length else { return nil }
    return SealError(
      .range, at: place + 32, found: "the footer of a seal of \(footer.sealByteCount.counted("byte"))",
      expected: "\(length), from the \(isDetached ? "start" : "end of the body") to the end of the file")
  }

  /// Why a frame is not that of a seal of a body, by all but the length of the seal.
  private static func contradiction(
    of frame: SealFrame, at place: UInt64, to body: SealedBody, isDetached: Bool
  ) -> SealError? {
    guard frame.isDetached == isDetached else {
      let (detached, attached) = ("a detached seal, in a file of its own", "a seal that follows its body")
      return SealError(
        .range, at: place + 12, found: frame.isDetached ? detached : attached,
        expected: isDetached ? detached : attached)
    }
    guard frame.bodyByteCount == body.byteCount else {
      return SealError(
        .range, at: place + 16, found: "the seal of a body of \(frame.bodyByteCount.counted("byte"))",
        expected: "\(body.byteCount), where the tensors of this file end")
    }
    guard frame.originalByteCount >= body.leastByteCount else {
      return SealError(
        .range, at: place + 40, found: "an unsealed file of \(frame.originalByteCount.counted("byte"))",
        expected: "at least \(body.leastByteCount), where the data ends")
    }
    return nil
  }

  /// What to do about a seal that is damaged.
  private static func advice(isDetached: Bool) -> String {
    isDetached
      ? "seal the file again with --detached --force" : "unseal the file, then seal it again"
  }

  static func unfinished(at offset: UInt64, _ frame: SealFrame) -> SealError {
    SealError(
      .unfinished, at: offset, found: "a seal that was not written to its end",
      expected: "\(frame.sealByteCount.counted("byte")); \(advice(isDetached: frame.isDetached))")
  }
}
