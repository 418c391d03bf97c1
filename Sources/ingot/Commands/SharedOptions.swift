import ArgumentParser
import IngotCheckpoints
import IngotContainer
import IngotConversion

/// Options of verbs that work long.
struct WorkOptions: ParsableArguments {
  @Option(help: "How many threads work, 1 to 1024. (default: the number of cores)")
  var threads: Int?

  @Flag(help: "Show no progress.")
  var quiet = false

  /// How many threads work.
  var threadCount: Int { threads ?? Machine.coreCount }

  func check() throws {
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024.") }
  }
}

/// The choice among the dictionaries of a PyTorch file.
struct DictionaryOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Which dictionary of a PyTorch file that has several: its keys, joined by points; . for all.",
      valueName: "keys"))
  var select: String?

  /// What is chosen; without the option the only one.
  var choice: StateDictionaryChoice { select.map { .named($0) } ?? .only }
}

/// Options of verbs that can show what they would write.
struct WritingOptions: ParsableArguments {
  @Flag(help: "Show what would be written, and write nothing.")
  var dryRun = false

  @Flag(help: "Replace the output if it is there.")
  var force = false

  /// Refuses an output that is missing or cannot be one.
  ///
  /// - Parameter mayBeFolder: Whether a folder can be written.
  func check(_ output: OutputArgument?, mayBeFolder: Bool = false) throws {
    if output == nil && !dryRun {
      throw ValidationError("Name the output with -o, or look at the plan with --dry-run.")
    }
    try output?.check(mayBeFolder: mayBeFolder)
  }
}

extension ModelFamily {
  /// What `--family` completes to.
  static var completion: CompletionKind { .list(["auto", "generic"] + all.map(\.name)) }

  /// The family that an argument names.
  ///
  /// - Throws: ``Failure`` with the likest names where there is none.
  static func chosen(_ name: String) throws -> ModelFamily {
    if let family = named(name) { return family }
    let near = NearestNames.nearest(to: name, among: all.map(\.name), most: 3).map(\.quoted)
    let question = near.isEmpty ? "" : "did you mean \(near.joined(separator: " or "))? "
    throw Failure(
      .impossibleRequest, "NO_SUCH_FAMILY",
      "there is no family \(name.quoted) in this release: \(question)ingot families lists them, --family generic keeps the names of the tensors"
    )
  }
}
