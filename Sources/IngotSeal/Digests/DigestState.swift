#if Signatures
  import Crypto
#endif

/// A digest as it is computed, over a tag that says what is digested and then bytes.
struct DigestState {
  /// What is digested: no digest of one kind can stand for one of another.
  enum Tag: UInt8 {
    case chunk = 0
    case root = 1
    case skeleton = 2
    case index = 3
    case set = 4
  }

  private enum Kind {
    case crc32(UInt32)
    #if Signatures
      case sha256(SHA256)
    #endif
  }

  private var kind: Kind

  /// Starts a digest.
  ///
  /// - Precondition: the digest is available.
  init(_ digest: SealDigest, _ tag: Tag, _ numbers: UInt64...) {
    precondition(digest.isAvailable, "\(digest.title) needs the trait Signatures")
    #if Signatures
      kind = digest == .crc32 ? .crc32(0) : .sha256(SHA256())
    #else
      kind = .crc32(0)
    #endif
    update([tag.rawValue])
    for number in numbers { update(number) }
  }

  /// Adds bytes.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    switch kind {
    case .crc32(let checksum): kind = .crc32(Checksum.of(bytes, after: checksum))
    #if Signatures
      case .sha256(var state):
        state.update(bufferPointer: bytes)
        kind = .sha256(state)
    #endif
    }
  }

  mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  mutating func update(_ number: UInt64) { withUnsafeBytes(of: number.littleEndian) { update($0) } }

  /// The digest.
  consuming func finish() -> [UInt8] {
    switch kind {
    case .crc32(let checksum):
      var bytes: [UInt8] = []
      bytes.append(number: checksum)
      return bytes
    #if Signatures
      case .sha256(let state): return Array(state.finalize())
    #endif
    }
  }
}
