/// Why a seal is refused, or what it shows to be wrong with a file.
public struct SealError: Error, Sendable, Hashable {
  /// The kind of failure; stable across releases and listed with its clauses in `spec/seal.md`.
  public enum Code: String, Sendable, CaseIterable {
    /// The file has no seal, and one is asked for.
    case missing = "SEAL_MISSING"
    /// The seal is not whole: what a crash while sealing leaves.
    case unfinished = "SEAL_UNFINISHED"
    /// The file has a seal already.
    case sealed = "SEALED"
    /// The copy of a set is to have a name that does not say so.
    case copyName = "SEAL_NAME"
    /// Something stands behind the body or behind the seal that is no seal.
    case position = "SEAL_POSITION"
    /// A checksum of the seal itself fails: the seal is damaged.
    case checksum = "SEAL_CRC"
    /// An unknown version, flag or algorithm, or a reserved byte that is not zero.
    case version = "SEAL_VERSION"
    /// Lengths and offsets that contradict each other or the body.
    case range = "SEAL_RANGE"
    /// A number beyond what is accepted.
    case limit = "LIMIT"
    /// The seal has a weaker digest than is asked for.
    case downgrade = "DOWNGRADE"
    /// A signature is asked for, and there is none.
    case signatureRequired = "SIGNATURE_REQUIRED"
    /// The signature is by none of the keys that are trusted.
    case untrustedKey = "UNTRUSTED_KEY"
    /// The signature is not one of the key that it names.
    case signature = "SIGNATURE"
    /// A key that is none, or that must not be used.
    case key = "SEAL_KEY"
    /// The tables of the seal do not belong together, or not to this file.
    case digest = "DIGEST"
    /// The array index says other than the header.
    case index = "INDEX"
    /// The header is not the one that was sealed.
    case stale = "STALE"
    /// A chunk of the body is not the one that was sealed.
    case damaged = "DAMAGED"
    /// The release is older than is asked for.
    case rollback = "ROLLBACK"
    /// The release has another name than is asked for.
    case releaseName = "RELEASE_NAME"
    /// Files of different sets, or not all of one.
    case set = "SEAL_SET"
  }

  /// What an error is about.
  public enum Subject: Sendable, Hashable {
    /// The file as a whole.
    case file
    /// The bytes of the seal.
    case seal
    /// The header of the body.
    case header
    /// The metadata array of a key.
    case key(String)
    /// A chunk of the body, counted from 0.
    case chunk(Int)
  }

  /// The kind of failure.
  public let code: Code
  /// The offset of the first byte that is to blame, in bytes from the start of the file that holds it.
  ///
  /// For a field of a detached seal that is the `.seal` file. `nil` where no byte is to blame.
  public let offset: UInt64?
  /// What the error is about.
  public let subject: Subject
  /// What was found, in words.
  public let found: String
  /// What would have been right, in words.
  public let expected: String

  /// Makes an error.
  public init(
    _ code: Code, at offset: UInt64? = nil, _ subject: Subject = .seal, found: String, expected: String
  ) {
    self.code = code
    self.offset = offset
    self.subject = subject
    self.found = found
    self.expected = expected
  }
}

extension SealError {
  /// The error of a file that ends where its body does, with its size.
  package static func notSealed(byteCount: UInt64) -> SealError {
    SealError(
      .missing, at: byteCount, .file, found: "a file that is not sealed",
      expected: "a seal, which ingot seal writes")
  }
}

extension SealError: CustomStringConvertible {
  /// One line, safe to print.
  public var description: String {
    let place = offset.map { " at byte \($0)" } ?? ""
    return "\(code.rawValue)\(place)\(subject.phrase): found \(found), expected \(expected)"
  }
}

extension SealError.Subject {
  fileprivate var phrase: String {
    switch self {
    case .file: ""
    case .seal: " in the seal"
    case .header: " in the header"
    case .key(let name): " in key \(name.debugDescription)"
    case .chunk(let index): " in chunk \(index)"
    }
  }
}
