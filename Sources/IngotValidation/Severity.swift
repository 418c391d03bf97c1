/// How bad a finding is.
public enum Severity: String, Sendable, Hashable, CaseIterable, Comparable, Codable {
  /// Worth knowing; nothing is wrong.
  case note
  /// Accepted by the format, and likely to trouble some reader or user.
  case warning
  /// The file breaks the format, or does not hold what it says.
  case error

  /// Notes are below warnings, warnings below errors.
  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .note: 0
    case .warning: 1
    case .error: 2
    }
  }
}
