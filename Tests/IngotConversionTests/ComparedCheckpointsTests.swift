import IngotCheckpoints
import IngotConversion
import IngotTestSupport
import SystemPackage
import Testing

/// The dictionary that is compared: clause P7.3 of `spec/pytorch.md`.
@Suite struct ComparedCheckpointsTests {
  private let training = TestData.path("checkpoints/written/training.pt")
  private let nested = TestData.path("checkpoints/written/nested.pt")
  private let arrays = TestData.path("checkpoints/written/arrays.npz")

  private func refusal(
    _ reference: FilePath, _ other: FilePath, _ dictionary: String? = nil
  ) -> CheckpointError? {
    #expect(throws: CheckpointError.self) {
      try ComparedCheckpoints(reference, other, dictionary: dictionary)
    }
  }

  @Test func aDictionaryIsTakenOfTheFileThatHasIt() throws {
    for (reference, other) in [
      (training, arrays), (arrays, training), (training, nested), (training, training),
    ] {
      let pair = try ComparedCheckpoints(reference, other, dictionary: "model_state")
      for (path, checkpoint) in [(reference, pair.reference), (other, pair.other)] {
        let isChosen = path == training
        let expected = try Checkpoints.open(path, choosing: isChosen ? .named("model_state") : .only)
        #expect(checkpoint.tensors.map(\.name) == expected.tensors.map(\.name))
      }
    }
    let whole = try ComparedCheckpoints(training, arrays, dictionary: ".")
    #expect(whole.reference.tensors.count == 29)
  }

  @Test func aDictionaryThatNeitherHasIsRefused() {
    for (reference, other) in [(training, arrays), (arrays, training)] {
      let error = refusal(reference, other, "foo")
      #expect(error?.code == .stateDictionary && error?.path == training)
      #expect(error?.expected.contains("\"model_state\" (11)") == true)
    }
    // What is said of the file of PyTorch is of more use.
    for (reference, other) in [(nested, arrays), (arrays, nested)] {
      #expect(refusal(reference, other, "foo")?.path == nested)
    }
    #expect(refusal(arrays, arrays, "foo")?.found.hasPrefix("a NumPy file") == true)
  }

  @Test func withoutAChoiceSeveralAreRefused() {
    #expect(refusal(training, arrays)?.code == .stateDictionary)
    #expect(refusal(arrays, training)?.code == .stateDictionary)
  }

  @Test func rowsAreThoseOfTheDictionary() throws {
    let comparison = try RowComparison(
      training, training, tensor: "layers.0.weight", rows: 1..<3, dictionary: "model_state")
    #expect(comparison.rows.map(\.index) == [1, 2] && comparison.rows[0].reference.count == 3)
  }
}
