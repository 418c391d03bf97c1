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

/// Where an output is to appear, with the links at the end of its path resolved.
struct TargetPlace {
  let path: FilePath
  let name: FilePath.Component
  let folder: FilePath
  let folderIdentity: FileIdentity
  /// What stands there now.
  let existing: FileStatus?

  /// As many as Linux follows.
  private static let mostLinks = 40

  init(_ target: FilePath, calls: any SystemCalls) throws(FileError) {
    var path = target
    var existing: FileStatus?
    do throws(Errno) {
      existing = try Self.status(of: path, calls: calls)
      var linkCount = 0
      while existing?.kind == .link {
        linkCount += 1
        if linkCount > Self.mostLinks { throw Errno.tooManySymbolicLinkLevels }
        // /dev/stdout and its like lead to what has no path.
        if let end = try Self.status(of: path, calls: calls, followingLink: true),
          [.pipe, .socket, .device].contains(end.kind)
        {
          existing = end
          break
        }
        path = Self.folder(of: path).pushing(try calls.retrying(try calls.destination(ofLink: path)))
        existing = try Self.status(of: path, calls: calls)
      }
    } catch {
      throw FileError(error, path, "stat")
    }

    let folder = Self.folder(of: path)
    let folderStatus: FileStatus
    do throws(Errno) {
      folderStatus = try calls.retrying(try calls.status(of: folder, followingLink: true))
    } catch {
      throw FileError(error, folder, "stat")
    }
    guard folderStatus.kind == .folder else {
      throw FileError(.notFolder, folder, operation: "create")
    }
    guard let name = path.lastComponent, name.kind == .regular else {
      throw FileError(.notRegular, path, operation: "create", detail: FileKind.folder.rawValue)
    }
    self.path = path
    self.name = name
    self.folder = folder
    folderIdentity = folderStatus.identity
    self.existing = existing
  }

  /// What two paths to one place have in common, whether something stands there or not.
  struct Key: Hashable {
    let folder: FileIdentity
    let name: FilePath.Component
  }

  var key: Key { Key(folder: folderIdentity, name: name) }

  /// A path in the same folder that nobody can have guessed: `.model.gguf.0123456789abcdef.partial`.
  ///
  /// No more is kept of a long name than leaves the whole short enough.
  func temporaryPath() -> FilePath {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    let padding = String(repeating: "0", count: 16 - digits.count)
    var start = name.string
    while start.utf8.count > 100 { start.removeLast() }
    return folder.appending(".\(start).\(padding)\(digits).partial")
  }

  /// Creates the file at a temporary path, which must not exist.
  func create(
    _ temporary: FilePath, mode: CInterop.Mode, calls: any SystemCalls
  ) throws(FileError) -> Descriptor {
    do {
      let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
      return try Descriptor(opening: temporary, flags: flags, mode: mode, subject: path, calls: calls)
    } catch {
      throw FileError(error, folder, "create a file in the folder")
    }
  }

  private static func folder(of path: FilePath) -> FilePath {
    let folder = path.removingLastComponent()
    return folder.isEmpty ? "." : folder
  }

  /// The status of what stands at `path` itself, or nil if nothing does.
  static func status(
    of path: FilePath, calls: any SystemCalls, followingLink: Bool = false
  ) throws(Errno) -> FileStatus? {
    do {
      return try calls.retrying(try calls.status(of: path, followingLink: followingLink))
    } catch {
      if error == .noSuchFileOrDirectory { return nil }
      throw error
    }
  }
}
