import IngotContainer
import IngotEncodings

/// A place in a deflated member, from which its bytes are inflated onwards.
final class InflateCursor: @unchecked Sendable {
  private static let inputByteCount: UInt64 = 1 << 14

  let entry: ZIPEntry
  private let file: ReadableBytes
  private let stream: InflateStream
  /// The next byte of the member.
  private(set) var position: UInt64 = 0
  private var inputPosition: UInt64
  private var checksum: UInt32 = 0
  private var hasEnded = false

  /// Stands at the beginning of a member.
  init(_ entry: ZIPEntry, in file: ReadableBytes) throws(CheckpointError) {
    guard let stream = InflateStream.make() else { throw Self.noMemory(entry, file) }
    self.entry = entry
    self.file = file
    self.stream = stream
    inputPosition = entry.dataOffset
  }

  private init(_ other: InflateCursor, _ stream: InflateStream) {
    entry = other.entry
    file = other.file
    self.stream = stream
    position = other.position
    inputPosition = other.inputPosition
    checksum = other.checksum
    hasEnded = other.hasEnded
  }

  /// A second cursor at the same place; `nil` if there is no memory for it.
  func copy() -> InflateCursor? { stream.copy().map { InflateCursor(self, $0) } }

  /// Passes the bytes before `target`.
  func advance(to target: UInt64) throws {
    let room = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Int(min(target - position, 1 << 16)), alignment: 8)
    defer { room.deallocate() }
    while position < target {
      let count = Int(min(target - position, UInt64(room.count)))
      try read(into: UnsafeMutableRawBufferPointer(rebasing: room[..<count]))
    }
  }

  /// Fills `buffer` with the next bytes; at the end of the member its size and CRC-32 are checked.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    var filled = 0
    while filled < buffer.count {
      let made = try step(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      guard made > 0 || !hasEnded else {
        throw refuse(
          .size, "a stream that ends after \((position + UInt64(filled)).counted("byte"))",
          "\(entry.byteCount), as the directory says")
      }
      filled += made
    }
    checksum = ZIPChecksum.of(UnsafeRawBufferPointer(buffer), after: checksum)
    position += UInt64(filled)
    if position == entry.byteCount { try finish() }
  }

  /// Checks that the stream ends here, and is whole.
  private func finish() throws {
    var more: UInt8 = 0
    while !hasEnded {
      let made = try withUnsafeMutableBytes(of: &more) { try step(into: $0) }
      guard made == 0 else {
        throw refuse(
          .zipBomb, "more than \(entry.byteCount.counted("byte")) in the stream", "what the directory says")
      }
    }
    guard inputPosition == entry.dataEnd else {
      throw refuse(.size, "\((entry.dataEnd - inputPosition).counted("byte")) after the stream", "its end")
    }
    guard checksum == entry.checksum else { throw CheckpointError(checksum: checksum, of: entry, file) }
  }

  /// Inflates what one window of input gives.
  private func step(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if hasEnded { return 0 }
    let count = min(Self.inputByteCount, entry.dataEnd - inputPosition)
    let outcome = try withUnsafeTemporaryAllocation(byteCount: Int(max(count, 1)), alignment: 8) { window in
      let input = UnsafeMutableRawBufferPointer(rebasing: window[..<Int(count)])
      if count > 0 { try file.read(inputPosition, input) }
      return stream.step(input, into: buffer)
    }
    inputPosition += UInt64(outcome.used)
    switch outcome.outcome {
    case .damaged: throw refuse(.zip, "bytes that are no DEFLATE", "a stream by RFC 1951")
    case .end: hasEnded = true
    case .more:
      guard outcome.used > 0 || outcome.made > 0 else {
        throw refuse(
          .size, "a stream that has no end", "one within \(entry.compressedByteCount.counted("byte"))")
      }
    }
    return outcome.made
  }

  private func refuse(_ code: CheckpointError.Code, _ found: String, _ expected: String) -> CheckpointError {
    CheckpointError(code, file.path, at: inputPosition, .member(entry.name), found: found, expected: expected)
  }

  private static func noMemory(_ entry: ZIPEntry, _ file: ReadableBytes) -> CheckpointError {
    CheckpointError(
      .limit, file.path, at: entry.dataOffset, .member(entry.name), found: "no memory to inflate it",
      expected: "some 50 KiB")
  }
}

extension CheckpointError {
  /// The error for a member whose bytes have another checksum.
  init(checksum: UInt32, of entry: ZIPEntry, _ file: ReadableBytes) {
    self.init(
      .checksum, file.path, at: entry.dataOffset, .member(entry.name),
      found: "bytes with the CRC-32 \(String(checksum, radix: 16))",
      expected: String(entry.checksum, radix: 16))
  }
}
