import IngotEncodings

#if Signatures
  import Crypto
#endif

/// A private Ed25519 key, by which seals are signed.
public struct SigningKey: Sendable {
  /// The public key that belongs to it.
  public let verifyingKey: VerifyingKey

  private let seed: [UInt8]

  /// Makes a new key from the system's random numbers.
  ///
  /// - Throws: ``SealError/Code/key`` in a build without the trait `Signatures`.
  public init() throws(SealError) {
    #if Signatures
      try self.init(seed: Array(Curve25519.Signing.PrivateKey().rawRepresentation))
    #else
      try self.init(seed: [])
    #endif
  }

  /// Makes the key of a seed.
  ///
  /// - Parameter seed: 32 bytes that nobody else knows.
  /// - Throws: ``SealError/Code/key``.
  public init(seed: [UInt8]) throws(SealError) {
    #if Signatures
      guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
        throw SealError(.key, .file, found: seed.count.counted("byte"), expected: "a seed of 32 bytes")
      }
      self.seed = seed
      verifyingKey = try VerifyingKey(bytes: Array(key.publicKey.rawRepresentation))
    #else
      throw SealError(.key, .file, found: "a key", expected: "a build with the trait Signatures")
    #endif
  }

  /// Reads a key in PEM, as `openssl genpkey -algorithm ed25519` writes it.
  ///
  /// - Throws: ``SealError/Code/key``.
  public init(pem text: String) throws(SealError) {
    try self.init(seed: try PEM.key(.privateKey, in: text))
  }

  /// The key in PEM; who reads it can sign.
  public var pem: String { PEM.text(.privateKey, seed) }

  func signature(of statement: SealStatement) throws(SealError) -> [UInt8] {
    #if Signatures
      let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
      if let signature = try? key?.signature(for: PreAuthentication.message(statement)) {
        return Array(signature)
      }
    #endif
    throw SealError(.key, .file, found: "a key that does not sign", expected: "an Ed25519 key")
  }
}
