import IngotSeal
import SystemPackage

/// A file that was sealed.
public struct SealedFile: Sendable {
  /// The file, or for a copy the copy.
  public let path: FilePath
  /// The file that holds the seal: the same, unless the seal is detached.
  public let sealPath: FilePath
  /// The bytes of the file that holds the seal.
  public let byteCount: UInt64
  /// The seal.
  public let seal: Seal
}

/// A file whose seal was cut off.
public struct UnsealedFile: Sendable {
  /// The file.
  public let path: FilePath
  /// Its bytes now.
  public let byteCount: UInt64
  /// The bytes that were cut off.
  public let removedByteCount: UInt64
  /// Whether the seal was what a crash while sealing had left.
  public let wasUnfinished: Bool
}
