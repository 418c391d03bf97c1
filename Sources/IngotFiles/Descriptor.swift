import SystemPackage

/// A file descriptor that is closed when its owner goes, with the retries that single system calls leave out.
struct Descriptor: ~Copyable, Sendable {
  /// The file that errors name.
  private let subject: FilePath
  private let calls: any SystemCalls
  /// Nil once closed.
  private var number: CInt?

  /// The most that one call is asked to move: Linux moves less than 2 GiB, and macOS refuses more.
  static let largestTransfer = 1 << 30

  /// Opens `path`; errors name `subject`.
  init(
    opening path: FilePath, flags: CInt, mode: CInterop.Mode = 0, subject: FilePath, calls: any SystemCalls
  ) throws(Errno) {
    self.subject = subject
    self.calls = calls
    number = try calls.retrying(try calls.open(path, flags: flags, mode: mode))
  }

  deinit {
    if let number { try? calls.close(number) }
  }

  /// Closes the descriptor and throws what the system still has to report of earlier writes.
  mutating func close() throws(FileError) {
    guard let open = number.take() else { return }
    do {
      try calls.close(open)
    } catch  where error == .interrupted {
      // It is closed all the same; to repeat the call could close a descriptor that another thread has just opened.
    } catch {
      throw FileError(error, subject, "close")
    }
  }

  /// Makes a call on this descriptor, repeated while signals interrupt it.
  func perform<Result>(
    _ operation: String, _ call: (any SystemCalls, CInt) throws(Errno) -> Result
  ) throws(FileError) -> Result {
    guard let number else { throw FileError(.closed, subject, operation: operation) }
    do {
      return try calls.retrying(try call(calls, number))
    } catch {
      throw FileError(error, subject, operation)
    }
  }

  func status() throws(FileError) -> FileStatus {
    try perform("stat") { calls, number throws(Errno) in try calls.status(of: number) }
  }

  func sync() throws(FileError) {
    try perform("fsync") { calls, number throws(Errno) in try calls.sync(number) }
  }

  /// Fills the buffer from the bytes at `offset`, or throws ``FileError/Code/shrunk``.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(FileError) {
    if buffer.isEmpty { return }
    guard let start = Int64(exactly: offset), Int64.max - start >= buffer.count else {
      throw shrunk(at: offset, missing: buffer.count)
    }
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(
        rebasing: buffer[done..<min(buffer.count, done + Self.largestTransfer)])
      let position = start + Int64(done)
      let count = try perform("read") { calls, number throws(Errno) in
        try calls.read(number, into: rest, at: position)
      }
      if count == 0 { throw shrunk(at: UInt64(position), missing: buffer.count - done) }
      done += count
    }
  }

  /// Writes all bytes at the current position.
  func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(
        rebasing: bytes[done..<min(bytes.count, done + Self.largestTransfer)])
      let count = try perform("write") { calls, number throws(Errno) in try calls.write(number, rest) }
      // A disk that takes nothing and reports nothing would be asked for ever.
      if count == 0 { throw FileError(.io, subject, operation: "write", errno: .ioError) }
      done += count
    }
  }

  private func shrunk(at offset: UInt64, missing count: Int) -> FileError {
    FileError(
      .shrunk, subject, operation: "read",
      detail: "ends at or before byte \(offset), with \(count) more to read")
  }
}
