/// The constants of the format.
///
/// Specification: `spec/seal.md`.
public enum SealFormat {
  /// The version that is written, and the only one that is read.
  public static let version: UInt32 = 1
  /// The bytes of the table header, and of the footer: 64 each.
  public static let frameByteCount = 64
  /// The chunk sizes that a seal may have, in bytes: powers of two from 64 KiB to 64 MiB.
  public static let chunkByteCounts = 64 << 10...64 << 20
  /// The chunk size unless another is asked for: 1 MiB.
  public static let defaultChunkByteCount = 1 << 20
  /// The bytes of a metadata array, without element type and count, from which on it is indexed.
  public static let smallestIndexedByteCount = 4096
  /// The elements of an array of strings between two marks of the index.
  public static let markStride = 64
  /// The most bytes of a release name.
  public static let nameByteCount = 1024
  /// The most bytes of a seal, which is held in memory: 256 MiB.
  public static let sealByteCount: UInt64 = 256 << 20
  /// The end of the name of the file that holds a detached seal.
  public static let detachedExtension = "seal"

  static let tableMagic = Array("INGTTABL".utf8)
  static let footerMagic = Array("INGTSEAL".utf8)
  /// The flag of a seal that stands in a file of its own.
  static let detachedFlag: UInt32 = 1
  static let payloadType = "application/vnd.ingot.seal.v1"
  static let setIDByteCount = 32
  static let keyIDByteCount = 32
  static let signatureByteCount = 64

  /// Whether a seal may have chunks of `byteCount` bytes.
  static func isChunkByteCount(_ byteCount: UInt64) -> Bool {
    byteCount >= UInt64(chunkByteCounts.lowerBound) && byteCount <= UInt64(chunkByteCounts.upperBound)
      && byteCount.nonzeroBitCount == 1
  }
}
