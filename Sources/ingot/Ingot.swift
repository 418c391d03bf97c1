import ArgumentParser
import IngotFiles

/// The command: arguments in, exit status out.
@main
struct Ingot: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingot",
    abstract: "Turns float checkpoints into compact model files, and opens them anywhere.",
    discussion: """
      A checkpoint is the folder of a Hugging Face model, whole or sharded; a file of safetensors, PyTorch, NumPy or ONNX; or a \
      GGUF file. What ingot writes loads in llama.cpp and everything else that reads GGUF.

      Exit status: 0 done; 1 an input is refused or not valid; 2 the request cannot be done; 64 wrong usage; 74 the operating \
      system failed; 130 interrupted.

      Completions for your shell: ingot --generate-completion-script bash|zsh|fish
      """,
    version: "ingot \(version)",
    subcommands: [
      Convert.self, Export.self, Families.self, Info.self, Extract.self, Compare.self, Validate.self,
      SealFile.self, Verify.self, Unseal.self, Keygen.self,
    ])

  /// The version of this release.
  static let version = "0.1.0"

  static func main() async {
    Allocator.giveBackLargeBlocks()
    OpenFileLimit.raise()
    let arguments = Array(CommandLine.arguments.dropFirst())
    if let wrong = WrongUsage.unknownVerb(in: arguments) {
      wrong.report(asJSON: false)
      exit(withError: ExitCode.validationFailure)
    }
    var command: any ParsableCommand
    do {
      command = try parseAsRoot(arguments)
    } catch {
      exit(withError: WrongUsage.unknownOption(in: arguments, behind: error) ?? error)
    }
    let json = (command as? any Verb)?.json ?? false
    do {
      try (command as? any Verb)?.check()
    } catch {
      WrongUsage(message: "\(error)", command: type(of: command)).report(asJSON: json)
      exit(withError: ExitCode.validationFailure)
    }
    do {
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      guard Terminal.finishOutput() else {
        throw Failure(.system, "IO", "standard output takes no more: is the disk full?")
      }
    } catch let status as ExitCode {
      // What there is to say has been said.
      exit(withError: status)
    } catch let error where exitCode(for: error) != .failure {
      // The parser's own: help that was asked for, wrong usage.
      exit(withError: error)
    } catch {
      let failure = (command as? any SealingVerb)?.failure(error) ?? Failure(error)
      failure.report(asJSON: json)
      exit(withError: ExitCode(failure.status.rawValue))
    }
  }
}
