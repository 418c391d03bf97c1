/// Files that appear complete, all of them, or not at all.
///
/// Each is an ``AtomicFile``, open from the start to the commit: a set needs a descriptor for each.
public final class AtomicFileSet {
  /// The files, in order.
  public let files: [AtomicFile]

  /// Takes files that have been started.
  ///
  /// - Throws: ``FileError/Code/sameFile`` where two would appear at one place, which links can bring about.
  public init(_ files: [AtomicFile]) throws(FileError) {
    var places: Set<TargetPlace.Key> = []
    for file in files where !places.insert(file.place.key).inserted {
      throw FileError(
        .sameFile, file.target, operation: "create", detail: "would be written twice, under two names")
    }
    self.files = files
  }

  /// Brings all bytes of all files to the disk, and then puts the files in their places one by one.
  ///
  /// A file that is replaced is kept under a hidden name until all files are in their places.
  ///
  /// - Throws: What ``AtomicFile/commit()`` throws. If a file cannot be put in its place, those that were are taken away
  ///   again, and what they replaced is given back: a set of new and old files would be worse than none. (A crash between two
  ///   renames can leave some of a set, and old files under hidden names.)
  ///   ``FileError/Code/notDurable`` is thrown when all files stand in their places.
  public func commit() throws(FileError) { try Self.commit(files) }

  /// Removes the hidden files; the targets stay as they are.
  public func discard() {
    for file in files { file.discard() }
  }

  static func commit(_ files: [AtomicFile]) throws(FileError) {
    guard let first = files.first else { return }
    let folders: [OpenFolder]
    do throws(FileError) {
      for file in files { try file.finish() }
      // Opened before the renames, so that as little as possible can fail after them.
      folders = try Self.folders(of: files)
      // One rename is the old file or the new one at any moment: nothing needs to be kept.
      try first.register.committing(first.target) { () throws(FileError) in
        try place(files, keepsOld: files.count > 1)
      }
    } catch {
      for file in files { file.settle(isComplete: false) }
      throw error
    }
    for file in files { file.settle(isComplete: true) }
    for folder in folders { try folder.sync() }
  }

  private static func place(_ files: [AtomicFile], keepsOld: Bool) throws(FileError) {
    do throws(FileError) {
      for file in files { try file.moveIntoPlace(keepsOld: keepsOld) }
    } catch {
      for file in files.reversed() { file.withdraw() }
      throw error
    }
    for file in files { file.removeOld() }
  }

  /// The folders of the files, each once.
  private static func folders(of files: [AtomicFile]) throws(FileError) -> [OpenFolder] {
    var known: Set<FileIdentity> = []
    var folders: [OpenFolder] = []
    for file in files where known.insert(file.place.folderIdentity).inserted {
      folders.append(try OpenFolder(of: file))
    }
    return folders
  }
}
