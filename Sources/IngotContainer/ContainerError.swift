/// Why bytes are not a file of this format, or values cannot become one.
public struct ContainerError: Error, Sendable, Hashable {
  /// The kind of failure; stable across releases and listed with its clauses in `spec/container.md`.
  public enum Code: String, Sendable, CaseIterable {
    /// The file ends before a field that must be there, or before the bytes that a length or count announces.
    case truncated = "TRUNCATED"
    /// The file does not start with `GGUF`.
    case magic = "MAGIC"
    /// A version of the format other than 2 and 3.
    case version = "VERSION"
    /// A big-endian file.
    case byteOrder = "ENDIAN"
    /// A count or length is larger than ``ParseLimits`` allow.
    case limit = "LIMIT"
    /// A metadata key is empty, or has a byte that is NUL or not ASCII.
    case key = "KEY"
    /// A key or tensor name occurs twice.
    case duplicate = "DUPLICATE"
    /// An unknown type of metadata value or array element.
    case type = "TYPE"
    /// Text that is not well-formed UTF-8.
    case utf8 = "UTF8"
    /// A boolean that is neither 0 nor 1.
    case value = "VALUE"
    /// Arrays nested too deep.
    case nesting = "NESTING"
    /// An alignment that is not a 32-bit power of two within the limits.
    case alignment = "ALIGN"
    /// A tensor name that is empty, holds NUL or is too long to be written.
    case name = "NAME"
    /// A number of dimensions or a dimension out of range.
    case dimensions = "DIMS"
    /// The number of elements or bytes of a tensor does not fit 63 bits.
    case overflow = "OVERFLOW"
    /// An unknown or removed encoding.
    case encoding = "ENCODING"
    /// The first dimension is not a whole number of blocks.
    case block = "BLOCK"
    /// A tensor does not start where the tensors before it end.
    case offset = "OFFSET"
    /// The data of a tensor reaches past the end of the file.
    case bounds = "BOUNDS"
    /// A metadata value has another type than its key calls for.
    case schema = "SCHEMA"
  }

  /// What an error is about.
  public enum Subject: Sendable, Hashable {
    /// The file as a whole, or an entry whose name is not known yet.
    case file
    /// The value of a metadata key.
    case key(String)
    /// An entry of the tensor table.
    case tensor(String)
  }

  /// The rule that is broken.
  public let rule: ContainerRule
  /// The offset in the file of the first byte that is wrong; for a number, of its field.
  ///
  /// `nil` where the fault is in a value made in memory, which has no place in a file.
  public let offset: UInt64?
  /// What the error is about.
  public let subject: Subject
  /// What was found, in words.
  public let found: String
  /// What would have been right, in words.
  public let expected: String

  /// Makes an error.
  public init(
    _ rule: ContainerRule, at offset: UInt64? = nil, _ subject: Subject = .file, found: String,
    expected: String
  ) {
    self.rule = rule
    self.offset = offset
    self.subject = subject
    self.found = found
    self.expected = expected
  }
}

extension ContainerError {
  /// The kind of failure.
  public var code: Code { rule.code }
}

extension ContainerError: CustomStringConvertible {
  /// One line, safe to print: names from the file are quoted, with control characters escaped.
  public var description: String {
    let place = offset.map { " at byte \($0)" } ?? ""
    return "\(code.rawValue)\(place)\(subject.phrase): found \(found), expected \(expected)"
  }
}

extension ContainerError.Subject {
  fileprivate var phrase: String {
    switch self {
    case .file: ""
    case .key(let name): " in key \(name.quoted)"
    case .tensor(let name): " in tensor \(name.quoted)"
    }
  }
}
