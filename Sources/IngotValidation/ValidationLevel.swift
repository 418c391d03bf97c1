/// How much of a file is judged; each level includes those before it.
public enum ValidationLevel: String, Sendable, Hashable, CaseIterable, Comparable, Codable {
  /// The header alone: no data is read.
  case structure
  /// Every block of data as well, and the padding.
  case data
  /// Metadata and tensors against what the model's architecture calls for as well.
  case model

  /// Lower levels judge less.
  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .structure: 0
    case .data: 1
    case .model: 2
    }
  }
}
