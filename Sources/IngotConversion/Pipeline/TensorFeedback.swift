import IngotEncodings

/// What error feedback did for a tensor.
///
/// Specification: `spec/encodings.md`, clause E40.5.
public struct TensorFeedback: Sendable, Hashable {
  /// The tensor's name in the checkpoint.
  public let name: String
  /// Its encoding.
  public let encoding: Encoding
  /// The errors with and without feedback.
  public var measure = FeedbackMeasure()
}
