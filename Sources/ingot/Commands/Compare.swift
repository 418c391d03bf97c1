import ArgumentParser
import IngotCheckpoints
import IngotConversion
import SystemPackage

/// Holds the values of one file against those of another.
struct Compare: AsyncParsableCommand, MachineReadable {
  static let configuration = CommandConfiguration(
    abstract: "Compare the values of two files, tensor by tensor.",
    discussion: """
      The error of a tensor is the root mean square of the differences; the relative error is that over the root mean \
      square of the reference. With --tensor and --rows the rows are decoded on demand and shown beside each other.

      Examples:
        ingot compare model.safetensors model.gguf
        ingot compare model.safetensors model.gguf --tensor embed.weight --rows '0..<4'
      """)

  @Argument(help: "The reference: a safetensors or GGUF file, an index, or a folder.")
  var reference: FilePath

  @Argument(help: "The file that is held against it.")
  var other: FilePath

  @Option(help: "Only this tensor.")
  var tensor: String?

  @Option(help: ArgumentHelp("Only these rows of the tensor, side by side.", valueName: "a..<b"))
  var rows: RowsArgument?

  @Option(help: "How many stretches are compared at once. (default: the number of cores)")
  var threads: Int?

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    if rows != nil && tensor == nil { throw ValidationError("--rows needs --tensor.") }
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024.") }
  }

  func run() async throws {
    if let tensor, let rows {
      let comparison = try RowComparison(reference, other, tensor: tensor, rows: rows.range)
      return try RowComparisonReport(comparison).show(asJSON: json)
    }
    let comparison = try Comparison(
      try Checkpoints.open(reference), with: try Checkpoints.open(other), tensor: tensor)
    let threads = threads ?? Machine.coreCount
    let report = try await Interruption.cancelling {
      var display = ProgressDisplay("comparing")
      defer { display.finish() }
      return try await comparison.run(threads: threads) { display.show($0) }
    }
    try ComparisonSummary(report).show(asJSON: json)
  }
}
