import ArgumentParser
import IngotCheckpoints
import IngotContainer
import IngotConversion
import IngotFiles
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
        ingot export model.gguf -o ./model --shard-size 2
        ingot export model.gguf -o model.npz --family generic
      """)

  @Argument(help: "A GGUF file, or another checkpoint, whose names are kept.")
  var model: FilePath

  @Option(
    name: .shortAndLong,
    help:
      "The file to write, which ends in .safetensors or .npz; any other name is that of a folder for safetensors files."
  )
  var output: OutputArgument?

  @Option(
    help: ArgumentHelp(
      "Which dictionary of a PyTorch file that has several: its keys, joined by points; . for all.",
      valueName: "keys"))
  var select: String?

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

  @Option(help: "safetensors or npz, for a file. (default: what the name of the output ends in)")
  var format: ExportFormat?

  @Option(help: ArgumentHelp("The most gigabytes of a file in a folder.", valueName: "GB"))
  var shardSize = 5.0

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
    try output?.check(mayBeFolder: true)
    if format == nil, let output = output?.path,
      let ending = ExportFormat.foreignEnding(ofFileName: output.string)
    {
      throw ValidationError(
        "-o names a file that ends in .safetensors or .npz, or a folder, and no \(ending) file: \(output.string.quoted)."
      )
    }
    if let format, let output = output?.path, let named = ExportFormat(fileName: output.string),
      named != format
    {
      throw ValidationError("--format \(format.rawValue) is not what \(output.string.quoted) ends in.")
    }
    if !(shardSize >= 0.001 && shardSize <= 1_000_000) {
      throw ValidationError("--shard-size takes a number of gigabytes from 0.001 to 1000000.")
    }
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024.") }
  }

  func run() async throws {
    let target = (self.output?.path).map(target)
    let format = target?.format ?? format ?? .safetensors
    let reads = ReadRecord()
    let source = try reads.recording { try Checkpoints.open(model, choosing: StateDictionaryChoice(select)) }
    let plan = try ExportPlan(source, naming: naming(), floats: floats.type, format: format)
    if dryRun { return try ExportPlanReport(plan, format: format).show(asJSON: json) }
    guard let output = self.output?.path, let target else { return }
    try check(target)
    for warning in source.warnings { Terminal.warn("\(warning)") }
    let pipeline = ExportPipeline(plan, threads: threads ?? Machine.coreCount)
    let overwrite = force
    let report = try await Interruption.cancelling(.writes) {
      var display = ProgressDisplay("exporting")
      defer { display.finish() }
      return try await pipeline.run(to: target, overwrite: overwrite, sources: reads.identities) {
        display.show($0)
      }
    }
    try ExportSummary(plan, report, output: output).show(asJSON: json)
  }

  /// A file where the name or `--format` says so, else a folder.
  private func target(_ output: FilePath) -> ExportTarget {
    if let format = format ?? ExportFormat(fileName: output.string) { return .file(output, format) }
    return .folder(output, shardByteCount: UInt64(shardSize * 1e9))
  }

  /// Refuses a file where a folder is to be.
  private func check(_ target: ExportTarget) throws {
    guard case .folder(let path, _) = target, let isFolder = try? Folder.isFolder(path), !isFolder else {
      return
    }
    throw Failure(
      .impossibleRequest, "EXISTS",
      "\(path) is a file, and a name that does not end in .safetensors or .npz is that of a folder: choose another name, or say with --format what the file is to be"
    )
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
