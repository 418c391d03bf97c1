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

/// The end of an existing file, to which bytes are added in place, or from which they are cut off.
///
/// The file is open for appending only: no byte that it has can be overwritten, whatever goes wrong. Each write first asks
/// whether the file still ends where it should, so that nothing lands behind the bytes of another program. For as long as the object
/// lives it holds the file's advisory lock, by which two of them never change one file at once, in whatever processes.
///
/// Deliberately not `Sendable`: a file has one end and one writer.
public final class FileTail {
  /// The path that the file was opened by.
  public let path: FilePath
  /// What tells whether another path is the same file.
  public let identity: FileIdentity
  /// Where the file ends, as far as this object knows.
  public private(set) var byteCount: UInt64

  private let descriptor: Descriptor

  /// Opens the file at `path` for appending, following symbolic links, and locks it.
  ///
  /// On a file system without locks it goes on without.
  ///
  /// - Parameters:
  ///   - path: A regular file.
  ///   - byteCount: The length that it must have.
  /// - Throws: ``FileError`` with ``FileError/Code/notFound``, ``FileError/Code/permission``,
  ///   ``FileError/Code/notRegular``, ``FileError/Code/locked``, ``FileError/Code/changed``, or what else the system reports.
  public convenience init(opening path: FilePath, byteCount: UInt64) throws(FileError) {
    try self.init(opening: path, byteCount: byteCount, calls: PlatformCalls())
  }

  package init(opening path: FilePath, byteCount: UInt64, calls: any SystemCalls) throws(FileError) {
    do {
      let flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
      descriptor = try Descriptor(opening: path, flags: flags, subject: path, calls: calls)
    } catch {
      throw FileError(error, path, "open for writing")
    }
    let status = try descriptor.status()
    guard status.kind == .regular else {
      throw FileError(.notRegular, path, operation: "open", detail: status.kind.rawValue)
    }
    self.path = path
    self.byteCount = byteCount
    identity = status.identity
    try lock()
    try checkEnd()
  }

  /// Adds bytes at the end of the file.
  ///
  /// - Throws: ``FileError/Code/noSpace``, ``FileError/Code/changed``, or what else the system reports. A part of the bytes
  ///   may then stand at the end.
  public func append(_ bytes: [UInt8]) throws(FileError) {
    try checkEnd()
    do throws(FileError) {
      try bytes.span.bytes.withUnsafeBytes { buffer throws(FileError) in try descriptor.write(buffer) }
      byteCount += UInt64(bytes.count)
    } catch {
      // So that what did get there can be cut off again.
      let end = currentByteCount ?? byteCount
      if (byteCount...byteCount + UInt64(bytes.count)).contains(end) { byteCount = end }
      throw error
    }
  }

  /// Takes the space for the file to grow to `length` bytes, so that a full disk is found before anything is written or cut.
  ///
  /// Where the file system cannot reserve, nothing happens. ``release()`` gives back what is not used.
  ///
  /// - Throws: ``FileError/Code/noSpace``, ``FileError/Code/tooLarge``, or what else the system reports.
  public func reserve(byteCount length: UInt64) throws(FileError) {
    guard length > byteCount else { return }
    guard let start = Int64(exactly: byteCount), let end = Int64(exactly: length) else {
      throw FileError(.tooLarge, path, operation: "reserve", errno: .fileTooLarge)
    }
    do throws(FileError) {
      try descriptor.perform("reserve") { calls, number throws(Errno) in
        try calls.reserve(number, from: start, byteCount: end - start)
      }
    } catch {
      guard error.errno?.isUnsupported == true else { throw error }
    }
  }

  /// Gives back space that was reserved behind the end of the file.
  public func release() {
    guard (try? checkEnd()) != nil else { return }
    _ = try? descriptor.perform("ftruncate") { calls, number throws(Errno) in
      try calls.truncate(number, to: Int64(clamping: byteCount))
    }
  }

  /// Cuts the file.
  ///
  /// - Parameter length: The bytes that stay, of those that there are.
  /// - Throws: ``FileError/Code/changed``, or what else the system reports. The file is then as it was.
  public func cut(to length: UInt64) throws(FileError) {
    try checkEnd()
    guard length < byteCount else { return }
    try descriptor.perform("ftruncate") { calls, number throws(Errno) in
      try calls.truncate(number, to: Int64(clamping: length))
    }
    byteCount = length
  }

  /// Brings all bytes to the disk.
  ///
  /// Costs as long as the disk needs.
  ///
  /// - Throws: what the system reports.
  public func sync() throws(FileError) { try descriptor.sync() }

  private func lock() throws(FileError) {
    do throws(FileError) {
      try descriptor.perform("flock") { calls, number throws(Errno) in try calls.lock(number) }
    } catch {
      if error.errno == .wouldBlock {
        throw FileError(.locked, path, operation: error.operation, errno: error.errno)
      }
      guard error.errno == .noLocks || error.errno?.isUnsupported == true else { throw error }
    }
  }

  private var currentByteCount: UInt64? { try? descriptor.status().byteCount }

  private func checkEnd() throws(FileError) {
    let current = try descriptor.status().byteCount
    guard current == byteCount else {
      throw FileError(
        .changed, path, operation: "stat", detail: "has the size \(current) where \(byteCount) was expected")
    }
  }
}
