import ArgumentParser
import IngotCheckpoints
import SystemPackage

/// Shows what a file holds.
struct Info: ParsableCommand, MachineReadable {
  static let configuration = CommandConfiguration(
    abstract: "Show what a file holds: metadata, tensors, sizes, bits per weight.",
    discussion: "The format is found from the bytes. Only the header is read.")

  @Argument(help: "A safetensors or GGUF file, a safetensors index, or a folder that holds one.")
  var file: FilePath

  @Flag(help: "Leave out the lists of metadata and tensors.")
  var summary = false

  @Flag(help: "Show arrays of the metadata whole.")
  var full = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    let checkpoint = try Checkpoints.open(file)
    let report = try FileReport(checkpoint, arrayLimit: full ? Int.max : 6)
    try report.show(asJSON: json, isSummary: summary)
  }
}
