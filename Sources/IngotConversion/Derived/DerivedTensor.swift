import IngotCheckpoints
import IngotEncodings

/// A tensor that a family makes of tensors of a checkpoint.
///
/// It is a description: values are made when they are read, a stretch at a time, whatever the size of the tensor.
struct DerivedTensor: Sendable {
  /// Where the values come from.
  enum Origin: Sendable {
    /// Rows of the sources, which have one element type and rows of one length.
    case rows([CheckpointTensor], RowOrder)
    /// All rows of tensors of one shape and type, one tensor after the other.
    case stacked(StackedTensors)
    /// Values of the sources, as if each were a row.
    case elements([CheckpointTensor], RowOrder)
    /// Rows of the source whose last two dimensions are in the other order; of several sources, their values in turn.
    case transposed([CheckpointTensor], RowOrder)
    /// Rows of zeros, then the source.
    case padded(CheckpointTensor, rows: Int)
    /// Each value and a number, as single-precision floats.
    case sum(CheckpointTensor, Float)
    /// Each value as a code of −1, 0 or 1 times the mean magnitude of all values.
    case ternary(CheckpointTensor, MeanMagnitude)
    /// Codes of 4 bits with their scales, as blocks of MXFP4; the order is that of the rows of both.
    case mxfp4(codes: CheckpointTensor, scales: CheckpointTensor, RowOrder)
    /// Numbers that follow from the configuration.
    case values([Float])
  }

  /// What reports and rules call it: the name of its source, or a pattern of the names of several.
  let label: String
  /// The name in the output.
  let name: String
  /// The dimensions, slowest first.
  let shape: [Int]
  /// The element type of what is read.
  let type: ElementType
  /// Where the values come from.
  let origin: Origin
  /// What becomes of the source on the way, in words; `nil` where nothing does.
  let change: String?

  /// The number of values that are read and moved together: a row, or one.
  var rowLength: Int {
    if case .elements = origin { return 1 }
    return shape.count > 1 ? shape[shape.count - 1] : 1
  }

  /// The tensors that it is made of.
  var sources: any RandomAccessCollection<CheckpointTensor> {
    switch origin {
    case .rows(let sources, _), .elements(let sources, _), .transposed(let sources, _): sources
    case .stacked(let sources): sources
    case .padded(let source, _), .sum(let source, _), .ternary(let source, _): [source]
    case .mxfp4(let codes, let scales, _): [codes, scales]
    case .values: []
    }
  }
}
