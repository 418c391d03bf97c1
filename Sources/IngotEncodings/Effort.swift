/// How much work an encoder puts into a smaller error.
///
/// The bytes a block, and the decoder, are the same for all. In this release every effort gives the reference
/// encoding: the better encoders that `balanced` and `best` stand for do not exist yet.
public enum Effort: String, Sendable, Hashable, CaseIterable {
  /// The reference encoder of `spec/encodings.md`: the same bytes from every implementation and every release.
  case fast
  /// A better choice of scales, at a cost that a conversion hardly notices.
  case balanced
  /// The smallest error that this release knows how to reach.
  case best
}
