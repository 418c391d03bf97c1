import Foundation
import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotModel
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// What the reference makes of a folder of `testdata/huggingface`, and what Ingot does.
struct GoldenModel: CustomTestStringConvertible {
  let name: String
  let target: String

  var testDescription: String { "\(name), \(target)" }

  /// Every folder with each kind of output that it has an answer for.
  static let all: [GoldenModel] = names.flatMap { name in
    ["auto", "f32", "q8_0"].map { GoldenModel(name: name, target: $0) }
  }

  static let names: [String] =
    (try? FileManager.default.contentsOfDirectory(atPath: TestData.path("huggingface").string).sorted()) ?? []

  var folder: FilePath { TestData.path("huggingface/\(name)") }

  /// The answer of the reference.
  func expected() throws -> JSONTree {
    let answers = try #require(try ModelFolder(folder).json("expected.json"))
    return try #require(answers[target])
  }

  /// Converts the folder with the reference's encoders.
  func convert(to output: FilePath) async throws {
    var options = ConversionOptions()
    options.effort = .fast
    if target != "auto" { options.target = .encoding(try #require(Encoding(name: target))) }
    let model = try FamilyModel(opening: folder)
    let plan = try ConversionPlan(model, options: options)
    _ = try await ConversionPipeline(plan, from: model.checkpoint, threads: 2).run(to: output)
  }

  /// The digests of texts and of tensors, all found in one run of the tool that every Debian has.
  static func digests(_ contents: [[UInt8]]) throws -> [String] {
    let folder = try TemporaryFolder()
    let names = contents.indices.map { String(format: "%06d", $0) }
    for (name, bytes) in zip(names, contents) { try folder.write(bytes, to: name) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path.string)
    #if canImport(Darwin)
      process.arguments = ["shasum", "-a", "256"] + names
    #else
      process.arguments = ["sha256sum"] + names
    #endif
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(separator: "\n").map { String($0.prefix(64)) }
  }
}
