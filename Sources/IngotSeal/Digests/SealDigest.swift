/// What tells whether bytes are those that were sealed; the raw value is the id in the seal.
///
/// CRC-32 finds damage. SHA-256 says that the bytes match their seal: whoever can change both can change them together,
/// and only a signature stops that.
///
/// Specification: `spec/seal.md`, clause L8.
public enum SealDigest: UInt32, Sendable, Hashable, CaseIterable {
  /// CRC-32, as in zlib: 4 bytes.
  case crc32 = 1
  /// SHA-256: 32 bytes.
  case sha256 = 2

  /// The bytes of a digest.
  public var byteCount: Int {
    switch self {
    case .crc32: 4
    case .sha256: 32
    }
  }

  /// The name as the command takes it.
  public var name: String { "\(self)" }

  /// The name as people write it.
  public var title: String {
    switch self {
    case .crc32: "CRC-32"
    case .sha256: "SHA-256"
    }
  }

  /// Whether this build can compute it: SHA-256 needs the package trait `Signatures`.
  public var isAvailable: Bool {
    #if Signatures
      true
    #else
      self == .crc32
    #endif
  }
}
