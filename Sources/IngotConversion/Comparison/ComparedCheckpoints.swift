import IngotCheckpoints
import SystemPackage

/// The two checkpoints of a comparison, opened as they are compared.
public struct ComparedCheckpoints: Sendable {
  /// What the other one is held against: a folder as its family sees it, where the other is a model of that family.
  public let reference: any Checkpoint
  /// What is held against the reference.
  public let other: any Checkpoint

  /// Opens both.
  ///
  /// - Parameters:
  ///   - reference: The path of the reference.
  ///   - other: The path of what is held against it.
  ///   - dictionary: The keys of a dictionary in a PyTorch file, joined by points, or `.` for all: taken of each of the
  ///     two that has it. One that has none of this name is opened as without a choice.
  /// - Throws: `CheckpointError` `STATE_DICT` where neither has that dictionary, or one has several others; the errors of
  ///   opening either.
  public init(_ reference: FilePath, _ other: FilePath, dictionary: String? = nil) throws {
    var choice = Choice(dictionary)
    let second = try choice.open { try Checkpoints.open(other, choosing: $0) }
    self.reference = try choice.open { try FamilyModel.reference(at: reference, for: second, choosing: $0) }
    self.other = second
    try choice.check()
  }

  /// A dictionary that at least one of several files has to have.
  private struct Choice {
    private let dictionary: String?
    private var isTaken = false
    /// Why the files that were opened without it do not have it, those of PyTorch first.
    private var refusals: [CheckpointError] = []

    init(_ dictionary: String?) { self.dictionary = dictionary }

    mutating func open(
      _ open: (StateDictionaryChoice) throws -> any Checkpoint
    ) throws -> any Checkpoint {
      guard let dictionary else { return try open(.only) }
      do {
        let checkpoint = try open(.named(dictionary))
        isTaken = true
        return checkpoint
      } catch let error as CheckpointError where error.code == .stateDictionary {
        let checkpoint: any Checkpoint
        do {
          checkpoint = try open(.only)
        } catch let other as CheckpointError where other.code == .stateDictionary {
          // It has several others, which the first error lists.
          throw error
        }
        refusals.insert(error, at: checkpoint.format == .pytorch ? 0 : refusals.endIndex)
        return checkpoint
      }
    }

    /// Checks that the choice was one.
    func check() throws {
      if !isTaken, let refusal = refusals.first { throw refusal }
    }
  }
}
