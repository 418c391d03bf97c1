import ArgumentParser
import IngotCheckpoints
import IngotConversion
import SystemPackage

/// Holds the values of one file against those of another.
struct Compare: AsyncParsableCommand, Verb {
  static let configuration = CommandConfiguration(
    abstract: "Compare the values of two files, tensor by tensor.",
    discussion: """
      The error of a tensor is the root mean square of the differences; the relative error is that over the root mean \
      square of the reference, and the signal-to-noise ratio (SNR) is the same in decibels: 20 dB is an error of 10 %, \
      40 dB of 1 %. With --importance errors are also weighted by what a model multiplies each column with. With \
      --tensor and --rows the rows are decoded on demand and shown beside each other. A narrow terminal shows fewer \
      columns; --json has all numbers. A folder of Hugging Face beside a model of its family is compared as convert \
      sees it: under the names and in the order of the output.

      Examples:
        ingot compare ./Llama-3.2-1B llama.gguf
        ingot compare model.safetensors model.gguf
        ingot compare f16.gguf q4_k.gguf --importance imatrix.gguf --histogram
        ingot compare a.gguf b.gguf --tensor embed.weight --rows '0..<4'
      """)

  @Argument(help: "The reference: a file of any format that convert reads, an index, or a folder.")
  var reference: FilePath

  @Argument(help: "The file that is held against it.")
  var other: FilePath

  @OptionGroup var dictionary: DictionaryOption

  @Option(help: "Only this tensor.")
  var tensor: String?

  @Option(
    help: ArgumentHelp(
      "Only these rows of the tensor, side by side; also a...b, or a for one.", valueName: "a..<b"),
    transform: { try RowsArgument(parsing: $0) })
  var rows: RowsArgument?

  @Option(
    help: ArgumentHelp(
      "An importance matrix, as llama-imatrix writes it: weight the error of each column.", valueName: "file")
  )
  var importance: FilePath?

  @Flag(help: "Draw how many errors there are of each size.")
  var histogram = false

  @OptionGroup var work: WorkOptions

  @Flag(help: "Print the result as JSON.")
  var json = false

  func check() throws {
    if rows != nil && tensor == nil { throw ValidationError("--rows needs --tensor.") }
    if rows != nil && importance != nil {
      throw ValidationError("--importance weights whole tensors: leave out --rows.")
    }
    if rows != nil && histogram {
      throw ValidationError("--histogram counts the errors of whole tensors: leave out --rows.")
    }
    try work.check()
  }

  func run() async throws {
    if let tensor, let rows {
      let comparison = try RowComparison(
        reference, other, tensor: tensor, rows: rows.range, dictionary: dictionary.select)
      return try RowComparisonReport(comparison).show(asJSON: json)
    }
    let matrix = try importance.map { try ImportanceMatrix(opening: $0) }
    let pair = try ComparedCheckpoints(reference, other, dictionary: dictionary.select)
    let comparison = try Comparison(
      pair.reference, with: pair.other, tensor: tensor, importance: matrix, histogram: histogram)
    let (threads, quiet) = (work.threadCount, work.quiet)
    let report = try await Interruption.cancelling(.readsOnly) {
      var display = ProgressDisplay("comparing", isQuiet: quiet)
      defer { display.finish() }
      return try await comparison.run(threads: threads) { display.show($0) }
    }
    matrix?.warn(ofEntries: report.tensors.compactMap(\.importance))
    try ComparisonSummary(report, importance: matrix).show(asJSON: json)
  }
}
