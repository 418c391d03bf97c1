import IngotContainer
import SystemPackage

/// Why files are not the checkpoint that they should be.
///
/// What the operating system reports comes as `FileError`, what is wrong with a GGUF file as `ModelError`.
public struct CheckpointError: Error, Sendable, Hashable {
  /// The kind of failure; stable across releases.
  public enum Code: String, Sendable, CaseIterable {
    /// A file of no known kind, or an empty one.
    case magic = "MAGIC"
    /// A folder that holds no checkpoint.
    case noCheckpoint = "NO_CHECKPOINT"
    /// A folder that holds several checkpoints.
    case ambiguous = "AMBIGUOUS"
    /// The file ends before what it announces.
    case truncated = "TRUNCATED"
    /// A count or length that is beyond the limits.
    case limit = "LIMIT"
    /// Text that is not UTF-8.
    case utf8 = "UTF8"
    /// Text that is not JSON, or JSON of another form than the format requires.
    case json = "JSON"
    /// JSON nested deeper than the limit.
    case nesting = "NESTING"
    /// A name that stands there twice.
    case duplicate = "DUPLICATE"
    /// An unknown element type.
    case elementType = "DTYPE"
    /// A number of elements or bytes that overflows.
    case overflow = "OVERFLOW"
    /// A byte range that does not fit the shape and the element type.
    case size = "SIZE"
    /// Byte ranges that overlap, leave a hole, or end before the file does.
    case coverage = "COVERAGE"
    /// A shard's name that is no plain file name, or data out of the folder.
    case path = "PATH"
    /// Shards that do not hold what their index says.
    case shard = "SHARD"
    /// A tensor or key without which a file is not what it says to be.
    case schema = "SCHEMA"
    /// A file that is no message of protocol buffers.
    case protocolBuffer = "PROTO"
    /// A number that cannot be what it stands for.
    case value = "VALUE"
    /// A ZIP archive that is broken.
    case zip = "ZIP"
    /// A ZIP archive whose records contradict each other.
    case zipMismatch = "ZIP_MISMATCH"
    /// A ZIP archive with something that is not read, such as encryption.
    case zipFeature = "ZIP_FEATURE"
    /// A member of an archive that is larger than it says, or than it can be.
    case zipBomb = "ZIP_BOMB"
    /// Bytes whose checksum is another than the file states.
    case checksum = "CRC"
    /// A name in a pickle that stands for nothing that a checkpoint needs.
    case global = "GLOBAL"
    /// An instruction of a pickle that no writer of checkpoints uses.
    case opcode = "OPCODE"
    /// A pickle that is broken, or builds something that is no checkpoint.
    case pickle = "PICKLE"
    /// A tensor that reaches beyond its storage or file.
    case bounds = "BOUNDS"
    /// The header of an array that is not as its format requires.
    case header = "HEADER"
    /// Several state dictionaries, or none of the name that was asked for.
    case stateDictionary = "STATE_DICT"
    /// Something that the format has and that is not read, such as a sparse tensor.
    case feature = "FEATURE"
  }

  /// What an error is about.
  public enum Subject: Sendable, Hashable {
    /// The file as a whole.
    case file
    /// The tensor of this name.
    case tensor(String)
    /// The metadata key, or the member of a JSON object, of this name.
    case key(String)
    /// The shard of this name.
    case shard(String)
    /// The member of an archive of this name.
    case member(String)
    /// The name in a pickle, with its module.
    case global(String)
  }

  /// The kind of failure.
  public let code: Code
  /// The rule of safetensors files that is broken, if it is one of them.
  public let rule: SafeTensorsRule?
  /// The file or folder.
  public let path: FilePath
  /// The byte of the file where the fault is, if it has a place.
  public let offset: UInt64?
  /// What the error is about.
  public let subject: Subject
  /// What was found, in words.
  public let found: String
  /// What would have been right, in words.
  public let expected: String

  /// Makes an error.
  public init(
    _ code: Code, _ path: FilePath, at offset: UInt64? = nil, _ subject: Subject = .file, found: String,
    expected: String
  ) {
    self.init(code, rule: nil, path, at: offset, subject, found: found, expected: expected)
  }

  /// Makes an error for a rule that a safetensors file breaks.
  public init(
    _ rule: SafeTensorsRule, _ path: FilePath, at offset: UInt64? = nil, _ subject: Subject = .file,
    found: String, expected: String
  ) {
    self.init(rule.code, rule: rule, path, at: offset, subject, found: found, expected: expected)
  }

  private init(
    _ code: Code, rule: SafeTensorsRule?, _ path: FilePath, at offset: UInt64?, _ subject: Subject,
    found: String, expected: String
  ) {
    self.code = code
    self.rule = rule
    self.path = path
    self.offset = offset
    self.subject = subject
    self.found = found
    self.expected = expected
  }
}

extension CheckpointError {
  /// What the rules of a text are called where the text stands.
  struct TextRules {
    let form, json, nesting, text, length: SafeTensorsRule

    /// The rules of a header, S2.
    static let header = TextRules(
      form: .object, json: .json, nesting: .nesting, text: .text, length: .textLength)
    /// The rules of an index, S7.1.
    static let index = TextRules(
      form: .indexJSON, json: .indexJSON, nesting: .indexNesting, text: .indexText, length: .indexLimit)
  }

  /// The error for a text that is not the JSON that is asked for.
  init(_ error: JSONError, _ path: FilePath, _ subject: Subject, by rules: TextRules) {
    let rule =
      switch error.code {
      case .form: rules.form
      case .syntax: rules.json
      case .nesting: rules.nesting
      case .utf8: rules.text
      case .limit: rules.length
      }
    self.init(rule, path, at: error.offset, subject, found: error.found, expected: error.expected)
  }
}

extension CheckpointError: CustomStringConvertible {
  /// One line, safe to print: names from the file are quoted, with control characters escaped.
  public var description: String {
    let place = offset.map { " at byte \($0)" } ?? ""
    return "\(path): \(code.rawValue)\(place)\(subject.phrase): found \(found), expected \(expected)"
  }
}

extension CheckpointError.Subject {
  var phrase: String {
    switch self {
    case .file: ""
    case .tensor(let name): " in tensor \(name.quoted)"
    case .key(let name): " in key \(name.quoted)"
    case .shard(let name): " in shard \(name.quoted)"
    case .member(let name): " in member \(name.quoted)"
    case .global(let name): " for global \(name.quoted)"
    }
  }
}
