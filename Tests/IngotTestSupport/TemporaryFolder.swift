import IngotFiles
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

/// A folder of one test's own, removed with all that it holds when the last reference goes.
package final class TemporaryFolder: Sendable {
  package let path: FilePath

  /// Makes an empty folder; where the system has a file system in memory, there, which is much faster.
  package init() throws(Errno) {
    var base: FilePath = "/tmp"
    if (try? Folder.isFolder("/dev/shm")) == true { base = "/dev/shm" }
    let created = base.appending("ingot-test-XXXXXX").withPlatformString { template -> FilePath? in
      let copy = strdup(template)
      defer { free(copy) }
      guard let copy, mkdtemp(copy) != nil else { return nil }
      return FilePath(platformString: copy)
    }
    guard let created else { throw Errno(rawValue: errno) }
    path = created
  }

  deinit { Self.remove(path) }

  /// The path of an entry, which need not exist.
  package func path(_ name: String) -> FilePath { path.appending(name) }

  /// The names that the folder holds, sorted.
  package func names() throws(FileError) -> [String] { try Folder.names(in: path).map(\.string) }

  /// Writes a file, in place if it exists, and returns its path.
  @discardableResult
  package func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> FilePath {
    let file = try FileDescriptor.open(
      path(name), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    try file.closeAfter { _ = try file.writeAll(bytes) }
    return path(name)
  }

  /// The bytes of a file.
  package func bytes(of name: String) throws -> [UInt8] {
    let file = try RegularFile(opening: path(name))
    var bytes = [UInt8](repeating: 0, count: Int(file.byteCount))
    try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    return bytes
  }

  /// Cuts a file, in place.
  package func truncate(_ name: String, to byteCount: Int) throws(Errno) {
    try check(path(name).withPlatformString { posixTruncate($0, off_t(byteCount)) })
  }

  /// Makes a folder.
  @discardableResult
  package func makeFolder(_ name: String) throws(Errno) -> FilePath {
    try check(path(name).withPlatformString { mkdir($0, 0o700) })
    return path(name)
  }

  /// Makes a named pipe.
  @discardableResult
  package func makePipe(_ name: String) throws(Errno) -> FilePath {
    try check(path(name).withPlatformString { mkfifo($0, 0o600) })
    return path(name)
  }

  /// Makes a symbolic link.
  @discardableResult
  package func makeLink(_ name: String, to destination: FilePath) throws(Errno) -> FilePath {
    try check(destination.withPlatformString { from in path(name).withPlatformString { symlink(from, $0) } })
    return path(name)
  }

  /// Makes a second name of a file.
  @discardableResult
  package func makeHardLink(_ name: String, to file: String) throws(Errno) -> FilePath {
    try check(path(file).withPlatformString { from in path(name).withPlatformString { link(from, $0) } })
    return path(name)
  }

  /// Sets the permission bits of a file.
  package func setPermissions(of name: String, to mode: CInterop.Mode) throws(Errno) {
    try check(path(name).withPlatformString { chmod($0, mode) })
  }

  private func check(_ result: CInt) throws(Errno) {
    if result == -1 { throw Errno(rawValue: errno) }
  }

  private static func remove(_ path: FilePath) {
    if path.withPlatformString({ unlink($0) }) == 0 { return }
    for name in (try? Folder.names(in: path)) ?? [] { remove(path.appending(name)) }
    _ = path.withPlatformString { rmdir($0) }
  }
}

// Inside `TemporaryFolder` its method hides the function of the same name.
private func posixTruncate(_ path: UnsafePointer<CInterop.PlatformChar>, _ byteCount: off_t) -> CInt {
  truncate(path, byteCount)
}
