import IngotEncodings

/// Weights that are stored as codes and what turns them into numbers.
///
/// To add a scheme, add a file with a type that conforms and one of ``QuantizationScheme`` that finds such weights, and its row in
/// ``QuantizationConfiguration``.
///
/// Specification: `spec/quantized.md`, clause Q1.
protocol QuantizedWeights: Sendable {
  /// The values of a row: those that lie next to each other and are never apart in the file.
  var width: Int { get }
  /// What turns codes into numbers, so that two descriptions of one tensor can be compared.
  var meaning: [Int] { get }

  /// Decodes whole rows, or a part of one.
  ///
  /// - Parameters:
  ///   - rows: The rows; one where `columns` is not all of it.
  ///   - columns: The values of each row.
  ///   - values: Receives them, row after row.
  ///   - source: Where the tensors are read.
  /// - Throws: ``CheckpointError`` at the bytes that cannot be; what reading throws.
  func decode(
    rows: Range<Int>, columns: Range<Int>, into values: UnsafeMutableBufferPointer<Float>,
    from source: QuantizedSource) throws
}

/// A tensor of floats that is made of quantized weights as it is read.
///
/// It is a description that is made when it is needed: a checkpoint may have tens of thousands of them.
struct QuantizedTensor: Sendable {
  /// The name of the weights.
  let name: String
  /// The dimensions, slowest first.
  let shape: [Int]
  /// What is done, in words, such as `GPTQ, 4 bits in groups of 128`.
  let words: String
  /// The tensors that it is made of; they are no tensors of their own.
  let parts: [CheckpointTensor]
  /// How the values are made.
  let weights: any QuantizedWeights
}

/// Finds the weights of one scheme among the tensors of a checkpoint.
protocol QuantizationScheme: Sendable {
  /// The weights whose codes a tensor holds; `nil` where it does not hold any.
  ///
  /// - Throws: ``CheckpointError`` about a tensor that does not fit, or is missing.
  func weights(in tensor: CheckpointTensor, of source: QuantizedSource) throws -> QuantizedTensor?

  /// Whether a tensor is of use only when the layers compute with quantized inputs.
  func isLeftOut(_ name: String) -> Bool

  /// Whether a tensor shows that the checkpoint is of such a scheme, so that a note that cannot be read is refused.
  static func isEvidence(_ tensor: CheckpointTensor, among tensors: CheckpointTensors) -> Bool
}

extension QuantizationScheme {
  func isLeftOut(_ name: String) -> Bool { false }
}

/// Rows and columns of a contiguous range of values.
enum RowBlocks {
  /// The most values of a block: with the codes of as many, what a read takes of memory.
  static let elementLimit = 1 << 17

  /// Cuts a range into whole rows and parts of one, each of at most ``elementLimit`` values.
  ///
  /// - Precondition: `width` is above zero where the range is not empty.
  static func forEach(
    of range: Range<Int>, width: Int,
    _ body: (_ rows: Range<Int>, _ columns: Range<Int>, _ offset: Int) throws -> Void
  ) rethrows {
    var element = range.lowerBound
    while element < range.upperBound {
      let (row, column) = element.quotientAndRemainder(dividingBy: width)
      let left = range.upperBound - element
      if column == 0, left >= width, width <= elementLimit {
        let count = min(left, elementLimit) / width
        try body(row..<row + count, 0..<width, element - range.lowerBound)
        element += count * width
      } else {
        let count = min(left, width - column, elementLimit)
        try body(row..<row + 1, column..<column + count, element - range.lowerBound)
        element += count
      }
    }
  }
}
