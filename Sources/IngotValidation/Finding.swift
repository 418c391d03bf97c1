import IngotContainer
import SystemPackage

/// Where a file does not keep a rule.
public struct Finding: Sendable, Hashable {
  /// What a finding is about.
  public enum Subject: Sendable, Hashable {
    /// The file as a whole.
    case file
    /// The metadata key, or the member of a JSON object, of this name.
    case key(String)
    /// The tensor of this name.
    case tensor(String)
    /// The shard of this name.
    case shard(String)
  }

  /// The rule.
  public let rule: Rule
  /// The offset in the file of the first byte that is to blame, if it is at one place.
  public let offset: UInt64?
  /// What the finding is about.
  public let subject: Subject
  /// What was found, in words.
  public let found: String
  /// What would have been right, in words.
  public let expected: String

  init(
    _ rule: Rule, at offset: UInt64? = nil, _ subject: Subject = .file, found: String, expected: String
  ) {
    self.rule = rule
    self.offset = offset
    self.subject = subject
    self.found = found
    self.expected = expected
  }
}

extension Finding: CustomStringConvertible {
  /// One line, safe to print: names from the file are quoted, with control characters escaped.
  public var description: String {
    let place = offset.map { " at byte \($0)" } ?? ""
    return
      "\(rule.severity.rawValue) \(rule.id)\(place)\(subject.phrase): found \(found), expected \(expected)"
  }
}

extension Finding.Subject {
  /// The subject in words, after a comma and a space: empty for the file.
  public var phrase: String {
    switch self {
    case .file: ""
    case .key(let name): ", key \(name.quoted)"
    case .tensor(let name): ", tensor \(name.quoted)"
    case .shard(let name): ", shard \(name.quoted)"
    }
  }
}
