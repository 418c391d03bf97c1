import IngotContainer
import IngotEncodings
import IngotFiles
import SystemPackage

/// What the `config.json` of a model says of the quantization of its weights.
///
/// Specification: `spec/safetensors.md`, clause S9.1.
enum QuantizationNote: Sendable, Hashable {
  /// What the scale of a tensor does to its codes.
  enum ScaleUse: Sendable, Hashable { case multiplies, divides }

  /// Nothing, or there is no such file.
  case none
  /// A method that is not BitNet's.
  case other
  /// BitNet's.
  case bitNet(ScaleUse)
}

extension QuantizationNote {
  /// Reads the `config.json` in the folder of a file.
  ///
  /// - Throws: ``CheckpointError`` where the text is not what it should be, `FileError` where it cannot be read.
  static func beside(_ file: FilePath, limits: CheckpointLimits) throws -> QuantizationNote {
    let path = file.removingLastComponent().appending("config.json")
    guard let config = try open(path) else { return .none }
    guard config.byteCount <= limits.headerByteCount else {
      throw CheckpointError(
        .limit, path, at: 0, found: "a file of \(config.byteCount.counted("byte"))",
        expected: "at most \(limits.headerByteCount)")
    }
    let window = ByteWindow(0..<config.byteCount) { try config.read(into: $1, at: $0) }
    var parser = QuantizationNoteParser(window, path: path, limits: limits)
    return try parser.parse()
  }

  /// The file at a path, or `nil` if there is none.
  private static func open(_ path: FilePath) throws(FileError) -> RegularFile? {
    do {
      return try RegularFile(opening: path)
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }
}

/// Reads the JSON of a `config.json`, and passes all of it but a few members.
private struct QuantizationNoteParser: ~Copyable {
  private typealias Text = (value: String, offset: UInt64)

  private var json: JSONReader
  private let path: FilePath
  private var subject = CheckpointError.Subject.file

  init(_ window: consuming ByteWindow, path: FilePath, limits: CheckpointLimits) {
    // Models nest what they say of their parts deeper than a header does.
    json = JSONReader(window, maximumDepth: 64, maximumTextBytes: limits.textByteCount)
    self.path = path
  }

  mutating func parse() throws -> QuantizationNote {
    do {
      var note: QuantizationNote?
      try json.expect(.beginObject, "an object")
      while try json.nextName() {
        guard json.textIs("quantization_config") else {
          try json.skipValue()
          continue
        }
        subject = .key("quantization_config")
        guard note == nil else { throw duplicate }
        note = try parseNote()
        subject = .file
      }
      try json.expect(.end, "the end of the text")
      return note ?? .none
    } catch let error as JSONError {
      throw CheckpointError(error, path, subject)
    }
  }

  private mutating func parseNote() throws -> QuantizationNote {
    let next = try json.next()
    if next == .null { return .none }
    guard next == .beginObject else { throw json.mismatch(next, expected: "an object") }
    var (hasMethod, hasLinearClass) = (false, false)
    var (method, linearClass): (Text?, Text?)
    while try json.nextName() {
      if json.textIs("quant_method") {
        subject = .key("quant_method")
        guard !hasMethod else { throw duplicate }
        hasMethod = true
        method = try parseText()
      } else if json.textIs("linear_class") {
        subject = .key("linear_class")
        guard !hasLinearClass else { throw duplicate }
        hasLinearClass = true
        linearClass = try parseText()
      } else {
        try json.skipValue()
      }
      subject = .key("quantization_config")
    }
    guard let method else { return .none }
    guard method.value == "bitnet" else { return .other }
    guard let linearClass else { return .bitNet(.divides) }
    switch linearClass.value {
    case "bitlinear": return .bitNet(.divides)
    case "autobitlinear": return .bitNet(.multiplies)
    default:
      throw CheckpointError(
        .value, path, at: linearClass.offset, .key("linear_class"), found: linearClass.value.quoted,
        expected: "bitlinear, whose scale divides, or autobitlinear, whose scale multiplies")
    }
  }

  /// A string, or `nil` for null.
  private mutating func parseText() throws -> Text? {
    let next = try json.next()
    if next == .null { return nil }
    guard next == .string else { throw json.mismatch(next, expected: "a string") }
    return (json.textString, json.offset)
  }

  private var duplicate: CheckpointError {
    CheckpointError(
      .duplicate, path, at: json.offset, subject, found: "\(json.textString.quoted) a second time",
      expected: "each name once")
  }
}
