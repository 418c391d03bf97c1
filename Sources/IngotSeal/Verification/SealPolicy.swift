/// What a caller asks of a seal.
public struct SealPolicy: Sendable, Hashable {
  /// How much a seal must be able to show.
  public enum Level: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// Nothing: a file without a seal will do.
    case none
    /// A seal of any digest: the file is undamaged.
    case crc32
    /// A seal of SHA-256: the file matches its seal.
    case sha256
    /// A signature by one of ``SealPolicy/keys``: the file is authentic.
    case signature

    /// Whether `left` asks for less.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// The least that a seal must be able to show; with ``keys``, a signature.
  public var minimum: Level
  /// The keys of which one must have signed.
  public var keys: [VerifyingKey]
  /// The smallest counter of a release.
  public var minimumCounter: UInt64
  /// The name of the release, if only one will do.
  public var releaseName: String?

  /// Makes a policy.
  ///
  /// - Parameters:
  ///   - minimum: The least that a seal must be able to show.
  ///   - keys: The keys of which one must have signed; to name one asks for a signature.
  ///   - minimumCounter: The smallest counter of a release: the caller remembers the largest that it has seen.
  ///   - releaseName: The name of the release, if only one will do.
  public init(
    minimum: Level = .none, keys: [VerifyingKey] = [], minimumCounter: UInt64 = 0, releaseName: String? = nil
  ) {
    self.minimum = minimum
    self.keys = keys
    self.minimumCounter = minimumCounter
    self.releaseName = releaseName
  }

  /// What is asked for in the end.
  public var effectiveMinimum: Level { keys.isEmpty ? minimum : .signature }

  /// Whether a file without a seal will do.
  public var allowsMissingSeal: Bool {
    effectiveMinimum == .none && minimumCounter == 0 && releaseName == nil
  }

  /// Checks digest, signature, counter and name of a seal; the file itself is not looked at.
  ///
  /// - Throws: ``SealError`` with `DOWNGRADE`, `SIGNATURE_REQUIRED`, `UNTRUSTED_KEY`, `SIGNATURE`, `ROLLBACK` or `RELEASE_NAME`.
  public func check(_ seal: Seal) throws(SealError) {
    let statement = seal.statement
    if effectiveMinimum == .signature {
      try checkSignature(seal)
    } else if effectiveMinimum == .sha256, statement.digest != .sha256 {
      throw SealError(.downgrade, found: "a seal of \(statement.digest.title)", expected: "one of SHA-256")
    }
    guard statement.release.counter >= minimumCounter else {
      throw SealError(
        .rollback, found: "release \(statement.release.counter)", expected: "\(minimumCounter) or later")
    }
    if let releaseName, !releaseName.utf8.elementsEqual(statement.release.name.utf8) {
      throw SealError(
        .releaseName, found: "the release \(statement.release.name.debugDescription)",
        expected: releaseName.debugDescription)
    }
  }

  private func checkSignature(_ seal: Seal) throws(SealError) {
    guard let keyID = seal.keyID else {
      throw SealError(
        .signatureRequired, found: "a seal without a signature", expected: "one by a trusted key")
    }
    guard let key = keys.first(where: { $0.id == keyID }) else {
      throw SealError(
        .untrustedKey, found: "a signature by the key \(Seal.hex(keyID))",
        expected: keys.isEmpty ? "a key to check it with" : "one of the trusted keys")
    }
    try key.check(seal.signature, of: seal.statement)
  }
}

extension Seal {
  /// Bytes as people compare them: `0f1e…`.
  public static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
