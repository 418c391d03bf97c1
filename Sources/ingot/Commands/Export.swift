import ArgumentParser
import IngotCheckpoints
import IngotContainer
import IngotConversion
import IngotFiles
import SystemPackage

/// A model becomes a float checkpoint again.
struct Export: AsyncParsableCommand, Verb {
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

  @OptionGroup var dictionary: DictionaryOption

  @Option(
    name: .customLong("type"),
    help: "The type of all floats; auto keeps what is a float and decodes the rest to F32.")
  var floats = FloatArgument.auto

  @Option(
    help: ArgumentHelp(
      "Whose names the tensors get: auto for the family that the model tells, generic for those that it has.",
      valueName: "auto|generic|name"),
    completion: ModelFamily.completion)
  var family = "auto"

  @Option(help: "What the file is. (default: what the name of the output ends in)")
  var format: ExportFormat?

  @Option(
    help: ArgumentHelp(
      "The most of a file in a folder, such as 500M or 2GB; a mere number is in GB. (default: 5GB)",
      valueName: "size"), transform: SizeArgument.shard)
  var shardSize: SizeArgument?

  @OptionGroup var work: WorkOptions

  @OptionGroup var writing: WritingOptions

  @Flag(help: "Print the result as JSON.")
  var json = false

  func check() throws {
    try writing.check(output, mayBeFolder: true)
    try work.check()
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
    if shardSize != nil, let output = output?.path, case .file = target(output) {
      throw ValidationError("--shard-size is for a folder: \(output.string.quoted) is one file.")
    }
  }

  func run() async throws {
    let target = (self.output?.path).map(target)
    let format = target?.format ?? format ?? .safetensors
    let reads = ReadRecord()
    let source = try reads.recording { try Checkpoints.open(model, choosing: dictionary.choice) }
    let plan = try ExportPlan(source, naming: naming(), floats: floats.type, format: format)
    if writing.dryRun { return try ExportPlanReport(plan, format: format).show(asJSON: json) }
    guard let output = self.output?.path, let target else { return }
    try check(target)
    for warning in source.warnings { Terminal.warn("\(warning)") }
    let pipeline = ExportPipeline(plan, threads: work.threadCount)
    let (overwrite, quiet) = (writing.force, work.quiet)
    let report = try await Interruption.cancelling(.writes) {
      var display = ProgressDisplay("exporting", isQuiet: quiet)
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
    return .folder(output, shardByteCount: shardSize?.byteCount ?? 5_000_000_000)
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
    default: return .family(try ModelFamily.chosen(family))
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
