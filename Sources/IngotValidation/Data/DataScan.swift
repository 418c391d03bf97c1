import IngotEncodings
import IngotFiles

/// Reads the data of a file, front to back, through one buffer.
///
/// Files under judgement are read, not mapped: one that is cut meanwhile is an error, and no signal.
struct DataScan {
  /// Tells how many bytes were looked at.
  typealias Progress = (_ byteCount: UInt64) -> Void

  private let file: RegularFile
  private let buffer: UnsafeMutableRawBufferPointer
  private let progress: Progress

  /// The bytes of one read; whole blocks of every encoding fit it.
  private static let largestReadByteCount = 1 << 20

  /// Lends a scan of `file` to `body`.
  static func of<Result>(
    _ file: RegularFile, progress: @escaping Progress, _ body: (DataScan) throws -> Result
  ) throws -> Result {
    let size = Int(min(file.byteCount, UInt64(largestReadByteCount)))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1), alignment: 64)
    defer { buffer.deallocate() }
    return try body(DataScan(file: file, buffer: buffer, progress: progress))
  }

  /// Looks for faults in the data of a tensor, and reports one finding for each check that has any.
  ///
  /// - Parameters:
  ///   - start: Where the data starts in the file.
  ///   - byteCount: Its bytes, whole blocks of each check.
  func check(
    _ tensor: String, at start: UInt64, byteCount: Int, _ checks: [BlockCheck],
    _ report: (Finding) -> Void
  ) throws {
    guard !checks.isEmpty, byteCount > 0 else { return progress(UInt64(byteCount)) }
    var tallies = checks.map { _ in BlockCheck.Tally() }
    // A file of a few bytes may hold less than the largest block, but then it holds no block of it.
    let unit = checks.map(\.stride).max() ?? 1
    let step = max(unit, buffer.count / unit * unit)
    for offset in Swift.stride(from: 0, to: byteCount, by: step) {
      let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(step, byteCount - offset)])
      try file.read(into: piece, at: start + UInt64(offset))
      for index in checks.indices {
        checks[index].look(at: UnsafeRawBufferPointer(piece), offset: offset, &tallies[index])
      }
      progress(UInt64(piece.count))
      try Task.checkCancellation()
    }
    // A block may have several scales, which are one rule.
    for rule in Set(checks.map(\.rule)).sorted(by: { $0.id < $1.id }) {
      let faulty = zip(checks, tallies).filter { $0.0.rule == rule && $0.1.first != nil }
      guard let (check, tally) = faulty.min(by: { ($0.1.first ?? 0) < ($1.1.first ?? 0) }),
        let first = tally.first
      else { continue }
      let count = faulty.reduce(0) { $0 + $1.1.count }
      report(
        Finding(
          rule, at: start + UInt64(first), .tensor(tensor),
          found: "\(tally.found) in block \(first / check.stride), and \(count) such \(check.unit)s in all",
          expected: check.expected))
    }
  }

  /// The offset of the first byte in `range` that is not zero, or `nil`.
  func firstNonzero(in range: Range<UInt64>) throws -> (offset: UInt64, byte: UInt8)? {
    var start = range.lowerBound
    while start < range.upperBound {
      let count = Int(min(UInt64(buffer.count), range.upperBound - start))
      let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      try file.read(into: piece, at: start)
      if let place = piece.firstIndex(where: { $0 != 0 }) { return (start + UInt64(place), piece[place]) }
      start += UInt64(count)
    }
    return nil
  }
}
