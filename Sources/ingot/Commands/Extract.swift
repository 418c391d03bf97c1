import ArgumentParser
import IngotContainer
import IngotConversion
import IngotFiles
import SystemPackage

/// Shows or writes the values of a tensor.
struct Extract: AsyncParsableCommand, Verb {
  static let configuration = CommandConfiguration(
    abstract: "Show values of a tensor, or write them to a file.",
    discussion: """
      Of a file only what is asked for is read and decoded. Without -o a readable excerpt is shown. A file that \
      ends in .npy is an array of NumPy, one in .f32 has bare numbers of single precision.

      Examples:
        ingot extract model.gguf blk.0.attn_q.weight --rows '0..<4'
        ingot extract model.gguf token_embd.weight -o embeddings.npy
      """)

  /// The form of the output.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case npy, json, f32
  }

  /// The most values that are printed as JSON: text takes twenty times the memory of a number.
  static let mostPrintedValues = 4_000_000

  @Argument(
    help:
      "A file of safetensors, GGUF, PyTorch, NumPy or ONNX, an index of shards, or a folder that holds one.")
  var file: FilePath

  @Argument(help: "The name of the tensor.")
  var tensor: String

  @Option(
    help: ArgumentHelp(
      "Only these rows, counted from 0; also a...b, or a for one.", valueName: "a..<b"),
    transform: { try RowsArgument(parsing: $0) })
  var rows: RowsArgument?

  @Option(name: .shortAndLong, help: "The file to write.")
  var output: OutputArgument?

  @Option(help: "The form. (default: what the name of the output ends in)")
  var format: Form?

  @Flag(help: "Replace the output if it is there.")
  var force = false

  @Flag(help: "Print the values as JSON; with -o, what was written.")
  var json = false

  func check() throws {
    try output?.check()
    if output == nil, let format, format != .json {
      throw ValidationError("--format \(format.rawValue) needs a file: -o values.\(format.rawValue)")
    }
    guard let output = output?.path.string else { return }
    if format == .json {
      throw ValidationError("JSON goes to standard output: leave out -o and redirect it.")
    }
    let named = Self.form(ofFileName: output)
    if let format, let named, named != format {
      throw ValidationError("--format \(format.rawValue) is not what \(output.quoted) ends in.")
    }
    guard format != nil || named != nil else {
      throw ValidationError(
        "-o names a file that ends in .npy or .f32, or say with --format what it is to be: \(output.quoted).")
    }
  }

  /// The form that the end of a name says, in any case.
  private static func form(ofFileName name: String) -> Form? {
    let name = name.lowercased()
    return [.npy, .f32].first { name.hasSuffix(".\($0.rawValue)") }
  }

  func run() async throws {
    let reads = ReadRecord()
    let values = try reads.recording { try TensorValues(opening: file, tensor: tensor) }
    if let output = self.output?.path {
      let form = format ?? Self.form(ofFileName: output.string)
      let export = try TensorExport(values, rows: rows?.range, format: form == .f32 ? .f32 : .npy)
      let overwrite = force
      let byteCount = try await Interruption.cancelling(.writes) {
        try export.write(to: output, overwrite: overwrite, sources: reads.identities)
      }
      return try ExtractSummary(values, export, rows: rows?.range, output: output, byteCount: byteCount)
        .show(asJSON: json)
    }
    let elements = try values.elements(ofRows: rows?.range ?? 0..<values.rowCount)
    if json || format == .json {
      guard elements.count <= Self.mostPrintedValues else {
        throw Failure(
          .impossibleRequest, "LIMIT",
          "\(Format.count(elements.count)) values are too many to print: choose --rows, or write them with -o values.npy"
        )
      }
      print(try JSONText.of(ExtractReport(values, elements: elements)))
    } else {
      try ExtractExcerpt(values, elements: elements).show()
    }
  }
}
