/// Why a matrix cannot be the second moments of anything.
///
/// Specification: `spec/encodings.md`, clause E40.2.
public struct SecondMomentsError: Error, Sendable, Hashable {
  /// What is wrong with the number.
  public enum Fault: String, Sendable, CaseIterable {
    /// It is NaN or infinite.
    case notFinite
    /// A mean square, on the diagonal, is negative.
    case negative
    /// It differs from the number on the other side of the diagonal.
    case asymmetric
    /// No numbers have such means: some combination of columns would have a negative mean square.
    case indefinite
  }

  /// What is wrong.
  public let fault: Fault
  /// The row of the matrix.
  public let row: Int
  /// The column of the matrix.
  public let column: Int
  /// The number there.
  public let value: Double

  /// Makes an error.
  public init(_ fault: Fault, row: Int, column: Int, value: Double) {
    self.fault = fault
    self.row = row
    self.column = column
    self.value = value
  }
}

extension SecondMomentsError: CustomStringConvertible {
  /// What was found, and what would have been right.
  public var description: String {
    let found = "row \(row), column \(column) is \(value)"
    return switch fault {
    case .notFinite: "\(found), not a finite number"
    case .negative: "\(found), and a mean square is 0 or more"
    case .asymmetric: "\(found), unlike row \(column), column \(row): second moments are symmetric"
    case .indefinite: "\(found), too large or too small beside the rest: no inputs have such moments"
    }
  }
}
