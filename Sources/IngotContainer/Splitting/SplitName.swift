/// The name of one file of a split set, such as `model-00001-of-00003.gguf`.
///
/// Specification: `spec/container.md`, clause C23.
public struct SplitName: Sendable, Hashable {
  /// The name of the set, with the folders before it, if any.
  public let prefix: String
  /// The place of the file in the set, from 0; the name counts from 1.
  public let index: Int
  /// The number of files in the set.
  public let count: Int

  /// Names a file of a set.
  ///
  /// - Precondition: `index` is at least 0 and less than `count`.
  public init(prefix: String, index: Int, count: Int) {
    precondition(index >= 0 && index < count, "no such file in the set")
    self.prefix = prefix
    self.index = index
    self.count = count
  }

  /// Takes a file name apart; `nil` where it is not that of a file of a split set.
  public init?(_ fileName: String) {
    // Exactly what `fileName` would give, so a name and its parts determine each other.
    let suffix = ".gguf"
    guard fileName.hasSuffix(suffix) else { return nil }
    let parts = fileName.dropLast(suffix.count).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[parts.count - 2] == "of",
      let number = Int(parts[parts.count - 3]), let count = Int(parts[parts.count - 1]),
      number >= 1, number <= count
    else { return nil }
    let prefix = parts.dropLast(3).joined(separator: "-")
    guard !prefix.isEmpty else { return nil }
    self.init(prefix: prefix, index: number - 1, count: count)
    guard self.fileName.hasSameBytes(as: fileName) else { return nil }
  }

  /// The name of the file: both numbers have at least five digits.
  public var fileName: String { "\(prefix)-\((index + 1).fiveDigits)-of-\(count.fiveDigits).gguf" }

  /// The names of all files of the set, in order.
  public var siblings: some RandomAccessCollection<SplitName> {
    (0..<count).lazy.map { SplitName(prefix: prefix, index: $0, count: count) }
  }
}

extension Int {
  fileprivate var fiveDigits: String {
    let digits = String(self)
    return String(repeating: "0", count: Swift.max(0, 5 - digits.count)) + digits
  }
}
