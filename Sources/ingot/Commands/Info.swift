import ArgumentParser
import IngotCheckpoints
import SystemPackage

/// Shows what a file holds.
struct Info: ParsableCommand, MachineReadable {
  static let configuration = CommandConfiguration(
    abstract: "Show what a file holds: metadata, tensors, sizes, bits per weight.",
    discussion: """
      The format is found from the bytes. Only the header is read. Of several files each is shown or refused by \
      itself; the exit status is that of the first that is refused.
      """)

  @Argument(help: "Safetensors or GGUF files, safetensors indexes, or folders that hold one.")
  var files: [FilePath]

  @Flag(help: "Leave out the lists of metadata and tensors.")
  var summary = false

  @Flag(help: "Show arrays of the metadata whole.")
  var full = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    guard files.count > 1 else {
      for file in files { try report(on: file).show(asJSON: json, isSummary: summary) }
      return
    }
    var status: Failure.Status?
    if json { print("[") }
    for (index, file) in files.enumerated() {
      if index > 0 { print(json ? "," : "") }
      do {
        try report(on: file).show(asJSON: json, isSummary: summary)
      } catch {
        let failure = Failure(error)
        failure.report(asJSON: json)
        status = status ?? failure.status
      }
    }
    if json { print("]") }
    if let status { throw ExitCode(status.rawValue) }
  }

  private func report(on file: FilePath) throws -> FileReport {
    try FileReport(Checkpoints.open(file), arrayLimit: full ? Int.max : 6)
  }
}
