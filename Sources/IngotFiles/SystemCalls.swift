import SystemPackage

/// The system calls that this module makes, all of them.
///
/// Whoever opens or writes files holds one of these, and passes ``PlatformCalls`` unless a test passes another that
/// makes chosen calls fail. Each requirement is one call, which may be interrupted or do less than was asked:
/// the retries stand above, in ``Descriptor`` and ``SystemCalls/retrying(_:)``, where tests reach them.
package protocol SystemCalls: Sendable {
  /// open(2).
  func open(_ path: FilePath, flags: CInt, mode: CInterop.Mode) throws(Errno) -> CInt
  /// close(2). The descriptor is gone, whatever is thrown.
  func close(_ descriptor: CInt) throws(Errno)
  /// fstat(2).
  func status(of descriptor: CInt) throws(Errno) -> FileStatus
  /// stat(2), or lstat(2) when links are not followed.
  func status(of path: FilePath, followingLink: Bool) throws(Errno) -> FileStatus
  /// readlink(2).
  func destination(ofLink path: FilePath) throws(Errno) -> FilePath
  /// pread(2): the number of bytes read, 0 at the end of the file.
  func read(_ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Errno)
    -> Int
  /// write(2): the number of bytes written.
  func write(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int
  /// Reserves space for bytes of a file without changing its length: fallocate(2), F_PREALLOCATE; on tmpfs a look with fstatfs(2).
  func reserve(_ descriptor: CInt, from offset: Int64, byteCount: Int64) throws(Errno)
  /// Asks for a part of a file to be read ahead: posix_fadvise(2), F_RDADVISE. Where the system has none, nothing happens.
  func prefetch(_ descriptor: CInt, from offset: Int64, byteCount: Int64) throws(Errno)
  /// Asks for a part of a file to be written to the disk, without waiting: sync_file_range(2).
  func startWriting(_ descriptor: CInt, from offset: Int64, byteCount: Int64) throws(Errno)
  /// ftruncate(2).
  func truncate(_ descriptor: CInt, to byteCount: Int64) throws(Errno)
  /// flock(2), for one alone and without waiting: EWOULDBLOCK where another has the lock. It goes when the descriptor is closed.
  func lock(_ descriptor: CInt) throws(Errno)
  /// fchmod(2).
  func setPermissions(of descriptor: CInt, to mode: CInterop.Mode) throws(Errno)
  /// fsync(2), F_FULLFSYNC.
  func sync(_ descriptor: CInt) throws(Errno)
  /// rename(2).
  func rename(_ path: FilePath, to target: FilePath) throws(Errno)
  /// renameat2(2) with RENAME_NOREPLACE, renamex_np(2) with RENAME_EXCL.
  func renameExclusively(_ path: FilePath, to target: FilePath) throws(Errno)
  /// renameat2(2) with RENAME_EXCHANGE, renamex_np(2) with RENAME_SWAP: both must exist.
  func exchange(_ path: FilePath, with other: FilePath) throws(Errno)
  /// link(2).
  func link(_ path: FilePath, to target: FilePath) throws(Errno)
  /// unlink(2).
  func unlink(_ path: FilePath) throws(Errno)
  /// mmap(2), for reading.
  func map(_ descriptor: CInt, byteCount: Int) throws(Errno) -> UnsafeRawPointer
  /// munmap(2).
  func unmap(_ address: UnsafeRawPointer, byteCount: Int)
  /// madvise(2) with MADV_DONTNEED: lets go of the pages, which are read again when they are touched.
  func forget(_ address: UnsafeRawPointer, byteCount: Int)
  /// The bytes that an ordinary user can still write: statvfs(2), statfs(2).
  func freeByteCount(at path: FilePath) throws(Errno) -> UInt64
  /// opendir(3), readdir(3): all entries but `.` and `..`, in no order.
  func names(in folder: FilePath) throws(Errno) -> [FilePath.Component]
  /// mkdir(2).
  func makeFolder(_ path: FilePath) throws(Errno)
  /// rmdir(2): an empty folder.
  func removeFolder(_ path: FilePath) throws(Errno)
  /// getcwd(3).
  func currentFolder() throws(Errno) -> FilePath
  /// getrlimit(2) of RLIMIT_NOFILE: how many files may be open, and up to how many the process may allow itself.
  func openFileLimit() throws(Errno) -> (current: UInt64, most: UInt64)
  /// setrlimit(2) of RLIMIT_NOFILE: how many files may be open.
  func setOpenFileLimit(_ count: UInt64) throws(Errno)
}

extension SystemCalls {
  /// Repeats a call for as long as signals interrupt it.
  package func retrying<Result>(_ call: @autoclosure () throws(Errno) -> Result) throws(Errno) -> Result {
    while true {
      do { return try call() } catch  where error == .interrupted { continue }
    }
  }
}

/// What the system says of a file.
package struct FileStatus: Sendable {
  package var kind: FileKind
  package var identity: FileIdentity
  package var byteCount: UInt64
  /// The nine permission bits.
  package var permissions: CInterop.Mode
}

/// What stands at a path.
package enum FileKind: String, Sendable {
  case regular = "a regular file"
  case folder = "a folder"
  case link = "a symbolic link"
  case pipe = "a named pipe"
  case socket = "a socket"
  case device = "a device"
}
