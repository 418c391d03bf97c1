import IngotContainer
import IngotEncodings

/// How much the error of each column of a model's tensors matters: the mean square of what the model, run on some text,
/// multiplied that column with.
///
/// Encoders weight the squared error of a value with the weight of its column. All weights are in memory.
///
/// Specification: `spec/importance.md`.
public struct ImportanceMatrix: Sendable {
  /// The texts that the model was run on, as far as the file says.
  public let datasets: [String]
  /// How many pieces of text the model was run on, if the file says.
  public let chunkCount: Int?
  /// How many tokens such a piece had, if the file says.
  public let chunkSize: Int?
  /// The weights of each tensor, in the order of the file.
  public let entries: [Entry]
  /// Experts that were never used, whose columns therefore count alike.
  public let warnings: [CheckpointWarning]

  private let positions: [ExactName: Int]

  /// Makes a matrix of entries whose names differ.
  init(
    datasets: [String], chunkCount: Int?, chunkSize: Int?, entries: [Entry],
    warnings: [CheckpointWarning] = []
  ) {
    self.datasets = datasets
    self.chunkCount = chunkCount
    self.chunkSize = chunkSize
    self.entries = entries
    self.warnings = warnings
    positions = Dictionary(
      entries.enumerated().map { (ExactName($0.element.name), $0.offset) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Makes a matrix from weights that are at hand.
  ///
  /// - Precondition: the names differ.
  public init(_ entries: [Entry]) {
    self.init(datasets: [], chunkCount: nil, chunkSize: nil, entries: entries)
    precondition(positions.count == entries.count, "a tensor has two entries")
  }

  /// The weights for the tensor of this name, compared byte by byte.
  ///
  /// - Complexity: O(1).
  public subscript(name: String) -> Entry? { positions[ExactName(name)].map { entries[$0] } }
}

extension ImportanceMatrix {
  /// The weights of one tensor: one for each column, or of a tensor that holds experts one for each column of each.
  ///
  /// A tensor of three dimensions and more is cut at its third, the experts of a mixture: all rows of an expert have the
  /// same weights.
  public struct Entry: Sendable, Hashable {
    /// The name of the tensor.
    public let name: String
    /// The weights, expert by expert: finite and not negative.
    public let weights: [Float]
    /// The number of experts, if the file says.
    public let expertCount: Int?

    /// Makes an entry.
    ///
    /// - Precondition: the weights are finite, not negative, and as many for each expert.
    public init(name: String, weights: [Float], expertCount: Int? = nil) {
      precondition(weights.allSatisfy { $0 >= 0 && $0.isFinite }, "a weight is negative or not finite")
      precondition(
        expertCount.map { $0 > 0 && weights.count.isMultiple(of: $0) } ?? true, "experts have as many weights"
      )
      self.init(checked: name, weights, expertCount: expertCount)
    }

    init(checked name: String, _ weights: [Float], expertCount: Int?) {
      self.name = name
      self.weights = weights
      self.expertCount = expertCount
    }

    /// Whether there is a weight for each column of each expert of a tensor, and no more.
    ///
    /// - Parameter dimensions: Those of the tensor, fastest first.
    public func fits(dimensions: [Int]) -> Bool {
      guard let experts = Checked.product(of: dimensions.dropFirst(2)), experts > 0,
        let columns = dimensions.first, columns > 0
      else { return false }
      return Checked.product(columns, experts) == weights.count && expertCount ?? experts == experts
    }

    /// The weights of the columns of a row.
    ///
    /// - Parameters:
    ///   - row: The position of the row in the tensor.
    ///   - dimensions: Those of the tensor, fastest first.
    /// - Precondition: ``fits(dimensions:)``, and the tensor has the row.
    public func weights(ofRow row: Int, dimensions: [Int]) -> ArraySlice<Float> {
      let start = row / Self.rowsPerExpert(dimensions) * dimensions[0]
      return weights[start..<(start + dimensions[0])]
    }

    /// Sets each value of the buffer to the weight of the element that stands at its place in a stretch of the tensor.
    ///
    /// - Parameters:
    ///   - elements: The stretch, which may begin and end within rows; as long as the buffer.
    ///   - dimensions: Those of the tensor, fastest first.
    /// - Precondition: ``fits(dimensions:)``, and the tensor has the elements.
    package func fill(
      _ buffer: UnsafeMutableBufferPointer<Float>, elements: Range<Int>, dimensions: [Int]
    ) {
      precondition(buffer.count == elements.count, "the buffer and the stretch differ in length")
      let columns = dimensions[0]
      var position = elements.lowerBound
      while position < elements.upperBound {
        let (row, column) = position.quotientAndRemainder(dividingBy: columns)
        let count = min(columns - column, elements.upperBound - position)
        let weights = weights(ofRow: row, dimensions: dimensions)
        _ = buffer[(position - elements.lowerBound)...].update(
          fromContentsOf: weights.dropFirst(column).prefix(count))
        position += count
      }
    }

    private static func rowsPerExpert(_ dimensions: [Int]) -> Int {
      dimensions.count > 1 ? max(dimensions[1], 1) : 1
    }
  }
}
