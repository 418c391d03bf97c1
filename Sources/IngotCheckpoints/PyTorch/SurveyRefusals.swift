import IngotEncodings

/// What a survey of a PyTorch file lists as refused: names, each once, and tensors; of many the first, and how many more.
///
/// Specification: `spec/pytorch.md`, clauses P4.2 and P6.7.
struct SurveyRefusals {
  /// The most tensors that are listed.
  static let largestTensorCount = 1000

  private let contents: PyTorchContents
  private var tensors: [CheckpointError] = []
  private var furtherCount = 0

  init(_ contents: PyTorchContents) { self.contents = contents }

  /// Adds a tensor.
  mutating func add(_ tensor: CheckpointError) {
    if tensors.count < Self.largestTensorCount { tensors.append(tensor) } else { furtherCount += 1 }
  }

  /// All names, then all tensors.
  var all: [CheckpointError] {
    var all: [CheckpointError] = []
    for part in contents.parts {
      all += part.arena.unknown.names.map { name in
        let error = name.error
        return part.refuse(
          PickleError(
            error.code, at: error.offset, global: error.global,
            found: name.count == 1 ? error.found : "\(error.found), \(name.count) times",
            expected: error.expected), in: contents.file)
      }
      let more = part.arena.unknown.furtherCount
      if more > 0 {
        all.append(
          CheckpointError(
            .global, contents.file.path, found: "\(more.counted("more name")) that would be imported",
            expected: "none")
        )
      }
    }
    all += tensors
    if furtherCount > 0, let last = tensors.last {
      all.append(
        CheckpointError(
          last.code, contents.file.path, found: furtherCount.counted("more refused tensor"),
          expected: "none"))
    }
    return all
  }
}
