import ArgumentParser
import IngotCheckpoints
import IngotContainer
import IngotConversion
import IngotEncodings
import IngotFiles
import SystemPackage

/// A checkpoint becomes a compact file.
struct Convert: AsyncParsableCommand, Verb {
  static let configuration = CommandConfiguration(
    abstract: "Convert a checkpoint to a compact file.",
    discussion: """
      The output appears complete or not at all. One-dimensional tensors and normalizations stay in single precision; \
      tensors whose rows do not divide into blocks get the nearest encoding that fits. --dry-run shows it all.

      Examples:
        ingot convert model.safetensors -o model.gguf --encoding q8_0
        ingot convert ./Llama-3.2-1B -o llama.gguf --encoding q4_k \\
          --tensor 'embed=q8_0'
        ingot convert ./Llama-3.2-1B --lora ./my-adapter -o tuned.gguf
      """)

  @Argument(
    help:
      "A folder of Hugging Face, a file of safetensors, PyTorch, NumPy, ONNX or GGUF, an index of shards, or a folder that holds one."
  )
  var checkpoint: FilePath

  @Option(
    name: .shortAndLong,
    help: "The file to write; of a split set its name, to which -00001-of-0000n is added.")
  var output: OutputArgument?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The encoding, or auto, the default: that of the checkpoint, but F16 for a model in F32, where f32 keeps all. One of \(TargetArgument.names).",
      valueName: "encoding"),
    completion: TargetArgument.completion, transform: { try TargetArgument(parsing: $0) })
  var encoding = TargetArgument(.own)

  @Option(
    help: ArgumentHelp(
      "How tensors and metadata are made: auto converts a folder with a config.json as the model that it names; generic keeps the names of the checkpoint; ingot families lists the others.",
      valueName: "auto|generic|name"),
    completion: ModelFamily.completion)
  var family = "auto"

  @OptionGroup var dictionary: DictionaryOption

  @Option(
    help: ArgumentHelp(
      "How readers cut text into words, where tokenizer.json does not tell.", valueName: "name"))
  var preTokenizer: String?

  @Option(
    name: .customLong("tensor"),
    help: ArgumentHelp(
      "Another encoding for tensors whose name, in the checkpoint or (of a model's folder) in the output, a regular expression finds anywhere in it; the first rule that matches decides.",
      valueName: "regex=encoding"),
    transform: { try TensorRule(parsing: $0) })
  var rules: [TensorRule] = []

  @Option(help: "How hard to search for scales; fast gives the reference encoding.")
  var effort = Effort.balanced

  @Option(
    help: ArgumentHelp(
      "An importance matrix, as llama-imatrix writes it: how much the error of each column matters.",
      valueName: "file"))
  var importance: FilePath?

  @Option(
    help: ArgumentHelp(
      "Second moments of the columns, as safetensors: let errors make up for each other (--effort best).",
      valueName: "file"))
  var secondMoments: FilePath?

  @Option(
    help: ArgumentHelp(
      "A low-rank adapter, the folder that PEFT saved: it is added to the weights. May be given several times.",
      valueName: "folder"))
  var lora: [FilePath] = []

  @Flag(
    help:
      "Write the adapter of --lora as a file of its own, for the model in the folder; of that only config.json is read."
  )
  var adapter = false

  @Option(
    help: "The alignment of tensor data in bytes, a power of two. (default: 32, or that of a GGUF source)")
  var alignment: Int?

  @Option(
    help:
      "A seal after the model, by which ingot verify finds damage. (default: crc32; none for a mere copy of a GGUF file, and for a split set)"
  )
  var seal: SealArgument?

  @OptionGroup var work: WorkOptions

  @Option(
    help: ArgumentHelp(
      "The memory of all buffers, at least 1M: K, M and G are powers of 1024, KB, MB and GB of 1000. (default: 12M)",
      valueName: "size"), transform: SizeArgument.memory)
  var memory: SizeArgument?

  @Option(
    help: ArgumentHelp(
      "Write one part of a split set, k of n; -o names the set. Each part can be made on its own, on any machine, in any order.",
      valueName: "k/n"), transform: { try PartArgument(parsing: $0) })
  var part: PartArgument?

  @Option(help: ArgumentHelp("Write a split set of n files; -o names the set.", valueName: "n"))
  var split: Int?

  @OptionGroup var writing: WritingOptions

  @Flag(help: "Print the result as JSON.")
  var json = false

  func check() throws {
    try writing.check(output)
    try work.check()
    if let alignment,
      !(1...ParseLimits.default.alignment).contains(alignment) || alignment.nonzeroBitCount != 1
    {
      throw ValidationError("--alignment takes a power of two from 1 to \(ParseLimits.default.alignment).")
    }
    if secondMoments != nil && effort != .best {
      throw ValidationError("--second-moments needs --effort best.")
    }
    if let split, !(1...ConversionParts.largestCount).contains(split) {
      throw ValidationError("--split takes 1 to \(ConversionParts.largestCount).")
    }
    if adapter && lora.count != 1 { throw ValidationError("--adapter needs one --lora.") }
    if family.lowercased() == "generic" {
      let option = adapter ? "--adapter" : preTokenizer == nil ? nil : "--pre-tokenizer"
      if let option {
        throw ValidationError(
          "\(option) is for a model that is converted as its family: leave out --family generic.")
      }
    }
    if adapter, encoding.target != .own, encoding.target != .encoding(.f32) {
      throw ValidationError("Readers take adapters in F32: leave out --encoding.")
    }
    if split != nil && part != nil { throw ValidationError("--part and --split exclude each other.") }
    if part != nil, let seal, seal != .none {
      throw ValidationError(
        "A part cannot be sealed alone: run ingot seal on the first one when all of them are there.")
    }
    if split != nil || part != nil, let output = self.output?.path, SetOutput.namesPart(output) {
      throw ValidationError("-o names the set: leave out the number, which is added to it.")
    }
  }

  func run() async throws {
    let reads = ReadRecord()
    let (source, whole) = try reads.recording {
      try self.plan(
        ConversionOptions(
          target: encoding.target, rules: rules, effort: effort, alignment: alignment,
          importance: try importance.map { try ImportanceMatrix(opening: $0) },
          secondMoments: try secondMoments.map { try SecondMomentFile(opening: $0) }))
    }
    let sources = reads.identities
    let parts = try (part?.count ?? split).map { try ConversionParts(of: whole, count: $0) }
    warn(of: whole)
    if writing.dryRun {
      try PlanReport(whole, parts: parts.map { try SetOutput($0, named: output?.path, part: part?.index) })
        .show(asJSON: json)
      return
    }
    guard let output = self.output?.path else { return }
    for warning in source.warnings { Terminal.warn("\(warning)") }
    if let parts, part == nil {
      let set = try SetOutput(parts, named: output, part: nil)
      let digest = seal?.digest
      let report = try await write(whole, source) { pipeline, overwrite, progress in
        try await pipeline.run(
          parts, to: set.paths, overwrite: overwrite, sources: sources, sealing: digest, progress: progress)
      }
      return try ConversionSummary(whole, source: source, report: report).show(asJSON: json)
    }
    let plan = try part.flatMap { part in try parts?.plan(part.index) } ?? whole
    let target = try parts.map { try SetOutput($0, named: output, part: part?.index).paths[0] } ?? output
    let isSealed = try seal == nil && part == nil && !plan.isCopy(of: source)
    let digest = seal?.digest ?? (isSealed ? .crc32 : nil)
    let report = try await write(plan, source) { pipeline, overwrite, progress in
      try await pipeline.run(
        to: target, overwrite: overwrite, sources: sources, sealing: digest, progress: progress)
    }
    try ConversionSummary(plan, source: source, report: report).show(asJSON: json)
  }

  /// Runs a conversion that a signal ends, and shows how far it is.
  private func write(
    _ plan: ConversionPlan, _ source: any Checkpoint,
    _ run:
      @escaping @Sendable (
        _ pipeline: ConversionPipeline, _ overwrite: Bool, _ progress: (ConversionProgress) -> Void
      ) async throws -> ConversionReport
  ) async throws -> ConversionReport {
    let pipeline = ConversionPipeline(
      plan, from: source, threads: work.threadCount,
      memoryByteCount: (memory?.byteCount).map(Int.init) ?? ConversionPipeline.defaultMemoryByteCount)
    let (overwrite, quiet) = (writing.force, work.quiet)
    return try await Interruption.cancelling(.writesWhole, asJSON: json) {
      var display = ProgressDisplay("converting", isQuiet: quiet)
      defer { display.finish() }
      return try await run(pipeline, overwrite) { display.show($0) }
    }
  }

  /// Opens the checkpoint as its family sees it, and plans its conversion.
  private func plan(_ options: ConversionOptions) throws -> (any Checkpoint, ConversionPlan) {
    let choice = dictionary.choice
    let family = try FamilyChoice(family, for: checkpoint)
    if family == nil, let option = adapter ? "--adapter" : preTokenizer == nil ? nil : "--pre-tokenizer" {
      throw FamilyChoice.noModel(checkpoint, for: option)
    }
    let adapters = try lora.map { try LoRAAdapter(opening: $0) }
    guard let family else {
      let source = try adapters.reduce(try Checkpoints.open(checkpoint, choosing: choice)) {
        source, adapter in
        try MergedCheckpoint(source, adding: adapter)
      }
      try warnOfUndecodedWeights()
      return (source, try ConversionPlan(source, options: options))
    }
    var options = options
    let model: FamilyModel
    if let first = adapters.first, adapter {
      options.target = .encoding(.f32)
      model = try FamilyModel(adapter: first, base: checkpoint, family: family.family)
    } else {
      model = try FamilyModel(
        opening: checkpoint, family: family.family, preTokenizer: preTokenizer, adding: adapters,
        choosing: choice)
    }
    for warning in model.warnings { Terminal.warn(warning) }
    return (model.checkpoint, try ConversionPlan(model, options: options))
  }

  /// Says that a folder has weights in a scheme that is not decoded: their codes are taken for tensors like others.
  private func warnOfUndecodedWeights() throws {
    guard try Folder.isFolder(checkpoint),
      let note = try QuantizationConfiguration.of(ModelFolder(checkpoint)),
      let scheme = note.unsupported
    else { return }
    Terminal.warn(
      "\(note.path): the weights are quantized by \(scheme), which this release does not decode: codes and scales become tensors of their own"
    )
  }

  /// Says what may not be meant, and what an importance matrix cannot do.
  private func warn(of plan: ConversionPlan) {
    for warning in plan.warnings { Terminal.warn(warning) }
    guard let importance = plan.importance else { return }
    if effort == .fast {
      Terminal.warn("--importance changes nothing: the reference encoding, --effort fast, weights no error")
    }
    importance.warn(ofEntries: plan.tensors.compactMap(\.importance))
  }
}
