import IngotContainer
import IngotSeal

/// A container file that is judged: what is known of it.
package struct JudgedContainer: Sendable {
  /// The size of the file.
  package let byteCount: UInt64
  /// What was read of the header.
  package let examination: HeaderExamination
  /// Whether the file reaches the end of its last tensor, and that is where the body ends but for padding.
  package let isBodyEndKnown: Bool
  /// Whether the layout can be relied on: the header was read to its end, without an error about where data is.
  package let isLayoutSound: Bool
  /// Why the bytes after the body are not its seal; `nil` where they are, or there are none.
  package var sealFault: SealError?
}

/// A rule that is judged over what was read of a header, beside those of the reader.
protocol ContainerHeaderRule: Sendable {
  /// The rule.
  static var rule: Rule { get }
  /// Reports where a file breaks the rule.
  static func check(_ file: JudgedContainer, _ report: (Finding) -> Void)
}

/// The rules that a reader does not insist on: one file each.
enum ContainerRules {
  static let all: [any ContainerHeaderRule.Type] = [
    OldVersion.self, KeyStyle.self, SmallAlignment.self, LongName.self, NoDimensions.self,
    MissingPadding.self, TrailingBytes.self, KeyKinds.self, KeyWidths.self,
  ]

  /// The rules about a whole set.
  static let ofSets = [SplitJudge.split, SplitJudge.duplicate]
}
