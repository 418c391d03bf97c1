import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// A regular file, open for reading at any position from any thread.
///
/// It is closed when the last reference goes.
public final class RegularFile: Sendable {
  /// The path that the file was opened by.
  public let path: FilePath
  /// The length of the file when it was opened.
  public let byteCount: UInt64
  /// What tells whether another path is the same file.
  public let identity: FileIdentity

  /// The nine permission bits when it was opened.
  package let permissions: CInterop.Mode

  private let descriptor: Descriptor
  let calls: any SystemCalls

  /// Opens the file at `path`, following symbolic links.
  ///
  /// A folder, named pipe, socket or device is refused at once: nothing waits for a pipe's other end.
  ///
  /// - Throws: ``FileError`` with ``FileError/Code/notFound``, ``FileError/Code/permission``,
  ///   ``FileError/Code/notRegular``, or what else the system reports.
  public convenience init(opening path: FilePath) throws(FileError) {
    try self.init(opening: path, calls: PlatformCalls())
  }

  package init(opening path: FilePath, calls: any SystemCalls) throws(FileError) {
    let descriptor: Descriptor
    do {
      // Without O_NONBLOCK a pipe waits for its writer; without O_NOCTTY a terminal could become the process's own.
      let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
      descriptor = try Descriptor(opening: path, flags: flags, subject: path, calls: calls)
    } catch  where error == .noSuchAddressOrDevice || error == .notSupportedOnSocket {
      throw FileError(.notRegular, path, operation: "open", errno: error, detail: FileKind.socket.rawValue)
    } catch {
      throw FileError(error, path, "open")
    }
    let status = try descriptor.status()
    guard status.kind == .regular else {
      throw FileError(.notRegular, path, operation: "open", detail: status.kind.rawValue)
    }
    self.path = path
    self.byteCount = status.byteCount
    self.identity = status.identity
    self.permissions = status.permissions
    self.descriptor = descriptor
    self.calls = calls
    ReadRecord.note(status.identity)
  }

  /// Fills `buffer` with the bytes that start at `offset`.
  ///
  /// Any number of threads may read at once. The bytes come from the file as it is now: past the length at opening
  /// they are given if the file has grown.
  ///
  /// - Throws: ``FileError/Code/shrunk`` where the file ends before the last byte that is asked for; the buffer then
  ///   holds the bytes before the end. Otherwise what the system reports.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(FileError) {
    try descriptor.read(into: buffer, at: offset)
  }

  /// Asks the system to read a part of the file ahead, without waiting for it.
  ///
  /// A wish that may be granted: nothing is thrown, and later reads give the same bytes.
  public func prefetch(_ range: Range<UInt64>) {
    let (start, count) = (Int64(clamping: range.lowerBound), Int64(clamping: range.count))
    _ = try? descriptor.perform("fadvise") { calls, number throws(Errno) in
      try calls.prefetch(number, from: start, byteCount: count)
    }
  }

  /// The length of the file now.
  ///
  /// Costs one system call.
  public func currentByteCount() throws(FileError) -> UInt64 {
    try descriptor.status().byteCount
  }

  /// Maps the first `byteCount` bytes.
  func map(byteCount: Int) throws(FileError) -> UnsafeRawPointer {
    try descriptor.perform("mmap") { calls, number throws(Errno) in
      try calls.map(number, byteCount: byteCount)
    }
  }
}
