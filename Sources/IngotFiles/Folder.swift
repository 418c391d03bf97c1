import SystemPackage

/// Questions about folders.
public enum Folder {
  /// The names of all that a folder holds, links and hidden files too, sorted by their bytes.
  ///
  /// - Throws: ``FileError/Code/notFound``, ``FileError/Code/notFolder``, or what else the system reports.
  public static func names(in folder: FilePath) throws(FileError) -> [FilePath.Component] {
    try names(in: folder, calls: PlatformCalls())
  }

  /// The bytes that can still be written to the disk that holds `folder`, as the system estimates them.
  ///
  /// Quotas and reserved blocks of other users are not all known to it: an enough is no promise.
  public static func freeSpace(at folder: FilePath) throws(FileError) -> UInt64 {
    try freeSpace(at: folder, calls: PlatformCalls())
  }

  /// Whether a folder stands at `path`, following symbolic links.
  ///
  /// - Throws: ``FileError/Code/notFound`` where nothing stands.
  public static func isFolder(_ path: FilePath) throws(FileError) -> Bool {
    try isFolder(path, calls: PlatformCalls())
  }

  /// Whether a symbolic link stands at `path`, wherever it leads.
  ///
  /// - Throws: ``FileError/Code/notFound`` where nothing stands.
  public static func isLink(_ path: FilePath) throws(FileError) -> Bool {
    let calls = PlatformCalls()
    do {
      return try calls.retrying(try calls.status(of: path, followingLink: false)).kind == .link
    } catch {
      throw FileError(error, path, "lstat")
    }
  }

  /// Makes a folder, unless one stands there; its parent must exist.
  ///
  /// - Returns: Whether it was made.
  /// - Throws: ``FileError/Code/notFolder`` where something else stands, or what else the system reports.
  public static func make(_ path: FilePath) throws(FileError) -> Bool {
    try make(path, calls: PlatformCalls())
  }

  /// Removes a folder, if it is empty.
  public static func removeIfEmpty(_ path: FilePath) { try? PlatformCalls().removeFolder(path) }

  package static func make(_ path: FilePath, calls: any SystemCalls) throws(FileError) -> Bool {
    do {
      try calls.retrying(try calls.makeFolder(path))
      return true
    } catch {
      guard error == .fileExists else { throw FileError(error, path, "mkdir") }
      guard try isFolder(path, calls: calls) else { throw FileError(.notDirectory, path, "mkdir") }
      return false
    }
  }

  /// The path from the root, without `.`, `..` and repeated separators; links stay as they are.
  ///
  /// - Throws: ``FileError`` where the current folder is gone.
  public static func absolutePath(of path: FilePath) throws(FileError) -> FilePath {
    try absolutePath(of: path, calls: PlatformCalls())
  }

  package static func absolutePath(
    of path: FilePath, calls: any SystemCalls
  ) throws(FileError) -> FilePath {
    do {
      return try calls.retrying(try calls.currentFolder()).pushing(path).lexicallyNormalized()
    } catch {
      throw FileError(error, path, "getcwd")
    }
  }

  package static func names(
    in folder: FilePath, calls: any SystemCalls
  ) throws(FileError) -> [FilePath.Component] {
    do {
      return try calls.retrying(try calls.names(in: folder))
        .map { ($0, Array($0.string.utf8)) }
        .sorted { $0.1.lexicographicallyPrecedes($1.1) }
        .map(\.0)
    } catch {
      throw FileError(error, folder, "opendir")
    }
  }

  package static func freeSpace(at folder: FilePath, calls: any SystemCalls) throws(FileError) -> UInt64 {
    do {
      return try calls.retrying(try calls.freeByteCount(at: folder))
    } catch {
      throw FileError(error, folder, "statvfs")
    }
  }

  package static func isFolder(_ path: FilePath, calls: any SystemCalls) throws(FileError) -> Bool {
    do {
      return try calls.retrying(try calls.status(of: path, followingLink: true)).kind == .folder
    } catch {
      throw FileError(error, path, "stat")
    }
  }
}
