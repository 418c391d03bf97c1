/// What error feedback did to the error that matters, the sum of eᵀHe over rows.
///
/// Specification: `spec/encodings.md`, clause E40.5.
public struct FeedbackMeasure: Sendable, Hashable {
  /// The rows that were encoded.
  public var rows = 0
  /// The rows that were kept with feedback, since that lowers their error.
  public var compensatedRows = 0
  /// The error of all rows as they are without feedback.
  public var plainError = 0.0
  /// The error of all rows as they were kept.
  public var error = 0.0

  /// The share of the error that feedback takes away, from 0 to 1; 0 if there is none.
  public var reduction: Double { plainError > 0 ? 1 - error / plainError : 0 }

  /// Makes the measure of no rows.
  public init() {}

  /// Adds the rows of another measure.
  public mutating func add(_ other: FeedbackMeasure) {
    rows += other.rows
    compensatedRows += other.compensatedRows
    plainError += other.plainError
    error += other.error
  }
}
