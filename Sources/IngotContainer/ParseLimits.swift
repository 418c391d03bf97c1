/// How much a reader accepts from a file before it refuses with `LIMIT`, whatever the bytes promise.
///
/// The defaults and their reasons are in `spec/limits.md`. A caller may lower any of them; raising them gives
/// hostile files more memory and time.
public struct ParseLimits: Sendable, Hashable {
  /// The longest metadata key, in bytes.
  public var keyByteCount = 65_535
  /// The longest tensor name, in bytes.
  public var nameByteCount = 65_535
  /// The longest string value or array element, in bytes.
  public var stringByteCount = 16 << 20
  /// The most elements of one array.
  public var arrayCount = 64 << 20
  /// The most levels of arrays, where an array of numbers is one level; above 64 it counts as 64.
  public var arrayNesting = 4
  /// The most metadata keys.
  public var keyCount = 100_000
  /// The most tensors; above 2^30 − 1 it counts as that.
  public var tensorCount = 1_000_000
  /// The most bytes that all metadata may take in the file.
  public var metadataByteCount = 256 << 20
  /// The largest alignment of tensor data, in bytes; beyond it the code is `ALIGN`.
  public var alignment = 1 << 20

  /// The defaults of `spec/limits.md`.
  public static let `default` = ParseLimits()

  /// Makes the default limits, to be changed.
  public init() {}
}

extension ParseLimits {
  /// `arrayNesting`, capped so that code which descends into arrays cannot exhaust the stack.
  var effectiveNesting: Int { min(arrayNesting, 64) }

  /// `tensorCount`, capped to what a table of names can hold.
  package var effectiveTensorCount: Int { min(tensorCount, NameTable.largestCount) }
}
