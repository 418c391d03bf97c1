import IngotContainer

/// The quantized weights of a checkpoint, found while it is opened, and what they are made of.
struct FoundWeights {
  /// What the table of tensors says of weights.
  struct Outline {
    let name: String
    let shape: [Int]
    /// The place of the words that say how they are decoded.
    let words: Int32
  }

  private struct Weights {
    /// The name and shape, where they are not those of the codes.
    let own: (name: String, shape: [Int])?
    let words: Int32
  }

  /// How weights are decoded, each way once.
  private(set) var words: [String] = []
  private let table: CheckpointTensors
  /// Which weights belong to the codes at each place, counted from 1; below that whether they are a part of others.
  private var numbers: [Int32]
  private var weights: [Weights] = []
  private static let (none, part) = (Int32(0), Int32(-1))

  /// The most tensors that can be seen.
  var visibleCount: Int { numbers.count { $0 != Self.part } }

  /// Finds them; `nil` where there are none.
  ///
  /// - Throws: ``CheckpointError``, `FileError`.
  init?(in source: QuantizedSource, _ schemes: [any QuantizationScheme]) throws {
    table = source.checkpoint.tensors
    numbers = Array(repeating: Self.none, count: table.count)
    var placesOfWords: [String: Int32] = [:]
    for (place, tensor) in table.enumerated() {
      guard let made = try source.weights(in: tensor, schemes) else { continue }
      for part in made.parts {
        guard let index = table.index(of: part.name), numbers[index] == Self.none else { continue }
        numbers[index] = Self.part
      }
      let wordsPlace = placesOfWords[made.words] ?? Int32(words.count)
      if Int(wordsPlace) == words.count {
        placesOfWords[made.words] = wordsPlace
        words.append(made.words)
      }
      let isAsCodes = made.shape == tensor.shape && ExactName(made.name) == ExactName(tensor.name)
      weights.append(Weights(own: isAsCodes ? nil : (made.name, made.shape), words: wordsPlace))
      // Also of what is a part of others.
      numbers[place] = Int32(weights.count)
    }
    guard !weights.isEmpty else { return nil }
  }

  /// Whether the tensor at a place is only of use to weights.
  func isPart(_ place: Int) -> Bool { numbers[place] == Self.part }

  /// The weights whose codes are at a place.
  func weights(at place: Int) -> Outline? {
    guard numbers[place] > 0 else { return nil }
    let found = weights[Int(numbers[place]) - 1]
    if let (name, shape) = found.own { return Outline(name: name, shape: shape, words: found.words) }
    return Outline(name: table[place].name, shape: table[place].shape, words: found.words)
  }
}
