import ArgumentParser
import IngotCheckpoints
import IngotContainer
import IngotConversion
import SystemPackage

/// A model becomes a float checkpoint again.
struct Export: AsyncParsableCommand, MachineReadable {
  static let configuration = CommandConfiguration(
    abstract: "Write the tensors of a model as a float checkpoint.",
    discussion: """
      The way back: tensors get the names and layouts that the checkpoint of their family has, and what a generic \
      conversion had to rename, fold or widen is as it was. Quantized tensors are decoded; what a conversion did not \
      change in value comes back exactly. The output appears complete or not at all.

      Examples:
        ingot export model.gguf -o model.safetensors
        ingot export model.gguf -o model.safetensors --type bf16
        ingot export model.gguf -o model.npz --family generic
      """)

  @Argument(help: "A GGUF file, or another checkpoint, whose names are kept.")
  var model: FilePath

  @Option(name: .shortAndLong, help: "The file to write: .safetensors or .npz.")
  var output: FilePath?

  @Option(
    name: .customLong("type"),
    help: "f32, f16 or bf16 for all floats; auto keeps what is a float and decodes the rest to F32.")
  var floats = FloatArgument.auto

  @Option(
    help: ArgumentHelp(
      "Whose names the tensors get: auto for the family that the model tells, generic for those that it has.",
      valueName: "auto|generic|name"),
    completion: .list(["auto", "generic"] + ModelFamily.all.map(\.name)))
  var family = "auto"

  @Option(help: "safetensors or npz. (default: what the name of the output ends in)")
  var format: ExportFormat?

  @Option(help: "How many stretches are decoded at once. (default: the number of cores)")
  var threads: Int?

  @Flag(help: "Show what would be written, and write nothing.")
  var dryRun = false

  @Flag(help: "Replace the output if it is there.")
  var force = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    if output == nil && !dryRun {
      throw ValidationError("Name the output with -o, or look at the plan with --dry-run.")
    }
    try output?.checkAsOutput()
    if format == nil, let output, ExportFormat(fileName: output.string) == nil {
      throw ValidationError("\(output) ends in neither .safetensors nor .npz: choose one with --format.")
    }
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024.") }
  }

  func run() async throws {
    let format = format ?? output.flatMap { ExportFormat(fileName: $0.string) } ?? .safetensors
    let source = try Checkpoints.open(model)
    let plan = try ExportPlan(source, naming: naming(), floats: floats.type, format: format)
    if dryRun { return try ExportPlanReport(plan, format: format).show(asJSON: json) }
    guard let output else { return }
    for warning in source.warnings { Terminal.warn("\(warning)") }
    let pipeline = ExportPipeline(plan, threads: threads ?? Machine.coreCount)
    let overwrite = force
    let report = try await Interruption.cancelling {
      var display = ProgressDisplay("exporting")
      defer { display.finish() }
      return try await pipeline.run(to: output, format: format, overwrite: overwrite) { display.show($0) }
    }
    try ExportSummary(plan, report, output: output).show(asJSON: json)
  }

  private func naming() throws -> ExportPlan.Naming {
    switch family.lowercased() {
    case "auto": return .automatic
    case "generic": return .generic
    default:
      guard let family = ModelFamily.named(family) else {
        throw Failure(
          .impossibleRequest, "NO_SUCH_FAMILY",
          "there is no family \(family.quoted) in this release: ingot families lists them, --family generic keeps the names of the model"
        )
      }
      return .family(family)
    }
  }
}

/// The type that all floats of an export get.
enum FloatArgument: String, ExpressibleByArgument, CaseIterable {
  case auto, f32, f16, bf16

  var type: ElementType? {
    switch self {
    case .auto: nil
    case .f32: .float32
    case .f16: .float16
    case .bf16: .bfloat16
    }
  }
}

extension ExportFormat: ExpressibleByArgument {}
