import IngotContainer
import IngotEncodings

extension ConversionError {
  /// Places an encoder's error: which tensor, and which row and column in it.
  ///
  /// - Parameter first: The place in the tensor of the first of the values that were encoded.
  init(_ error: EncodingError, in tensor: PlannedTensor, firstElement first: Int) {
    let name = tensor.sourceName.quoted
    let found =
      "\(name) holds \(error.value.map { "\($0)" } ?? "a value")"
      + Self.place(of: error.index, in: tensor, after: first)
    let encoding = tensor.encoding.name
    switch error.code {
    case .notFinite:
      self.init(
        .notFinite, tensor: tensor.sourceName,
        "\(found), which \(encoding) cannot hold: mend the checkpoint, or keep the tensor with --tensor '<regex>=f32'"
      )
    case .inexact:
      self.init(
        .overflow, tensor: tensor.sourceName,
        "\(found), and \(encoding) holds whole numbers: choose an encoding of floats")
    case .overflow:
      self.init(
        .overflow, tensor: tensor.sourceName,
        "\(found), too large for \(encoding): keep the tensor with --tensor '<regex>=bf16' or '<regex>=f32'")
    case .importance:
      self.init(.importance, tensor: tensor.sourceName, "\(name): \(error)")
    case .noDecoder, .noEncoder:
      self.init(.noCodec, tensor: tensor.sourceName, "\(name): \(error)")
    }
  }

  /// The error for a number that single precision, through which all values go, can only hold as infinity.
  init(overflow value: Double, at index: Int, in tensor: PlannedTensor, firstElement first: Int) {
    self.init(
      .overflow, tensor: tensor.sourceName,
      "\(tensor.sourceName.quoted) holds \(value)\(Self.place(of: index, in: tensor, after: first)), "
        + "too large for \(tensor.encoding.name): keep the tensor with --tensor '<regex>=f64'")
  }

  private static func place(of index: Int?, in tensor: PlannedTensor, after first: Int) -> String {
    guard let index else { return "" }
    let rowLength = max(tensor.dimensions.first ?? 1, 1)
    let (row, column) = (first + index).quotientAndRemainder(dividingBy: rowLength)
    return " at row \(row), column \(column)"
  }
}
