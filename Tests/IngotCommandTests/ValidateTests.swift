import Foundation
import IngotTestSupport
import IngotValidation
import Testing

/// `ingot validate`: `spec/command.md`, clause K6.
struct ValidateTests {
  let fixture: CommandFixture

  init() throws { fixture = try CommandFixture() }

  @Test(
    arguments: [
      ("sound.safetensors", 0), ("q6_k.gguf", 0), ("nan", 0), ("cut.safetensors", 1), ("bool", 1),
      ("garbage", 1), ("empty", 1), ("none", 74), ("pipe", 74), ("sound.safetensors cut.safetensors", 1),
      ("cut.safetensors none", 74), ("sound.safetensors --level model", 0), ("bool --level structure", 0),
      ("", 64), ("sound.safetensors --level deep", 64), ("- --level data", 64),
      ("sound.safetensors --format sarif --json", 64), ("--rules", 0), ("--rules sound.safetensors", 64),
    ] as [(String, Int32)])
  func statusSaysWhatTheFilesAre(arguments: String, status: Int32) throws {
    #expect(try fixture.run(line: "validate \(arguments)").status == status)
  }

  @Test func textNamesByteRuleAndRemedy() throws {
    let result = try fixture.run("validate", "cut.safetensors", "sound.safetensors")
    #expect(result.output.contains("cut.safetensors: not valid safetensors, 1 error\n"))
    #expect(result.output.contains("error S6.1-TRUNCATED at byte "))
    #expect(result.output.contains("mend   Get the file again"))
    #expect(result.output.contains("sound.safetensors: valid safetensors\n"))
    #expect(result.output.hasSuffix("1 of 2 files not valid\n"))
  }

  @Test func severalValidFilesAreCounted() throws {
    let two = ["validate", "sound.safetensors", "q6_k.gguf"]
    #expect(try fixture.run(line: two.joined(separator: " ")).output.hasSuffix("\nboth files are valid\n"))
    let three = (two + ["nan"]).joined(separator: " ")
    #expect(try fixture.run(line: three).output.hasSuffix("\nall 3 files are valid\n"))
  }

  @Test func namesFromTheFileCannotSteerTheTerminal() throws {
    let result = try fixture.run("validate", "hostile")
    #expect(result.output.contains("S5.7-NOT_FINITE"))
    #expect(!result.output.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{9B}" || $0 == "\u{202E}" })
  }

  @Test func jsonHasEachFindingOfEachFile() throws {
    let object = try fixture.run("validate", "--json", "cut.safetensors", "none").object()
    #expect(object["valid"] as? Bool == false)
    let files = try #require(object["files"] as? [[String: Any]])
    #expect(files.map { $0["path"] as? String } == ["cut.safetensors", "none"])
    #expect(files[0]["errors"] as? Int == 1)
    let finding = try #require((files[0]["findings"] as? [[String: Any]])?.first)
    #expect(finding["rule"] as? String == "S6.1-TRUNCATED")
    #expect(finding["offset"] as? Int == (files[0]["byteCount"] as? Int))
    #expect((files[1]["failure"] as? [String: Any])?["code"] as? String == "NOT_FOUND")
  }

  @Test func sarifHasWhatItsStandardRequires() throws {
    let log = try fixture.run("validate", "--format", "sarif", "cut.safetensors", "nan", "none").object()
    #expect(log["version"] as? String == "2.1.0")
    let run = try #require((log["runs"] as? [[String: Any]])?.first)
    let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
    #expect(driver["name"] as? String == "ingot")
    let rules = try #require(driver["rules"] as? [[String: Any]])
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.map { $0["level"] as? String } == ["error", "warning"])
    for result in results {
      let index = try #require(result["ruleIndex"] as? Int)
      #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
      #expect((result["message"] as? [String: Any])?["text"] is String)
    }
    let invocation = try #require((run["invocations"] as? [[String: Any]])?.first)
    #expect(invocation["executionSuccessful"] as? Bool == false)
  }

  @Test func standardInputGetsTheVerdictOfTheFile() throws {
    for name in ["sound.safetensors", "cut.safetensors", "q6_k.gguf", "garbage", "empty"] {
      let process = Process()
      process.executableURL = Command.executable
      process.arguments = ["validate", "--level", "structure", "--json", "-"]
      let (input, output) = (Pipe(), Pipe())
      process.standardInput = input
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      try input.fileHandleForWriting.write(contentsOf: Data(try fixture.folder.bytes(of: name)))
      try input.fileHandleForWriting.close()
      let printed = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      func findings(_ data: Data) throws -> NSArray? {
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return (object?["files"] as? [[String: Any]])?.first?["findings"] as? NSArray
      }
      let file = try fixture.run("validate", "--level", "structure", "--json", name)
      #expect(try findings(printed) == findings(Data(file.output.utf8)))
      #expect(process.terminationStatus == file.status)
    }
  }

  @Test func rulesAreListedWithTheirClauses() throws {
    let result = try fixture.run("validate", "--rules", "--json")
    let rules = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]]
    #expect(rules?.count == Rule.all.count)
    #expect(rules?.allSatisfy { $0["clause"] is String && $0["mend"] is String } == true)
  }
}
