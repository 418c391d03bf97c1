import SystemPackage

/// Something in a checkpoint that is accepted, and that its author may not have meant.
public struct CheckpointWarning: Sendable, Hashable {
  /// The kind of warning; stable across releases.
  public enum Code: String, Sendable, CaseIterable {
    /// A member of a tensor's entry that the format does not define.
    case unknownField = "FIELD"
    /// Weights for experts that were never used.
    case unused = "UNUSED"
    /// A member of an archive that is no tensor.
    case unknownMember = "MEMBER"
    /// A tensor of texts, which is left out.
    case texts = "TEXTS"
  }

  /// The kind of warning.
  public let code: Code
  /// The file.
  public let path: FilePath
  /// The byte of the file where it is.
  public let offset: UInt64
  /// What the warning is about.
  public let subject: CheckpointError.Subject
  /// What was found, in words.
  public let found: String

  package init(
    code: Code, path: FilePath, offset: UInt64, subject: CheckpointError.Subject, found: String
  ) {
    self.code = code
    self.path = path
    self.offset = offset
    self.subject = subject
    self.found = found
  }
}

extension CheckpointWarning: CustomStringConvertible {
  /// One line, safe to print.
  public var description: String {
    "\(path): \(code.rawValue) at byte \(offset)\(subject.phrase): found \(found)"
  }
}
