import IngotCheckpoints
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// Names in an archive are those that readers find again: clause X4.2 of `spec/export.md`.
@Suite struct ArchiveNameTests {
  /// An archive of tensors of these names, where a safetensors file holds them.
  private func archive(
    of names: [String], in folder: TemporaryFolder
  ) throws -> Result<ExportPlan, ConversionError> {
    let source = try Checkpoints.open(try folder.safetensors(names.map { SourceTensor($0.inJSON, [1], [1]) }))
    #expect(try ExportPlan(source, format: .safetensors).tensors.count == names.count)
    return Result { () throws(ConversionError) in try ExportPlan(source, format: .npz) }
  }

  private func refusal(of names: [String]) throws -> ConversionError? {
    if case .failure(let error) = try archive(of: names, in: TemporaryFolder()) { return error }
    return nil
  }

  @Test(arguments: [
    "", "w:0", "C:", "a\\b", "a//b", "/abs", "../x", "x/../y", "./x", "a/./b", "nul\0", "\0",
    String(repeating: "n", count: 65_532),
  ])
  func aNameThatNoReaderFindsIsRefused(_ name: String) throws {
    let error = try #require(try refusal(of: [name]))
    #expect(error.code == .layout && error.tensor == name)
    #expect(error.description.contains("a .safetensors file holds it"))
  }

  /// NumPy finds the first of them under the name of the second.
  @Test func namesThatNumPyConfusesAreRefused() throws {
    #expect(try refusal(of: ["x", "x.npy"])?.code == .layout)
    #expect(try refusal(of: ["x.npy"]) == nil)
  }

  /// Any other name comes back byte for byte.
  @Test func namesThatAreAcceptedComeBack() async throws {
    let pieces = [
      "a", "w", ":", "\\", "/", ".", "..", "\0", "é", "e\u{301}", "\u{600}", "\u{200D}", ".npy", " ", "\n",
      "🙂",
      "kernel:0", "\"", "%", "\r", "data.pkl",
    ]
    var generator = SeededGenerator(seed: 8)
    var accepted = 0
    for _ in 0..<400 {
      let name = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
        pieces.randomElement(using: &generator) ?? ""
      }.joined()
      let folder = try TemporaryFolder()
      let plan: ExportPlan
      switch try archive(of: [name], in: folder) {
      case .success(let found): plan = found
      case .failure(let error):
        #expect(error.code == .layout, "\(name.debugDescription)")
        continue
      }
      accepted += 1
      let output = folder.path("out.npz")
      _ = try await ExportPipeline(plan, threads: 1).run(to: .file(output, .npz))
      let again = try Checkpoints.open(output)
      #expect(again.tensors.map { Array($0.name.utf8) } == [Array(name.utf8)], "\(name.debugDescription)")
      #expect(again.warnings.isEmpty)
    }
    #expect(accepted > 100 && accepted < 300)
  }
}

extension String {
  /// The text as JSON has it between quotes.
  fileprivate var inJSON: String {
    unicodeScalars.reduce(into: "") { text, scalar in
      let isPlain = scalar.value >= 0x20 && scalar != "\"" && scalar != "\\"
      let digits = String(scalar.value, radix: 16)
      text += isPlain ? String(scalar) : "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }
}
