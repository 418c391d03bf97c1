import ArgumentParser
import IngotModel
import SystemPackage

/// Cuts off seals.
struct Unseal: ParsableCommand, Verb, SealingVerb {
  static let configuration = CommandConfiguration(
    abstract: "Cut off the seal of a file, which is then the file that was sealed, byte for byte.",
    discussion: """
      What a crash while sealing has left is cut off too. Bytes after a model that are no seal of ingot are never touched. Of a \
      split set name one file: all are unsealed.
      """)

  @Argument(help: "A sealed GGUF file.")
  var file: FilePath

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws { try UnsealingReport(try ModelUnsealer.unseal(file)).show(asJSON: json) }
}
