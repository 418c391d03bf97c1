import ArgumentParser
import IngotModel
import IngotSeal
import SystemPackage

/// Holds files to their seals.
struct Verify: AsyncParsableCommand, Verb, SealingVerb {
  static let configuration = CommandConfiguration(
    abstract:
      "Say whether a file is what its seal says, byte by byte; and if not, which bytes and tensors are damaged.",
    discussion: """
      Of a split set name one file: all are verified, and that they belong together. A file without a seal of its own is held \
      to the one in FILE.seal.

      Without --key a seal shows damage, not who made it: whoever can write the file can write its seal.

      The exit status is 0 if the file is what was sealed and the seal what is asked for, else 1.
      """)

  @Argument(help: "A sealed GGUF file.")
  var file: FilePath

  @Option(
    name: .customLong("key"),
    help: ArgumentHelp(
      "A public key that you trust, in PEM: its signature is required.", valueName: "key.pub.pem"))
  var keys: [FilePath] = []

  @Option(help: "The least that the seal must have.")
  var require: SealPolicy.Level?

  @Option(help: "The smallest number of a release.")
  var minCounter: UInt64 = 0

  @Option(help: "The name that the release must have.")
  var name: ReleaseNameArgument?

  @OptionGroup var work: WorkOptions

  @Flag(help: "Print the result as JSON.")
  var json = false

  func check() throws {
    if require == .signature, keys.isEmpty {
      throw ValidationError("--require signature needs the key that you trust: --key.")
    }
    try work.check()
  }

  func run() async throws {
    let policy = SealPolicy(
      minimum: require ?? .none, keys: try keys.map { try KeyFile.verifyingKey($0) },
      minimumCounter: minCounter,
      releaseName: name?.text)
    if keys.isEmpty, minCounter > 0 || name != nil {
      Terminal.warn("without --key, anybody who can write the file can write name and number of a release")
    }
    let verifier = ModelVerifier(policy: policy, threads: work.threadCount)
    let (file, quiet) = (file, work.quiet)
    let verdicts = try await Interruption.cancelling(.readsOnly) {
      var display = ProgressDisplay("verifying", isQuiet: quiet)
      defer { display.finish() }
      return try await verifier.verify(file) { display.show(completed: $0, of: $1) }
    }
    let report = VerificationReport(verdicts)
    try report.show(asJSON: json)
    guard Terminal.finishOutput() else {
      throw Failure(.system, "IO", "standard output takes no more: is the disk full?")
    }
    if !report.isValid { throw ExitCode(Failure.Status.refusedInput.rawValue) }
  }
}

extension SealPolicy.Level: ExpressibleByArgument {
  /// A level by its name.
  public init?(argument: String) {
    guard let level = Self.allCases.first(where: { "\($0)" == argument.lowercased() }), level != .none else {
      return nil
    }
    self = level
  }

  /// The names.
  public static var allValueStrings: [String] { allCases.dropFirst().map { "\($0)" } }
}
