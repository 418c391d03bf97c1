import IngotCheckpoints
import IngotEncodings
import Synchronization

/// The second moments of the tensors that are being encoded.
///
/// Work comes in the order of the tensors, so only the last matrix is kept; one that some thread still uses lives until
/// that is done. Threads that need the same matrix wait for the first that asked.
final class SecondMomentCache: Sendable {
  private struct Entry {
    let name: String
    let expert: Int
    let moments: SecondMoments
  }

  private let file: SecondMomentFile
  private let last = Mutex<Entry?>(nil)

  init(_ file: SecondMomentFile) { self.file = file }

  /// The moments of a tensor's expert; `nil` if the file has none of this name.
  func moments(named name: String, expert: Int) throws -> SecondMoments? {
    guard let tensor = file[name] else { return nil }
    // Experts may share a matrix.
    let expert = tensor.shape.count == 3 ? expert : 0
    return try last.withLock { last in
      if let last, last.name == name, last.expert == expert { return last.moments }
      last = nil
      let moments = try file.read(tensor, expert: expert)
      last = Entry(name: name, expert: expert, moments: moments)
      return moments
    }
  }
}
