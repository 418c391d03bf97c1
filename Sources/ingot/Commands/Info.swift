import ArgumentParser
import IngotCheckpoints
import SystemPackage

/// Shows what a file holds.
struct Info: ParsableCommand, Verb {
  static let configuration = CommandConfiguration(
    abstract: "Show what a file holds: metadata, tensors, sizes, bits per weight.",
    discussion: """
      The format is found from the bytes. Only the header is read. Of several files each is shown or refused by \
      itself; the exit status is that of the first that is refused. Of a PyTorch file that names what would be imported \
      the tensors are shown all the same, with each such name, and of an ONNX model those that are read, with each that \
      is not; both are refused.
      """)

  @Argument(
    help: "Files of safetensors, GGUF, PyTorch, NumPy or ONNX, indexes of shards, or folders that hold one.")
  var files: [FilePath]

  @Flag(help: "Leave out the lists of metadata and tensors.")
  var summary = false

  @Flag(help: "Show arrays of the metadata whole.")
  var full = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    guard files.count > 1 else {
      for file in files {
        let report = try report(on: file)
        try report.show(asJSON: json, isSummary: summary)
        if report.isRefused { throw ExitCode(Failure.Status.refusedInput.rawValue) }
      }
      return
    }
    var status: Failure.Status?
    if json { print("[") }
    for (index, file) in files.enumerated() {
      if index > 0 { print(json ? "," : "") }
      do {
        let report = try report(on: file)
        try report.show(asJSON: json, isSummary: summary)
        if report.isRefused { status = status ?? .refusedInput }
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
    do {
      return try FileReport(Checkpoints.open(file, choosing: .onlyOrAll), arrayLimit: full ? Int.max : 6)
    } catch let error as CheckpointError where [.global, .elementType, .feature].contains(error.code) {
      guard let survey = try? Checkpoints.survey(file) else { throw error }
      return try FileReport(survey.checkpoint, arrayLimit: full ? Int.max : 6, refusals: survey.refusals)
    }
  }
}
