/// The bytes of a file, mapped into memory for reading.
///
/// Pages are read from the disk when they are first touched, and shared with every process that maps the file.
/// The mapping ends when the last reference to it goes.
///
/// ## When the file is cut while it is mapped
///
/// A file that another program shortens takes its bytes out of the mapping: touching a page beyond the new end raises
/// the signal `SIGBUS`, which ends the process. No error can be thrown from such a touch. What this type offers:
///
/// - ``checkStillWhole()`` asks for the file's length and throws ``FileError/Code/shrunk`` if it is less than the
///   mapping's. Called before each use, it catches every file that was cut earlier: an interrupted download that starts
///   again, a copy over an open file.
/// - Not caught: a file that is cut between the check and the touch; an end that falls within a page, whose remaining
///   bytes read as zero once the check has passed; a disk that cannot deliver a page, which raises `SIGBUS` too;
///   and bytes that are changed in place.
/// - Replacing a file by renaming another onto it, as ``AtomicFile`` does, is always safe: the mapping keeps the old file.
/// - Where the risk is too high (a network drive, a file that others write), read through ``RegularFile`` instead:
///   positional reads turn all of this into errors.
public final class MappedFile: Sendable {
  /// The file that is mapped.
  public let file: RegularFile
  /// The length of the mapping: that of the file when it was opened.
  public let byteCount: UInt64

  // Safe to share: the address never changes, nothing writes through it, and it stays mapped until deinit.
  // Nil for an empty file, which the system refuses to map.
  nonisolated(unsafe) private let address: UnsafeRawPointer?

  /// Maps all of `file`, which must still be as long as it was when it was opened.
  ///
  /// - Throws: ``FileError/Code/tooLarge`` if the address space cannot hold it, ``FileError/Code/shrunk``, or what the
  ///   system reports.
  public init(_ file: RegularFile) throws(FileError) {
    guard let length = Int(exactly: file.byteCount) else {
      throw FileError(.tooLarge, file.path, operation: "mmap", errno: .fileTooLarge)
    }
    self.file = file
    byteCount = file.byteCount
    address = length == 0 ? nil : try file.map(byteCount: length)
    try checkStillWhole()
  }

  deinit {
    if let address { file.calls.unmap(address, byteCount: Int(byteCount)) }
  }

  /// Lends the bytes of `range`, or all of them.
  ///
  /// Costs nothing beyond the pages that `body` touches. See ``MappedFile`` for what happens if the file is cut meanwhile.
  ///
  /// - Precondition: `range` lies within the mapping.
  public func withBytes<Result: ~Copyable, Failure: Error>(
    in range: Range<UInt64>? = nil, _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let range = range ?? 0..<byteCount
    precondition(range.upperBound <= byteCount, "The range ends after the mapping does.")
    // Both bounds are at most `byteCount`, which fits.
    let bytes = UnsafeRawBufferPointer(
      start: address.map { $0 + Int(range.lowerBound) }, count: Int(range.upperBound - range.lowerBound))
    return try body(bytes.bytes)
  }

  /// Lets go of the pages that hold the first `count` bytes, which will hardly be touched again.
  ///
  /// They no longer count as memory of this process. Touched all the same, they are read again.
  public func forgetPages(upTo count: UInt64) {
    guard let address, count > 0 else { return }
    file.calls.forget(address, byteCount: Int(min(count, byteCount)))
  }

  /// Throws ``FileError/Code/shrunk`` if the file is now shorter than the mapping.
  ///
  /// Costs one system call.
  public func checkStillWhole() throws(FileError) {
    let current = try file.currentByteCount()
    if current < byteCount {
      throw FileError(
        .shrunk, file.path, operation: "stat",
        detail: "was cut from the size \(byteCount) to \(current) while in use")
    }
  }
}
