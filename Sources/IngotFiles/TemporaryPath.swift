import Synchronization
import SystemPackage

/// The path of a hidden file that is to become an output, or to be removed.
final class TemporaryPath: Sendable {
  let path: FilePath
  private let number: Int
  private let register: TemporaryRegister

  init(_ path: FilePath, in register: TemporaryRegister) {
    self.path = path
    self.register = register
    number = register.add(path)
  }

  deinit { register.remove(number) }
}

/// All hidden files of a process, so that one that must end at once can remove them.
package final class TemporaryRegister: Sendable {
  /// The one of the process; tests have their own.
  package static let shared = TemporaryRegister()

  private struct State {
    var paths: [Int: FilePath] = [:]
    var count = 0
    var isClosed = false
    var hasCommitted = false
  }

  private let state = Mutex(State())

  package init() {}

  fileprivate func add(_ path: FilePath) -> Int {
    state.withLock { state in
      state.count += 1
      state.paths[state.count] = path
      return state.count
    }
  }

  fileprivate func remove(_ number: Int) { state.withLock { _ = $0.paths.removeValue(forKey: number) } }

  /// Puts outputs in their places, unless all hidden files have been removed; whoever wants to remove them waits meanwhile.
  ///
  /// - Parameters:
  ///   - target: One of the outputs, for the error.
  ///   - body: Does it, for all or none of the outputs. It must not touch the register.
  /// - Throws: ``FileError/Code/closed`` if they have been removed, and what `body` throws.
  func committing(_ target: FilePath, _ body: () throws(FileError) -> Void) throws(FileError) {
    // A mutex of the library lends no typed errors.
    let result = state.withLock { state -> Result<Void, FileError> in
      guard !state.isClosed else {
        return .failure(FileError(.closed, target, operation: "rename", errno: .canceled))
      }
      do throws(FileError) {
        try body()
        state.hasCommitted = true
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  /// Removes all hidden files, and lets none become an output any more; waits for a commit that is under way.
  ///
  /// - Returns: Whether no output has been committed before.
  package func removeAll() -> Bool {
    let calls = PlatformCalls()
    return state.withLock { state in
      guard !state.hasCommitted || !state.paths.isEmpty else { return false }
      state.isClosed = true
      for path in state.paths.values { try? calls.retrying(try calls.unlink(path)) }
      return !state.hasCommitted
    }
  }
}

extension AtomicFile {
  /// Removes the hidden files of all outputs of this process, for one that must end at once, in the middle of its work.
  ///
  /// What has been committed stays; a commit that is under way comes to its end first, whole or withdrawn. No output can be
  /// committed after that.
  ///
  /// - Returns: Whether nothing has been committed; the process may then end, and say that nothing was written.
  @discardableResult
  public static func discardAll() -> Bool { TemporaryRegister.shared.removeAll() }
}
