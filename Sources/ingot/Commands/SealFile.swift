import ArgumentParser
import IngotFiles
import IngotModel
import IngotSeal
import SystemPackage

/// Seals files.
struct SealFile: AsyncParsableCommand, Verb, SealingVerb {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Seal a file, so that damage is found and its publisher can be told.",
    discussion: """
      The seal follows the model, whose bytes stay as they are; other programs pass over it. Of a split set name one file: \
      all are sealed, as one. ingot unseal gives back the same file.

      crc32 finds damage. sha256 says that a file matches its seal. Only a signature, and a key that comes by another way, \
      says that it is authentic.

      Examples:
        ingot seal model.gguf
        ingot keygen -o release.pem
        ingot seal model.gguf --sign release.pem --name my-model --counter 1
      """)

  @Argument(help: "A GGUF file.")
  var file: FilePath

  @Option(
    name: .shortAndLong,
    help: "Write a sealed copy, and leave the file as it is; of a split set name one file of the new set.")
  var output: OutputArgument?

  @Flag(help: "Write the seal to a file of its own, named like the file with .seal added.")
  var detached = false

  @Option(help: "What finds damage. (default: crc32; sha256 with --sign)")
  var digest: SealDigest?

  @Option(help: ArgumentHelp("Sign with this private key: Ed25519, PKCS #8 in PEM.", valueName: "key.pem"))
  var sign: FilePath?

  @Option(help: "The name of what is released.")
  var name: ReleaseNameArgument?

  @Option(help: "The number of the release, which should grow.")
  var counter: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "The bytes of a chunk, a power of two from 64K to 64M. (default: 1M)", valueName: "size"),
    transform: SizeArgument.chunk)
  var chunk: SizeArgument?

  @OptionGroup var work: WorkOptions

  @Flag(help: "Replace a seal that is there, or the output.")
  var force = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func check() throws {
    if output != nil && detached { throw ValidationError("-o and --detached exclude each other.") }
    try output?.check()
    if sign != nil, digest == .crc32 { throw ValidationError("A signature needs --digest sha256.") }
    try work.check()
    do {
      _ = try release
    } catch {
      throw ValidationError("--name takes one line of at most \(SealFormat.nameByteCount) bytes.")
    }
  }

  private var release: SealRelease {
    get throws(SealError) { try SealRelease(name: name?.text ?? "", counter: counter) }
  }

  func run() async throws {
    let reads = ReadRecord()
    let key = try reads.recording { try sign.map { try KeyFile.signingKey($0) } }
    let sealer = ModelSealer(
      digest: digest ?? (key == nil ? .crc32 : .sha256),
      chunkByteCount: (chunk?.byteCount).map(Int.init) ?? SealFormat.defaultChunkByteCount,
      release: try release, key: key, threads: work.threadCount)
    let destination =
      output.map { ModelSealer.Destination.copy($0.path) } ?? (detached ? .detached : .inPlace)
    let (file, force, quiet) = (file, force, work.quiet)
    let files = try await Interruption.cancelling(.writes) {
      var display = ProgressDisplay("sealing", isQuiet: quiet)
      defer { display.finish() }
      return try await sealer.seal(file, to: destination, overwrite: force, sources: reads.identities) {
        display.show(completed: $0, of: $1)
      }
    }
    try SealingReport(files).show(asJSON: json)
  }
}

extension SealDigest: ExpressibleByArgument {
  /// A digest by its name.
  public init?(argument: String) {
    guard let digest = Self.allCases.first(where: { $0.name == argument.lowercased() }) else { return nil }
    self = digest
  }

  /// The names.
  public static var allValueStrings: [String] { allCases.map(\.name) }
}
