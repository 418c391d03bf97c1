import IngotEncodings

/// The dimensions that a tensor of any shape gets in the container, which has at most four, fastest first.
///
/// Specification: `spec/metadata.md`, clause M3.
enum GenericShape {
  /// The most dimensions that a container holds.
  static let mostDimensions = 4

  /// The container's dimensions for a shape: reversed, no dimension becomes `[1]`, and what goes beyond four is
  /// folded into the slowest one.
  ///
  /// - Parameter parts: the numbers that make up one value, 2 for complex values; they become the fastest dimension.
  /// - Returns: `nil` where the folded dimension overflows.
  static func dimensions(_ shape: [Int], parts: Int = 1) -> [Int]? {
    var dimensions = Array((parts == 1 ? shape : shape + [parts]).reversed())
    if dimensions.isEmpty { return [1] }
    guard dimensions.count > mostDimensions else { return dimensions }
    let folded = dimensions[(mostDimensions - 1)...]
    guard let slowest = Checked.product(of: folded) else { return nil }
    dimensions.replaceSubrange((mostDimensions - 1)..., with: [slowest])
    return dimensions
  }
}
