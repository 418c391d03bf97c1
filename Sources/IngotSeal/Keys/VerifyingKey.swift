import IngotEncodings

#if Signatures
  import Crypto
#endif

/// A public Ed25519 key, by which signatures are checked.
///
/// Points of small order and in other than canonical form are refused when the key is made: with some of them a
/// signature is good for any message.
public struct VerifyingKey: Sendable, Hashable {
  /// The 32 bytes of the key.
  public let bytes: [UInt8]
  /// The SHA-256 of ``bytes``, by which seals name the key.
  public let id: [UInt8]

  /// Makes a key from its 32 bytes.
  ///
  /// - Throws: ``SealError/Code/key``, also in a build without the trait `Signatures`.
  public init(bytes: [UInt8]) throws(SealError) {
    if let fault = EdwardsPoint.fault(bytes) {
      throw SealError(.key, .file, found: fault, expected: "a public Ed25519 key")
    }
    #if Signatures
      self.bytes = bytes
      id = Array(SHA256.hash(data: bytes))
    #else
      throw SealError(.key, .file, found: "a key", expected: "a build with the trait Signatures")
    #endif
  }

  /// Reads a key in PEM, as `openssl pkey -pubout` writes it.
  ///
  /// - Throws: ``SealError/Code/key``.
  public init(pem text: String) throws(SealError) {
    try self.init(bytes: try PEM.key(.publicKey, in: text))
  }

  /// The key in PEM.
  public var pem: String { PEM.text(.publicKey, bytes) }

  /// Checks a signature over a statement.
  ///
  /// - Throws: `SIGNATURE`.
  func check(_ signature: [UInt8], of statement: SealStatement) throws(SealError) {
    try check(signature, of: PreAuthentication.message(statement))
  }

  func check(_ signature: [UInt8], of message: [UInt8]) throws(SealError) {
    guard signature.count == SealFormat.signatureByteCount else {
      throw SealError(
        .signature, found: signature.count.counted("byte"), expected: "a signature of 64 bytes")
    }
    if let fault = EdwardsPoint.fault(signature[..<32]) {
      throw SealError(.signature, found: "a signature with \(fault)", expected: "another point")
    }
    guard EdwardsPoint.isScalar(signature[32...]) else {
      throw SealError(
        .signature, found: "a signature whose S is too large", expected: "S below the order of the group")
    }
    #if Signatures
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
      if let key, key.isValidSignature(signature, for: message) { return }
    #endif
    throw SealError(
      .signature, found: "a signature of something else", expected: "one of this statement by this key")
  }
}
