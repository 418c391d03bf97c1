import CPlatform
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

/// The system calls of the platform.
package struct PlatformCalls: SystemCalls {
  package init() {}

  package func open(_ path: FilePath, flags: CInt, mode: CInterop.Mode) throws(Errno) -> CInt {
    try checked(path.withPlatformString { posixOpen($0, flags, mode) })
  }

  package func close(_ descriptor: CInt) throws(Errno) {
    try checked(posixClose(descriptor))
  }

  package func status(of descriptor: CInt) throws(Errno) -> FileStatus {
    var raw = CInterop.Stat()
    try checked(fstat(descriptor, &raw))
    return FileStatus(raw)
  }

  package func status(of path: FilePath, followingLink: Bool) throws(Errno) -> FileStatus {
    var raw = CInterop.Stat()
    try checked(path.withPlatformString { followingLink ? stat($0, &raw) : lstat($0, &raw) })
    return FileStatus(raw)
  }

  package func destination(ofLink path: FilePath) throws(Errno) -> FilePath {
    // One more than the longest path, for the end of the string.
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let capacity = bytes.count - 1
    try checked(path.withPlatformString { readlink($0, &bytes, capacity) })
    return FilePath(platformString: bytes)
  }

  package func read(
    _ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
  ) throws(Errno) -> Int {
    guard let position = off_t(exactly: offset) else { throw .overflow }
    return try checked(pread(descriptor, buffer.baseAddress, buffer.count, position))
  }

  package func write(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
    try checked(posixWrite(descriptor, bytes.baseAddress, bytes.count))
  }

  package func reserve(_ descriptor: CInt, from offset: Int64, byteCount: Int64) throws(Errno) {
    try checked(ingot_reserve(descriptor, offset, byteCount))
  }

  package func prefetch(_ descriptor: CInt, from offset: Int64, byteCount: Int64) throws(Errno) {
    try checked(ingot_prefetch(descriptor, offset, byteCount))
  }

  package func startWriting(_ descriptor: CInt, from offset: Int64, byteCount: Int64) throws(Errno) {
    try checked(ingot_start_writing(descriptor, offset, byteCount))
  }

  package func truncate(_ descriptor: CInt, to byteCount: Int64) throws(Errno) {
    guard let length = off_t(exactly: byteCount) else { throw .overflow }
    try checked(ftruncate(descriptor, length))
  }

  package func lock(_ descriptor: CInt) throws(Errno) {
    try checked(flock(descriptor, LOCK_EX | LOCK_NB))
  }

  package func setPermissions(of descriptor: CInt, to mode: CInterop.Mode) throws(Errno) {
    try checked(fchmod(descriptor, mode))
  }

  package func sync(_ descriptor: CInt) throws(Errno) {
    try checked(ingot_sync(descriptor))
  }

  package func rename(_ path: FilePath, to target: FilePath) throws(Errno) {
    try checked(twoPaths(posixRename, path, target))
  }

  package func renameExclusively(_ path: FilePath, to target: FilePath) throws(Errno) {
    try checked(twoPaths(ingot_rename_exclusively, path, target))
  }

  package func exchange(_ path: FilePath, with other: FilePath) throws(Errno) {
    try checked(twoPaths(ingot_exchange, path, other))
  }

  package func link(_ path: FilePath, to target: FilePath) throws(Errno) {
    try checked(twoPaths(posixLink, path, target))
  }

  package func unlink(_ path: FilePath) throws(Errno) {
    try checked(path.withPlatformString { posixUnlink($0) })
  }

  package func map(_ descriptor: CInt, byteCount: Int) throws(Errno) -> UnsafeRawPointer {
    // Platforms disagree on whether the result is optional.
    let mapped: UnsafeMutableRawPointer? = mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let mapped, mapped != MAP_FAILED else { throw Errno(rawValue: errno) }
    return UnsafeRawPointer(mapped)
  }

  package func unmap(_ address: UnsafeRawPointer, byteCount: Int) {
    munmap(UnsafeMutableRawPointer(mutating: address), byteCount)
  }

  package func forget(_ address: UnsafeRawPointer, byteCount: Int) {
    // Advice: nothing is wrong where it is not taken.
    _ = madvise(UnsafeMutableRawPointer(mutating: address), byteCount, CInt(MADV_DONTNEED))
  }

  package func freeByteCount(at path: FilePath) throws(Errno) -> UInt64 {
    #if canImport(Darwin)
      // statvfs counts blocks in 32 bits here.
      var raw = statfs()
      try checked(path.withPlatformString { statfs($0, &raw) })
      let (count, overflow) = UInt64(raw.f_bavail).multipliedReportingOverflow(by: UInt64(raw.f_bsize))
    #else
      var raw = statvfs()
      try checked(path.withPlatformString { statvfs($0, &raw) })
      let (count, overflow) = UInt64(raw.f_bavail).multipliedReportingOverflow(by: UInt64(raw.f_frsize))
    #endif
    return overflow ? .max : count
  }

  package func names(in folder: FilePath) throws(Errno) -> [FilePath.Component] {
    guard let stream = folder.withPlatformString({ opendir($0) }) else { throw Errno(rawValue: errno) }
    defer { closedir(stream) }
    var names: [FilePath.Component] = []
    while true {
      // The end and a failure both answer nil; only a failure sets errno.
      errno = 0
      guard let entry = readdir(stream) else { break }
      guard let start = MemoryLayout<dirent>.offset(of: \.d_name) else { continue }
      let name = (UnsafeRawPointer(entry) + start).assumingMemoryBound(to: CInterop.PlatformChar.self)
      if let component = FilePath(platformString: name).lastComponent, component.kind == .regular {
        names.append(component)
      }
    }
    if errno != 0 { throw Errno(rawValue: errno) }
    return names
  }

  package func makeFolder(_ path: FilePath) throws(Errno) {
    try checked(path.withPlatformString { mkdir($0, 0o777) })
  }

  package func removeFolder(_ path: FilePath) throws(Errno) {
    try checked(path.withPlatformString { rmdir($0) })
  }

  package func openFileLimit() throws(Errno) -> (current: UInt64, most: UInt64) {
    var (current, most) = (UInt64(0), UInt64(0))
    try checked(ingot_open_file_limit(&current, &most))
    return (current, most)
  }

  package func setOpenFileLimit(_ count: UInt64) throws(Errno) {
    try checked(ingot_set_open_file_limit(count))
  }

  package func currentFolder() throws(Errno) -> FilePath {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard getcwd(&bytes, bytes.count) != nil else { throw Errno(rawValue: errno) }
    return FilePath(platformString: bytes)
  }
}

extension PlatformCalls {
  /// Turns -1 into the error that `errno` holds.
  ///
  /// The call is the argument, so nothing comes between it and the look at `errno`.
  @discardableResult
  private func checked<Number: FixedWidthInteger>(_ result: @autoclosure () -> Number) throws(Errno) -> Number
  {
    let number = result()
    if number == -1 { throw Errno(rawValue: errno) }
    return number
  }

  private func twoPaths(
    _ function: (UnsafePointer<CInterop.PlatformChar>, UnsafePointer<CInterop.PlatformChar>) -> CInt,
    _ path: FilePath, _ target: FilePath
  ) -> CInt {
    path.withPlatformString { from in target.withPlatformString { to in function(from, to) } }
  }
}

extension FileStatus {
  fileprivate init(_ raw: CInterop.Stat) {
    let kind: FileKind =
      switch raw.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .folder
      case S_IFLNK: .link
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      default: .device
      }
    self.init(
      kind: kind,
      identity: FileIdentity(
        device: UInt64(truncatingIfNeeded: raw.st_dev), inode: UInt64(truncatingIfNeeded: raw.st_ino)),
      byteCount: UInt64(clamping: raw.st_size),
      permissions: CInterop.Mode(raw.st_mode & 0o777))
  }
}

// Inside `PlatformCalls` its methods hide the functions of the same names.

private func posixOpen(_ path: UnsafePointer<CInterop.PlatformChar>, _ flags: CInt, _ mode: CInterop.Mode)
  -> CInt
{
  open(path, flags, mode)
}

private func posixClose(_ descriptor: CInt) -> CInt { close(descriptor) }

private func posixWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

private func posixRename(
  _ path: UnsafePointer<CInterop.PlatformChar>, _ target: UnsafePointer<CInterop.PlatformChar>
) -> CInt {
  rename(path, target)
}

private func posixLink(
  _ path: UnsafePointer<CInterop.PlatformChar>, _ target: UnsafePointer<CInterop.PlatformChar>
) -> CInt {
  link(path, target)
}

private func posixUnlink(_ path: UnsafePointer<CInterop.PlatformChar>) -> CInt { unlink(path) }
