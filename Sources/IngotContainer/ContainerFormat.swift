/// The constants of the format.
///
/// Specification: `spec/container.md`.
public enum ContainerFormat {
  /// The first four bytes of a file.
  public static let magic: [UInt8] = Array("GGUF".utf8)
  /// The version that the writer gives.
  public static let version: UInt32 = 3
  /// The versions that the reader accepts; their layouts are the same.
  public static let readableVersions: ClosedRange<UInt32> = 2...3
  /// The alignment of a file that states none.
  public static let defaultAlignment = 32
  /// The key that states the alignment.
  public static let alignmentKey = "general.alignment"
  /// The most dimensions of a tensor.
  public static let maximumDimensionCount = 4
  /// The longest tensor name that the writer accepts, in bytes: common readers keep names in 64 bytes with a
  /// NUL at the end.
  public static let maximumWrittenNameByteCount = 63

  /// The bytes before the first metadata entry: magic, version, two counts.
  static let preambleByteCount = 24
  /// The smallest metadata entry: length and one byte of key, type, one byte of value.
  static let smallestEntryByteCount = 14
  /// The smallest tensor entry: length and one byte of name, number of dimensions, encoding, offset.
  static let smallestTensorByteCount = 25
}
