import IngotTestSupport
import Testing

/// What `ingot compare` says of errors (`spec/command.md`, clause K5).
@Suite struct CompareOutputTests {
  private let fixture: CommandFixture

  init() throws {
    fixture = try CommandFixture()
    let values = (0..<256).map { Float($0 * 37 % 101 - 50) / 50 }
    let changed = values.map { $0 == 0 ? 0 : $0 + 0.01 }
    try fixture.folder.safetensors(
      [SourceTensor("w", [4, 64], changed), SourceTensor("b", [64], Array(values[..<64]))], name: "changed")
    let weights = (0..<64).map { Float($0 % 5) }
    try fixture.folder.write(
      ImportanceFile.gguf(ImportanceFile.pair("w", sums: weights, counts: [0])), to: "imatrix")
    try fixture.folder.write(
      ImportanceFile.legacy([ImportanceFile.entry("w", calls: 1, [1, 2])]), to: "misfit")
  }

  private func keys(_ value: Any?) throws -> Set<String> {
    Set(try #require(value as? [String: Any]).keys)
  }

  @Test func weightedErrorsAndTheHistogramHaveTheKeysOfK5() throws {
    let line = "compare sound.safetensors changed --importance imatrix --histogram --json"
    let result = try fixture.run(line: line)
    #expect(result.status == 0 && result.error.contains("UNUSED"))
    let object = try result.object()
    #expect(
      Set(object.keys) == [
        "tensors", "total", "differentShapes", "onlyInReference", "onlyInOther", "notDecodable", "importance",
        "histogram",
      ])
    let tensors = try #require(object["tensors"] as? [[String: Any]])
    let plain: Set = [
      "name", "referenceType", "otherType", "shape", "errors", "worstRow", "worstRowRelativeError",
    ]
    #expect(try keys(tensors.first { $0["name"] as? String == "b" }) == plain)
    let weighted = try #require(tensors.first { $0["name"] as? String == "w" })
    #expect(try keys(weighted) == plain.union(["importance", "weightedErrors"]))
    #expect(try keys(weighted["weightedErrors"]) == ["relativeError", "signalToNoiseRatio"])
    let importance = try #require(object["importance"] as? [String: Any])
    #expect(Set(importance.keys) == ["entries", "weighted", "unweighted", "total"])
    #expect(importance["weighted"] as? Int == 1 && importance["unweighted"] as? [String] == ["b"])
    #expect(try keys(importance["total"]) == ["relativeError", "signalToNoiseRatio"])
    let histogram = try #require(object["histogram"] as? [String: Any])
    #expect(Set(histogram.keys) == ["lowestLevel", "counts", "equal", "unscaled"])
    let counts = try #require(histogram["counts"] as? [Int]).reduce(0, +)
    #expect(counts + (histogram["equal"] as? Int ?? 0) == 320)
  }

  @Test func noErrorIsAnInfiniteRatioInJSONAndExactInWords() throws {
    let line = "compare sound.safetensors same.safetensors"
    let total = try fixture.run(line: line + " --json").object()["total"] as? [String: Any]
    #expect(total?["signalToNoiseRatio"] as? String == "Infinity")
    let text = try fixture.run(line: line + " --histogram").output
    #expect(text.contains(" exact ") && text.contains("equal"))
    let rows = try fixture.run(line: line + " --tensor w --rows 0")
    #expect(rows.output.contains("SNR dB") && rows.output.contains("exact"))
  }

  @Test func peopleSeeWhatIsWeighted() throws {
    let result = try fixture.run(line: "compare sound.safetensors changed --importance imatrix --histogram")
    #expect(result.status == 0)
    for text in ["SNR dB", "weighted", "1 tensor, of 1 that", "for them: b", "█", "all below"] {
      #expect(result.output.contains(text), "\(text): \(result.output)")
    }
    let plain = try fixture.run(line: "compare sound.safetensors changed").output
    #expect(!plain.contains("weighted") && !plain.contains("█"))
  }

  @Test(arguments: ["misfit", "imatrix --tensor b"]) func aMatrixThatDoesNotFitIs1(rest: String) throws {
    let result = try fixture.run(line: "compare sound.safetensors changed --json --importance \(rest)")
    let failure = try #require(result.object()["error"] as? [String: Any])
    #expect(result.status == 1 && failure["code"] as? String == "IMPORTANCE")
  }
}
