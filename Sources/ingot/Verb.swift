import ArgumentParser
import IngotContainer
import IngotConversion

/// A verb of the command.
protocol Verb: ParsableCommand {
  /// Whether the result, and the failure, are printed as JSON.
  var json: Bool { get }

  /// Refuses arguments that make no sense together.
  ///
  /// The parser's own `validate()` would come before it has told of options that it does not know: a misspelt `-o` would then be
  /// a missing one.
  ///
  /// - Throws: `ValidationError`.
  func check() throws
}

extension Verb {
  func check() throws {}
}

/// Arguments that the parser takes and that make no sense: what is said looks as where the parser refuses them.
struct WrongUsage: Error {
  let message: String
  /// The command whose usage is shown.
  let command: any ParsableCommand.Type

  /// Prints the fault and the usage of the command on standard error, and the fault as JSON on standard output if asked for.
  func report(asJSON: Bool) {
    let name = command == Ingot.self ? "ingot" : "ingot \(command._commandName)"
    Terminal.writeError(
      """
      Error: \(message.escaped)
      Usage: \(Ingot.usageString(for: command))
        See '\(name) --help' for more information.

      """)
    guard asJSON else { return }
    let failure = Failure(.usage, "USAGE", message)
    if let text = try? JSONText.of(["error": failure]) { print(text) }
  }

  /// Finds an option that there is not where the parser misses an argument, which it does first: what is misspelt may be what is
  /// missing.
  ///
  /// - Parameters:
  ///   - arguments: What follows the name of the command.
  ///   - error: What the parser says.
  /// - Returns: What the parser says where nothing is missing, if that is of an unknown option.
  static func unknownOption(in arguments: [String], behind error: any Error) -> (any Error)? {
    let message = Ingot.message(for: error)
    guard message.hasPrefix("Missing expected argument") else { return nil }
    for filling in message.contains("--output") ? [["--output", "file"]] : [["file"], ["file", "name"]] {
      do {
        _ = try Ingot.parseAsRoot(arguments + filling)
      } catch  where Ingot.message(for: error).hasPrefix("Unknown option") {
        return error
      } catch {}
    }
    return nil
  }

  /// Finds a verb that there is not: the parser would take it for one argument too many, and `help` would show the overview.
  ///
  /// - Parameter arguments: What follows the name of the command.
  static func unknownVerb(in arguments: some Collection<String>) -> WrongUsage? {
    let verbs = Ingot.configuration.subcommands.map { $0._commandName } + ["help"]
    var words = arguments[...]
    if words.first == "help" { words = words.dropFirst() }
    guard let word = words.first, !word.hasPrefix("-"), !verbs.contains(word) else { return nil }
    let advice = NearestNames.advice(for: word, among: verbs, otherwise: "ingot --help lists the verbs")
    return WrongUsage(message: "there is no verb \(word.quoted)\(advice)", command: Ingot.self)
  }
}
