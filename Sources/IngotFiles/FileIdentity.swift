import SystemPackage

/// What makes two paths the same file: the device that holds it and its number there.
///
/// Symbolic links and hard links to one file have one identity. It stays the file's own for as long as the file is
/// open or linked; after that the system may give it to another.
public struct FileIdentity: Sendable, Hashable {
  package let device: UInt64
  package let inode: UInt64

  package init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }

  /// Finds the identity of what stands at `path`, following symbolic links.
  ///
  /// - Throws: ``FileError/Code/notFound`` where there is nothing.
  public init(of path: FilePath) throws(FileError) {
    try self.init(of: path, calls: PlatformCalls())
  }

  package init(of path: FilePath, calls: any SystemCalls) throws(FileError) {
    do {
      self = try calls.retrying(try calls.status(of: path, followingLink: true)).identity
    } catch {
      throw FileError(error, path, "stat")
    }
  }
}
