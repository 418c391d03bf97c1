/// Files that appear complete, all of them, or not at all.
///
/// Each is an ``AtomicFile``, open from the start to the commit: a set needs a descriptor for each.
public final class AtomicFileSet {
  /// The files, in order.
  public let files: [AtomicFile]

  /// Takes files that have been started.
  public init(_ files: [AtomicFile]) { self.files = files }

  /// Brings all bytes of all files to the disk, and then puts the files in their places one by one.
  ///
  /// - Throws: What ``AtomicFile/commit()`` throws. If a file cannot be put in its place, those that were are taken away
  ///   again: a set of new and old files would be worse than none. (A crash between two renames can leave some of a set.)
  ///   ``FileError/Code/notDurable`` is thrown when all files stand in their places.
  public func commit() throws(FileError) {
    var notDurable: FileError?
    var placed: [AtomicFile] = []
    do throws(FileError) {
      for file in files { try file.finish() }
      for file in files {
        do throws(FileError) {
          try file.place()
        } catch  where error.code == .notDurable {
          notDurable = error
        }
        placed.append(file)
      }
    } catch {
      discard()
      for file in placed { file.withdraw() }
      throw error
    }
    if let notDurable { throw notDurable }
  }

  /// Removes the hidden files; the targets stay as they are.
  public func discard() {
    for file in files { file.discard() }
  }
}
