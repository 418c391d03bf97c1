/// How much work an encoder puts into a smaller error.
///
/// The bytes a block, and the decoder, are the same for all. An encoding that stores each value by itself, such as
/// F16, has one encoder for all efforts.
///
/// Specification: `spec/encodings.md`, clause E39.
public enum Effort: String, Sendable, Hashable, CaseIterable {
  /// The reference encoder of `spec/encodings.md`: the same bytes from every implementation and every release.
  case fast
  /// A better choice of scales and codes, at a cost that a conversion hardly notices.
  case balanced
  /// The smallest error that this release knows how to reach.
  case best
}
