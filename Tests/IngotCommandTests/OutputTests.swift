import Foundation
import IngotTestSupport
import Testing

/// What the command prints, for people and for machines.
@Suite struct OutputTests {
  private let fixture: CommandFixture

  init() throws { fixture = try CommandFixture() }

  private func keys(_ line: String) throws -> Set<String> {
    let result = try fixture.run(line: line)
    #expect(result.status == 0 && result.error == "", "\(line): \(result.error)")
    return Set(try result.object().keys)
  }

  private func keys(ofFirst member: String, _ line: String) throws -> Set<String> {
    let object = try fixture.run(line: line).object()
    let first = (object[member] as? [[String: Any]])?.first ?? object[member] as? [String: Any]
    return Set(try #require(first).keys)
  }

  @Test func convertHasTheKeysOfK2() throws {
    #expect(
      try keys("convert sound.safetensors -o out.gguf --encoding q8_0 --json") == [
        "output", "byteCount", "sourceByteCount", "tensors", "values", "bitsPerWeight", "encodings",
        "fallbacks",
        "seconds",
      ])
    #expect(
      try keys(ofFirst: "encodings", "convert sound.safetensors -o out.gguf --force --json") == [
        "encoding", "tensors", "values", "byteCount",
      ])
  }

  @Test func infoSaysOfBytesAfterTheModelWhatTellsMore() throws {
    let model = try fixture.folder.bytes(of: "q6_k.gguf")
    try fixture.folder.write(model + [UInt8](repeating: 7, count: 257), to: "longer.gguf")
    let result = try fixture.run(line: "info longer.gguf")
    #expect(result.output.contains("\n257 B after the end of the model; ingot validate says more\n"))
    #expect(
      try fixture.run(line: "validate longer.gguf").output.contains("257 bytes after the end of the model"))
  }

  @Test func aDryRunHasTheKeysOfK2AndWritesNothing() throws {
    let names = try fixture.folder.names()
    let line = "convert sound.safetensors -o out.gguf --dry-run --json"
    #expect(try keys(line) == ["byteCount", "dataOffset", "alignment", "tensors"])
    #expect(
      try keys(ofFirst: "tensors", line) == [
        "sourceName", "sourceType", "sourceShape", "name", "dimensions", "encoding", "transform", "reason",
        "byteCount",
      ])
    #expect(try fixture.folder.names() == names)
  }

  @Test func anImportanceMatrixIsReportedAsK2Says() throws {
    let weights = (0..<64).map { Float($0 % 5) }
    try fixture.folder.write(
      ImportanceFile.gguf(ImportanceFile.pair("w", sums: weights, counts: [0])), to: "imatrix")
    let line = "convert sound.safetensors --encoding q4_0 --importance imatrix --json"
    for (rest, files) in [("--dry-run", false), ("-o out.gguf", true)] {
      let result = try fixture.run(line: "\(line) \(rest)")
      #expect(result.status == 0 && result.error.contains("UNUSED"))
      let report = try #require(try result.object()["importance"] as? [String: Any])
      #expect(Set(report.keys) == ["entries", "weighted", "unweighted"])
      #expect(report["weighted"] as? Int == 1 && report["unweighted"] as? [String] == [])
      #expect(try fixture.folder.names().contains("out.gguf") == files)
    }
    let plan = try fixture.run(line: "\(line) --dry-run").object()["tensors"] as? [[String: Any]]
    #expect(plan?.compactMap { $0["importance"] as? String } == ["w"])
    // The reference encoding weights nothing, and a matrix of another width is refused.
    #expect(try fixture.run(line: "\(line) --dry-run --effort fast").error.contains("changes nothing"))
    try fixture.folder.write(
      ImportanceFile.gguf(ImportanceFile.pair("w", sums: [1, 2], counts: [1])), to: "imatrix")
    let refused = try fixture.run(line: "\(line) --dry-run")
    #expect(refused.status == 1 && refused.output.contains("IMPORTANCE"))
  }

  @Test func secondMomentsAreReportedAsK2Says() throws {
    let matrix = (0..<4096).map { Float($0 / 64 == $0 % 64 ? 1 : 0.5) }
    try fixture.folder.safetensors([SourceTensor("w", [64, 64], matrix)], name: "moments")
    let line = "convert sound.safetensors --encoding q4_0 --second-moments moments --json"
    for (rest, tensors) in [("--dry-run", 0), ("-o out.gguf", 1)] {
      let result = try fixture.run(line: "\(line) --effort best \(rest)")
      #expect(result.status == 0, "\(result.error)")
      let report = try #require(try result.object()["secondMoments"] as? [String: Any])
      #expect(Set(report.keys) == ["entries", "used", "tensors", "without"])
      #expect(report["used"] as? Int == 1)
      let found = try #require(report["tensors"] as? [[String: Any]])
      #expect(found.count == tensors)
      for tensor in found {
        #expect(
          Set(tensor.keys) == [
            "name", "encoding", "rows", "compensatedRows", "plainError", "error", "reduction",
          ])
      }
    }
    let usage = try fixture.run(line: "\(line) -o other.gguf")
    #expect(usage.status == 64 && usage.error.contains("--effort best"))
  }

  @Test func infoOfSeveralFilesIsAnArrayInTheirOrder() throws {
    let one = try fixture.run(line: "info q6_k.gguf --json").output
    let result = try fixture.run(line: "info q6_k.gguf nothing.gguf q6_k.gguf --json")
    #expect(result.status == 74 && result.error.contains("nothing.gguf"))
    let value = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let objects = try #require(value as? [[String: Any]])
    #expect(objects.map { $0["error"] != nil } == [false, true, false])
    #expect(result.output.hasPrefix("[\n" + one) && result.output.hasSuffix(one + "]\n"))
    #expect(try fixture.run(line: "info q6_k.gguf sound.safetensors").status == 0)
  }

  @Test func infoHasTheKeysOfK3() throws {
    let common: Set = [
      "format", "name", "files", "values", "tensorByteCount", "bitsPerWeight", "types", "metadata", "tensors",
      "warnings",
    ]
    #expect(try keys("info sound.safetensors --json") == common)
    #expect(try keys("info q6_k.gguf --json") == common.union(["container"]))
    #expect(
      try keys(ofFirst: "container", "info q6_k.gguf --json") == [
        "version", "alignment", "dataOffset", "trailingByteCount",
      ])
    #expect(try keys(ofFirst: "files", "info sound.safetensors --json") == ["path", "byteCount"])
    #expect(
      try keys(ofFirst: "types", "info sound.safetensors --json") == [
        "encoding", "tensors", "values", "byteCount",
      ])
    #expect(
      try keys(ofFirst: "tensors", "info sound.safetensors --json") == [
        "name", "type", "shape", "dimensions", "values", "byteCount", "file", "offset",
      ])
    #expect(try fixture.run(line: "convert sound.safetensors -o out.gguf").status == 0)
    #expect(try keys(ofFirst: "metadata", "info out.gguf --json") == ["key", "type", "value"])
  }

  @Test func extractHasTheKeysOfK4() throws {
    let line = "extract sound.safetensors w --rows 1...2 --json"
    #expect(try keys(line) == ["tensor", "type", "shape", "firstRow", "rows"])
    let object = try fixture.run(line: line).object()
    #expect(object["firstRow"] as? Int == 1)
    #expect((object["rows"] as? [[Double]])?.map(\.count) == [64, 64])
  }

  @Test func compareHasTheKeysOfK5() throws {
    let line = "compare sound.safetensors same.safetensors --json"
    let errors: Set = [
      "values", "rootMeanSquareError", "relativeError", "signalToNoiseRatio", "cosineSimilarity",
      "largestAbsoluteError", "nonFinitePairs",
    ]
    #expect(
      try keys(line) == [
        "tensors", "total", "differentShapes", "onlyInReference", "onlyInOther", "notDecodable",
      ])
    #expect(
      try keys(ofFirst: "tensors", line) == [
        "name", "referenceType", "otherType", "shape", "errors", "worstRow", "worstRowRelativeError",
      ])
    #expect(try keys(ofFirst: "total", line) == errors)
    let rows = "compare sound.safetensors same.safetensors --tensor w --rows 0 --json"
    #expect(try keys(rows) == ["tensor", "shape", "referenceType", "otherType", "rows"])
    #expect(try keys(ofFirst: "rows", rows) == ["row", "errors", "reference", "other"])
  }

  @Test func notANumberIsATextInJSON() throws {
    let rows = try fixture.run(line: "extract nan w --rows 0 --json").object()["rows"] as? [[String]]
    #expect(rows == [[String](repeating: "NaN", count: 32)])
  }

  @Test func namesFromFilesCannotSteerTheTerminal() throws {
    let name = CommandFixture.hostileName
    let runs = [
      ["info", "hostile"], ["convert", "hostile", "--dry-run"], ["compare", "hostile", "hostile"],
      ["compare", "hostile", "sound.safetensors"],
      ["compare", "hostile", "hostile", "--tensor", name, "--rows", "0"],
      ["extract", "hostile", name], ["extract", "hostile", "w"], ["extract", "sound.safetensors", name],
      ["convert", "hostile", "-o", "out.gguf", "--encoding", "q8_0"],
      ["convert", "hostile", "-o", "out.gguf"],
      ["info", "out.gguf"], ["extract", "hostile", name, "--rows", "9"],
    ]
    for arguments in runs {
      let result = try Command.run(arguments, in: fixture.folder)
      let text = result.output + result.error
      #expect(!text.isEmpty, "\(arguments)")
      let raw = text.unicodeScalars.filter {
        [.control, .format].contains($0.properties.generalCategory) && $0 != "\n"
      }
      #expect(raw.isEmpty, "\(arguments): \(text.debugDescription)")
    }
  }

  @Test func aPlanHasTheNamesOfBothSidesInColumns() throws {
    try fixture.folder.makeFolder("m")
    for name in ["config.json", "model.safetensors", "tokenizer.model", "tokenizer_config.json"] {
      try fixture.folder.write(try TestData.bytes("huggingface/llama-gptq-f16/\(name)"), to: "m/\(name)")
    }
    func columns(_ line: String) throws -> [String] {
      let first = try fixture.run(line: line).output.split(separator: "\n").first ?? ""
      return first.components(separatedBy: "  ").filter { !$0.isEmpty }
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let plan = try fixture.run(line: "convert m --dry-run").output
    #expect(plan.contains("\ntoken_embd.weight ") && plan.contains("  model.embed_tokens.weight "), "\(plan)")
    #expect(
      try columns("convert m --dry-run") == [
        "tensor", "in the checkpoint", "from", "shape", "to", "size", "why",
      ])
    #expect(
      try columns("convert m --dry-run --family generic") == ["tensor", "from", "shape", "to", "size", "why"])
    #expect(try fixture.run(line: "convert m -o m.gguf").status == 0)
    #expect(
      try columns("export m.gguf --dry-run").prefix(2) == ["tensor", "in the model"])
  }

  @Test func shortWorkReportsNothingOnStandardError() throws {
    let result = try fixture.run(line: "convert sound.safetensors -o out.gguf")
    #expect(result.error == "")
    #expect(result.output.hasPrefix("out.gguf: "))
  }
}
