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

// The steps of a commit. None of them touches the register of hidden files, which is locked meanwhile.
extension AtomicFile {
  /// Where the new file is, and what it replaced.
  enum Position {
    /// At its hidden path; the target is as it was.
    case hidden
    /// At its target; what stood there before is gone. `isLinked` says that the hidden path is a second link to it.
    case placed(isLinked: Bool)
    /// At its target. What stood there before is at `old`.
    case exchanged(old: FilePath)
    /// Taken away from its target again; nothing is left of it.
    case withdrawn
  }

  /// Puts the finished file in its place.
  ///
  /// - Parameter keepsOld: Whether a file that is replaced is kept, until ``removeOld()`` or ``withdraw()``.
  func moveIntoPlace(keepsOld: Bool) throws(FileError) {
    guard let source = temporary?.path else { throw FileError(.closed, target, operation: "write") }
    do throws(Errno) {
      if !overwrite {
        position = .placed(isLinked: try !moveExclusively(source))
      } else if keepsOld {
        try exchange(source)
      } else {
        try calls.retrying(try calls.rename(source, to: target))
        position = .placed(isLinked: false)
      }
    } catch {
      throw FileError(error, target, "rename")
    }
  }

  /// Removes the file that was replaced.
  func removeOld() {
    guard case .exchanged(let old) = position else { return }
    guard (try? calls.retrying(try calls.unlink(old))) != nil else { return }
    position = .placed(isLinked: false)
  }

  /// Takes a file that was put in its place away again, and gives back the one that it replaced.
  ///
  /// If the system lets neither be done, both files are left: the new one in its place, the old one under its hidden name.
  func withdraw() {
    switch position {
    case .hidden, .withdrawn: break
    case .placed:
      guard (try? calls.retrying(try calls.unlink(target))) != nil else { return }
      position = .withdrawn
    case .exchanged(let old) where old == temporary?.path:
      guard (try? calls.retrying(try calls.exchange(old, with: target))) != nil else { return }
      position = .hidden
    case .exchanged(let old):
      guard (try? calls.retrying(try calls.rename(old, to: target))) != nil else { return }
      position = .withdrawn
    }
  }

  /// Lets go of the hidden path when a commit has come to its end, and removes what is not needed there.
  func settle(isComplete: Bool) {
    switch position {
    case .hidden, .withdrawn: discard()
    case .placed(isLinked: false): temporary = nil
    case .placed(isLinked: true): removeTemporary()
    // It could not be removed: once more.
    case .exchanged(let old) where isComplete && old == temporary?.path: removeTemporary()
    // The only copy of the user's file stays, whatever its name.
    case .exchanged: temporary = nil
    }
  }

  /// Swaps the new file with what stands at the target, which is then kept under a hidden name.
  private func exchange(_ source: FilePath) throws(Errno) {
    guard let existing = try TargetPlace.status(of: target, calls: calls) else {
      position = .placed(isLinked: try !moveExclusively(source))
      return
    }
    // What has taken the place of a file meanwhile must not end up under a hidden name.
    guard existing.kind == .regular else { throw .isDirectory }
    do {
      try calls.retrying(try calls.exchange(source, with: target))
      position = .exchanged(old: source)
      return
    } catch {
      guard error.isUnsupported else { throw error }
    }
    let old = place.temporaryPath()
    var isLinked = true
    do {
      try calls.retrying(try calls.link(target, to: old))
    } catch {
      guard error == .notPermitted || error.isUnsupported else { throw error }
      // No links either (FAT): for a moment nothing stands at the target.
      try calls.retrying(try calls.rename(target, to: old))
      isLinked = false
    }
    do {
      try calls.retrying(try calls.rename(source, to: target))
      position = .exchanged(old: old)
    } catch {
      // To rename one link of a file to another does nothing.
      if isLinked {
        try? calls.retrying(try calls.unlink(old))
      } else {
        try? calls.retrying(try calls.rename(old, to: target))
      }
      throw error
    }
  }

  /// Renames where nothing is overwritten, by what the file system has for it.
  ///
  /// - Returns: Whether nothing is left at the old name.
  private func moveExclusively(_ source: FilePath) throws(Errno) -> Bool {
    do {
      try calls.retrying(try calls.renameExclusively(source, to: target))
      return true
    } catch {
      guard error.isUnsupported else { throw error }
    }
    do {
      try calls.retrying(try calls.link(source, to: target))
      return false
    } catch {
      guard error == .notPermitted || error.isUnsupported else { throw error }
    }
    // No links either (FAT): look first. A file that appears between the two calls is overwritten.
    if try TargetPlace.status(of: target, calls: calls) != nil { throw .fileExists }
    try calls.retrying(try calls.rename(source, to: target))
    return true
  }
}

/// A folder that is open to be synced.
final class OpenFolder {
  private let descriptor: Descriptor?
  private let target: FilePath

  /// Opens the folder of an output, or nothing if it lets nobody look into it.
  init(of file: AtomicFile) throws(FileError) {
    target = file.target
    let folder = file.place.folder
    do {
      let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
      descriptor = try Descriptor(opening: folder, flags: flags, subject: folder, calls: file.calls)
    } catch  where error == .permissionDenied {
      descriptor = nil
    } catch {
      throw FileError(error, folder, "open")
    }
  }

  /// Brings the entries to the disk.
  ///
  /// - Throws: ``FileError/Code/notDurable``.
  func sync() throws(FileError) {
    do throws(FileError) {
      try descriptor?.sync()
    } catch {
      // Not every file system can sync a folder.
      if error.errno?.isUnsupported == true { return }
      throw FileError(.notDurable, target, operation: "sync the folder", errno: error.errno)
    }
  }
}

extension Errno {
  /// Whether it is what file systems answer to a call that they do not have.
  var isUnsupported: Bool {
    [.notSupported, .notSupportedOnSocket, .noFunction, .invalidArgument].contains(self)
  }
}
