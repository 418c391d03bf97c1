/// Where the elements 0, 64, 128, … of an array start, in bytes after the first.
enum ElementMarks: Sendable {
  /// As a walk found them.
  case walked([Int])
  /// As an index has them, whose memory is shared.
  case indexed([UInt32])

  /// The number of marks.
  var count: Int {
    switch self {
    case .walked(let marks): marks.count
    case .indexed(let marks): marks.count
    }
  }

  /// The mark of the elements from 64 times `position` on.
  ///
  /// - Precondition: `position` is less than ``count``.
  subscript(position: Int) -> Int {
    switch self {
    case .walked(let marks): marks[position]
    case .indexed(let marks): Int(marks[position])
    }
  }

  /// All of them.
  var all: [Int] {
    switch self {
    case .walked(let marks): marks
    case .indexed(let marks): marks.map { Int($0) }
    }
  }
}
