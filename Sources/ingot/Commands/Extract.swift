import ArgumentParser
import IngotConversion
import IngotFiles
import SystemPackage

/// Shows or writes the values of a tensor.
struct Extract: AsyncParsableCommand, MachineReadable {
  static let configuration = CommandConfiguration(
    abstract: "Show values of a tensor, or write them to a file.",
    discussion: """
      A GGUF file is mapped, and only what is asked for is decoded. Without -o a readable excerpt is shown.

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

  @Option(help: ArgumentHelp("Only these rows, counted from 0.", valueName: "a..<b"))
  var rows: RowsArgument?

  @Option(name: .shortAndLong, help: "The file to write.")
  var output: OutputArgument?

  @Option(help: "npy (default with -o), f32 for bare numbers, or json.")
  var format: Form?

  @Flag(help: "Replace the output if it is there.")
  var force = false

  @Flag(help: "Print the values as JSON.")
  var json = false

  func validate() throws {
    try output?.check()
    if output == nil, let format, format != .json {
      throw ValidationError("--format \(format.rawValue) needs a file: -o values.\(format.rawValue)")
    }
    if output != nil, json || format == .json {
      throw ValidationError("JSON goes to standard output: leave out -o and redirect it.")
    }
  }

  func run() async throws {
    let reads = ReadRecord()
    let values = try reads.recording { try TensorValues(opening: file, tensor: tensor) }
    if let output = self.output?.path {
      let format: TensorExport.Format = format == .f32 ? .f32 : .npy
      let export = try TensorExport(values, rows: rows?.range, format: format)
      let overwrite = force
      return try await Interruption.cancelling(.writes) {
        try export.write(to: output, overwrite: overwrite, sources: reads.identities)
      }
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
