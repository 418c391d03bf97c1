import Foundation
import IngotTestSupport
import Testing

/// The statuses that `ingot --help` lists, and nothing written on failure (`spec/command.md`, clause K1).
@Suite struct ExitStatusTests {
  @Test(arguments: [
    "convert sound.safetensors -o out.gguf",
    "convert sound.safetensors -o out.gguf --encoding q4_0 --threads 64",
    "convert sound.safetensors -o taken.gguf --force", "convert q6_k.gguf -o out.gguf",
    "convert nan -o out.gguf --encoding f16", "convert sound.safetensors -o out.gguf --alignment 1",
    "info sound.safetensors", "info q6_k.gguf --json", "extract sound.safetensors w --rows 0..<4",
    "extract sound.safetensors w -o out.npy", "compare sound.safetensors sound.safetensors",
    "compare sound.safetensors same.safetensors --tensor w --rows 3",
    "export sound.safetensors -o out.safetensors", "export sound.safetensors -o Llama-3.2-1B",
    "export sound.safetensors -o folder", "export sound.safetensors -o out.NPZ",
    "export sound.safetensors -o out.bin --format safetensors", "help convert", "--help", "--version",
    "--generate-completion-script bash", "--generate-completion-script zsh",
    "--generate-completion-script fish",
  ]) func whatCanBeDoneIs0(line: String) throws {
    let result = try CommandFixture().run(line: line)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.error == "")
  }

  @Test(arguments: [
    (1, "convert garbage -o out.gguf", "MAGIC"), (1, "info empty", "MAGIC"),
    (1, "convert folder -o out.gguf", "NO_CHECKPOINT"), (1, "info cut.safetensors", "TRUNCATED"),
    (1, "compare sound.safetensors garbage", "MAGIC"), (1, "convert bool -o out.gguf", "VALUE"),
    (1, "compare bool bool", "VALUE"),
    (1, "compare sound.safetensors sound.safetensors --importance q6_k.gguf", "MAGIC"),
    (74, "compare sound.safetensors sound.safetensors --importance nothing", "NOT_FOUND"),
    (2, "convert sound.safetensors -o taken.gguf", "EXISTS"),
    (2, "convert sound.safetensors -o sound.safetensors --force", "SAME_FILE"),
    (2, "convert sound.safetensors -o same.safetensors --force", "SAME_FILE"),
    (2, "extract sound.safetensors w -o sound.safetensors --force --format npy", "SAME_FILE"),
    (2, "convert nan -o out.gguf --encoding q8_0", "NOT_FINITE"),
    (2, "convert sound.safetensors -o out.gguf --family llama", "NOT_A_MODEL"),
    (2, "convert sound.safetensors -o out.gguf --family lama", "NO_SUCH_FAMILY"),
    (2, "convert q6_k.gguf -o out.gguf --encoding q8_k", "NO_CODEC"),
    (2, "convert q6_k.gguf -o out.gguf --encoding q6_k --tensor w=q8_k", "NO_CODEC"),
    (2, "convert sound.safetensors -o out.gguf --encoding i8", "OVERFLOW"),
    (2, "extract sound.safetensors nothing", "NO_SUCH_TENSOR"),
    (2, "extract sound.safetensors w --rows 4", "NO_SUCH_TENSOR"),
    (2, "compare sound.safetensors q6_k.gguf --tensor x", "NO_SUCH_TENSOR"),
    (2, "convert sound.safetensors -o out.gguf --select state", "STATE_DICT"),
    (2, "export sound.safetensors -o out.safetensors --select state", "STATE_DICT"),
    (2, "compare sound.safetensors sound.safetensors --select state", "STATE_DICT"),
    (2, "export sound.safetensors -o garbage", "EXISTS"),
    (2, "export sound.safetensors -o garbage --force", "EXISTS"),
    (74, "convert nothing -o out.gguf", "NOT_FOUND"), (74, "info pipe", "NOT_REGULAR"),
    (74, "info loop", "IO"), (74, "convert sound.safetensors -o folder", "NOT_REGULAR"),
    (74, "convert sound.safetensors -o nowhere/out.gguf", "NOT_FOUND"),
    (74, "convert sound.safetensors -o garbage/out.gguf", "NOT_FOLDER"),
    (74, "convert sound.safetensors -o /dev/null --force", "NOT_REGULAR"),
  ]) func aFailureHasItsStatusAndCodeAndWritesNothing(status: Int32, line: String, code: String) throws {
    let fixture = try CommandFixture()
    let names = try fixture.folder.names()
    let plain = try fixture.run(line: line)
    #expect(plain.status == status, "\(plain.error)")
    #expect(plain.error.hasPrefix("ingot: ") && plain.error.hasSuffix("\n"))
    #expect(try fixture.folder.names() == names)
    #expect(try fixture.folder.bytes(of: "taken.gguf") == [1])

    let machine = try fixture.run(line: line + " --json")
    #expect(machine.status == status)
    #expect(machine.error == plain.error)
    let failure = try #require(machine.object()["error"] as? [String: Any])
    #expect(failure["code"] as? String == code)
    #expect((failure["message"] as? String)?.isEmpty == false)
    #expect(Set(failure.keys).isSubset(of: ["code", "message", "offset"]))
  }

  @Test(arguments: [
    "export sound.safetensors -o out.gguf", "export sound.safetensors -o out.PT --force",
    "export sound.safetensors -o taken.gguf --force", "export sound.safetensors -o ./out.bin --dry-run",
    "export sound.safetensors -o out.npy", "export sound.safetensors -o out.onnx",
    "export sound.safetensors -o config.json",
    "export sound.safetensors -o out.safetensors --format npz", "bogus", "info", "convert sound.safetensors",
    "convert sound.safetensors -o out.gguf --encoding q9",
    "convert sound.safetensors -o -", "convert sound.safetensors -o out.gguf/",
    "extract sound.safetensors w -o out.npy/", "seal q6_k.gguf -o out.gguf/", "keygen -o key.pem/",
    "extract sound.safetensors w -o -",
    "convert sound.safetensors -o out.gguf --tensor w(=q8_0",
    "convert sound.safetensors -o out.gguf --tensor w=q9",
    "convert sound.safetensors -o out.gguf --tensor =q8_0",
    "convert sound.safetensors -o out.gguf --threads 0",
    "convert sound.safetensors -o out.gguf --alignment 0",
    "convert sound.safetensors -o out.gguf --alignment 3",
    "convert sound.safetensors -o out.gguf --alignment=-32",
    "convert sound.safetensors -o out.gguf --alignment 2097152",
    "convert sound.safetensors -o out.gguf --alignment 99999999999999999999",
    "extract sound.safetensors w --rows 3..<1", "extract sound.safetensors w --rows -1",
    "extract sound.safetensors w --rows 0...9223372036854775807", "extract sound.safetensors w --format npy",
    "compare sound.safetensors sound.safetensors --rows 0",
    "compare sound.safetensors sound.safetensors --tensor w --rows 0 --importance imatrix",
    "compare sound.safetensors sound.safetensors --tensor w --rows 0 --histogram",
  ]) func wrongUsageIs64(line: String) throws {
    let fixture = try CommandFixture()
    let names = try fixture.folder.names()
    let result = try fixture.run(line: line)
    #expect(result.status == 64, "\(result.error)")
    #expect(result.output == "" && result.error.hasPrefix("Error: "))
    #expect(try fixture.folder.names() == names)
  }

  @Test func aRuleThatCannotBeUnderstoodSaysWhy() throws {
    let result = try CommandFixture().run("convert", "x", "-o", "y", "--tensor", "w=q9")
    #expect(result.error.contains("\"q9\" in the rule \"w=q9\" is not an encoding"))
  }

  #if os(Linux)
    @Test(arguments: [["info"], ["info", "--json"], ["compare", "sound.safetensors"]])
    func outputThatTakesNoMoreIs74(arguments: [String]) throws {
      let fixture = try CommandFixture()
      let process = try Command.start(
        arguments + ["sound.safetensors"], in: fixture.folder,
        output: FileHandle(forWritingAtPath: "/dev/full"), error: FileHandle.nullDevice)
      process.waitUntilExit()
      #expect(process.terminationStatus == 74)
    }
  #endif

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func anInterruptionLeavesNothingAndIs130(signal: Int32) throws {
    let folder = try TemporaryFolder()
    // 4 GiB without a page on the disk: long enough to be interrupted, whatever the machine.
    let length = 1 << 32
    let header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1048576,1024],\"data_offsets\":[0,\(length)]}}"
    let start = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + Array(header.utf8)
    try folder.write(start, to: "long")
    try folder.truncate("long", to: start.count + length)
    for arguments in [
      ["convert", "long", "-o", "out.gguf", "--encoding", "tq1_0"],
      ["extract", "long", "w", "-o", "out.npy"],
    ] {
      let process = try Command.start(
        arguments, in: folder, output: FileHandle.nullDevice, error: FileHandle.nullDevice)
      // The hidden file shows that the work has begun.
      while process.isRunning, try folder.names() == ["long"] { usleep(10_000) }
      kill(process.processIdentifier, signal)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 130)
      #expect(try folder.names() == ["long"])
    }
  }
}
