import ArgumentParser
import IngotFiles
import IngotValidation
import SystemPackage

/// Judges files by the rules of the specification.
struct Validate: ParsableCommand, Verb {
  static let configuration = CommandConfiguration(
    abstract:
      "Say whether files are valid, complete and safe to load; and if not, which byte breaks which rule.",
    discussion: """
      GGUF files, split sets (name one of their files), safetensors files, and the index of sharded ones: every \
      finding, since nothing stops at the first. Errors make a file invalid; warnings and notes do not. Files of PyTorch, \
      NumPy and ONNX: whether they open, or the first fault.

      The exit status is 0 if all files are valid, 1 if one is not, 74 if one could not be read.
      """)

  @Argument(help: ArgumentHelp("The files; - is standard input, with --level structure.", valueName: "file"))
  var files: [FilePath] = []

  @Option(
    help: ArgumentHelp(
      "How much is judged: the header alone, every block too, or metadata and tensors against the architecture too."
    ))
  var level = ValidationLevel.data

  @Option(help: "The form of the result; SARIF is 2.1.0, for CI systems.")
  var format = ValidationFormat.text

  @Flag(help: "The same as --format json.")
  var json = false

  @Flag(help: "List the rules instead.")
  var rules = false

  @Flag(help: "Show no progress.")
  var quiet = false

  func check() throws {
    if rules {
      guard files.isEmpty else { throw ValidationError("--rules takes no files.") }
      return
    }
    guard !files.isEmpty else { throw ValidationError("Name a file to validate.") }
    if files.contains("-"), level > .structure {
      throw ValidationError("Standard input is read once, and so for --level structure alone.")
    }
    guard files.count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("Standard input can be read only once.")
    }
    guard !json || format != .sarif else { throw ValidationError("Choose --json or --format sarif.") }
  }

  func run() throws {
    let format = json ? .json : format
    if rules { return try RuleList().show(asJSON: format == .json) }
    var report = ValidationReport(level: level)
    for file in files { report.append(try verdicts(on: file)) }
    try report.show(format)
    // A disk that is full outweighs what the files are.
    guard Terminal.finishOutput() else {
      throw Failure(.system, "IO", "standard output takes no more: is the disk full?")
    }
    if let status = report.failureStatus { throw ExitCode(status.rawValue) }
  }

  private func verdicts(on file: FilePath) throws -> [FileVerdict] {
    let validator = Validator(level: level)
    if file == "-" {
      return [try validator.validateStructure(of: "standard input") { try StandardInput.read(into: $0) }]
    }
    var display = ProgressDisplay(
      "validating \(file.lastComponent?.string ?? file.string)", isQuiet: quiet)
    defer { display.finish() }
    return try validator.validate(file) { display.show(completed: $0, of: $1) }
  }
}

extension ValidationLevel: ExpressibleByArgument {}

/// The forms of a result.
enum ValidationFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, sarif
}
