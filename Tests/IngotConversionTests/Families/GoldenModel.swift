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
    try await Self.convert(folder, to: output, target: target)
  }

  static func convert(_ folder: FilePath, to output: FilePath, target: String) async throws {
    var options = ConversionOptions()
    options.effort = .fast
    if target != "auto" { options.target = .encoding(try #require(Encoding(name: target))) }
    let model = try FamilyModel(opening: folder)
    let plan = try ConversionPlan(model, options: options)
    _ = try await ConversionPipeline(plan, from: model.checkpoint, threads: 2).run(to: output)
  }
}
