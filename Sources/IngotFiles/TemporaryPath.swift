import Synchronization
import SystemPackage

/// The path of a hidden file that is to become an output, or to be removed.
///
/// All that there are in the process are known here, so that a process which must end at once can remove them.
final class TemporaryPath: Sendable {
  let path: FilePath
  private let number: Int

  private struct Register {
    var paths: [Int: FilePath] = [:]
    var count = 0
    var isClosed = false
  }

  private static let register = Mutex(Register())

  init(_ path: FilePath) {
    self.path = path
    number = Self.register.withLock { register in
      register.count += 1
      register.paths[register.count] = path
      return register.count
    }
  }

  deinit { Self.register.withLock { _ = $0.paths.removeValue(forKey: number) } }

  /// Moves the file, unless all of them have been removed.
  ///
  /// - Parameter move: Does it, and returns whether nothing is left at the old name.
  /// - Returns: What `move` returned.
  func moving(_ move: (FilePath) throws(Errno) -> Bool) throws(Errno) -> Bool {
    // A mutex of the library lends no typed errors.
    let result = Self.register.withLock { register -> Result<Bool, Errno> in
      guard !register.isClosed else { return .failure(.canceled) }
      do throws(Errno) { return .success(try move(path)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// Removes all hidden files of the process, and lets none become an output any more.
  static func removeAll() {
    let calls = PlatformCalls()
    register.withLock { register in
      register.isClosed = true
      for path in register.paths.values { try? calls.retrying(try calls.unlink(path)) }
    }
  }
}

extension AtomicFile {
  /// Removes the hidden files of all outputs of this process, for one that must end at once, in the middle of its work.
  ///
  /// What has been committed stays. No output can be committed after that.
  public static func discardAll() { TemporaryPath.removeAll() }
}
