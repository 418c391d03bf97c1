import Foundation
import IngotTestSupport
import SystemPackage

/// What a run of the command gave.
struct CommandResult: Sendable {
  let status: Int32
  let output: String
  let error: String

  /// What was printed, as JSON.
  func object() throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
    return value as? [String: Any] ?? [:]
  }
}

/// The built `ingot`, which stands beside the tests.
enum Command {
  static let executable: URL = {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? Bundle.main
    let place = bundle.bundlePath.hasSuffix(".xctest") ? bundle.bundleURL : bundle.executableURL
    return (place ?? bundle.bundleURL).deletingLastPathComponent().appendingPathComponent("ingot")
  }()

  /// Runs the command in a folder and waits for its end.
  static func run(_ arguments: [String], in folder: TemporaryFolder) throws -> CommandResult {
    let (output, error) = (Pipe(), Pipe())
    let process = try start(arguments, in: folder, output: output, error: error)
    // What is read second stays far below what a pipe holds.
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    let reported = error.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return CommandResult(
      status: process.terminationStatus, output: String(decoding: printed, as: UTF8.self),
      error: String(decoding: reported, as: UTF8.self))
  }

  /// Starts the command in a folder.
  ///
  /// - Parameter isKilled: Whether it is to be killed: a half-written profile would spoil the counting of lines.
  static func start(
    _ arguments: [String], in folder: TemporaryFolder, output: Any?, error: Any?, isKilled: Bool = false
  ) throws -> Process {
    let process = Process()
    if isKilled {
      process.environment = ProcessInfo.processInfo.environment
        .merging(["LLVM_PROFILE_FILE": "/dev/null"]) { $1 }
    }
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path.string)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = error
    try process.run()
    return process
  }
}
