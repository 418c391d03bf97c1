import Foundation
import IngotTestSupport
import Testing

@testable import ingot

/// Arguments that are wrong are answered with what to write instead (`spec/command.md`, clause K1).
@Suite struct UsageTests {
  private let fixture: CommandFixture

  init() throws { fixture = try CommandFixture() }

  /// Runs a line that is wrong usage, and gives what it says.
  private func complaint(_ arguments: [String]) throws -> String {
    let names = try fixture.folder.names()
    let result = try Command.run(arguments, in: fixture.folder)
    #expect(result.status == 64 && result.output == "", "\(result.error)")
    #expect(result.error.hasPrefix("Error: ") && result.error.contains("\nUsage: ingot "), "\(result.error)")
    #expect(try fixture.folder.names() == names)
    return result.error
  }

  private func complaint(_ line: String) throws -> String {
    try complaint(line.split(separator: " ").map(String.init))
  }

  @Test(arguments: [
    ("convert sound.safetensors --encodng q4_0", "Unknown option '--encodng'. Did you mean '--encoding'?"),
    ("convert sound.safetensors --outfile out.gguf", "Unknown option '--outfile'"),
    ("export sound.safetensors --outfile out.npz", "Unknown option '--outfile'"),
    ("validate --lvl model", "Unknown option '--lvl'"),
    ("verify sound.safetensors --require signature --ky k.pem", "Unknown option '--ky'"),
    ("info --sumary", "Unknown option '--sumary'. Did you mean '--summary'?"),
    ("compare --tensr w", "Unknown option '--tensr'. Did you mean '--tensor'?"),
    ("keygen --outptu k.pem", "Unknown option '--outptu'. Did you mean '--output'?"),
    ("info", "Missing expected argument '<files> ...'"), ("keygen", "Missing expected argument '--output"),
  ]) func aMisspeltOptionComesBeforeWhatIsMissing(line: String, text: String) throws {
    let complaint = try complaint(line)
    #expect(complaint.hasPrefix("Error: \(text)"), "\(complaint)")
  }

  @Test(arguments: [
    ("convert sound.safetensors", "convert", "Name the output with -o"),
    ("export sound.safetensors", "export", "Name the output with -o"),
    ("validate", "validate", "Name a file"),
  ]) func whatIsMissingIsSaidWithTheUsageOfTheVerb(line: String, verb: String, text: String) throws {
    let complaint = try complaint(line)
    #expect(complaint.hasPrefix("Error: \(text)"))
    #expect(complaint.contains("Usage: ingot \(verb) "))
    #expect(complaint.hasSuffix("  See 'ingot \(verb) --help' for more information.\n"))
    guard verb != "validate" else { return }
    let machine = try fixture.run(line: line + " --json")
    #expect(machine.status == 64 && machine.error == complaint)
    let failure = try #require(machine.object()["error"] as? [String: Any])
    #expect(failure["code"] as? String == "USAGE")
  }

  @Test(arguments: [
    ("convrt", #"there is no verb "convrt"; did you mean "convert"?"#),
    ("help convrt", #"there is no verb "convrt"; did you mean "convert"?"#),
    ("exprt sound.safetensors -o x.npz", #"did you mean "export"?"#),
    ("help sound.safetensors", "; ingot --help lists the verbs"), ("famlies --json", #""families"?"#),
  ]) func aMisspeltVerbIsNamed(line: String, text: String) throws {
    let complaint = try complaint(line)
    #expect(complaint.contains(text), "\(complaint)")
    #expect(complaint.hasSuffix("  See 'ingot --help' for more information.\n"))
  }

  @Test(arguments: ["help", "help help", "help seal", "seal --help", "help export"])
  func helpIsGiven(line: String) throws {
    let result = try fixture.run(line: line)
    #expect(result.status == 0 && result.output.contains("USAGE: ingot"))
  }

  @Test(arguments: [
    ("q4_k_m", "q4_k --tensor 'ffn_down|attn_v=q6_k'"), ("Q4_K_M", "q4_k --tensor 'ffn_down|attn_v=q6_k'"),
    ("UD-Q3_K_XL", "q3_k --tensor 'ffn_down|attn_v=q5_k'"), ("q5_k_s", "--encoding q5_k\n"),
    ("iq3_m", "iq3_s --tensor 'ffn_down|attn_v=q4_k'"), ("q4k", #"did you mean "q4_k"?"#),
    ("fp16", #"did you mean "f16"?"#), ("iq4xs", #"did you mean "iq4_xs"?"#),
    ("int9", "One of auto, f64, f32, f16, bf16, q8_0, q6_k"),
  ]) func anEncodingThatThereIsNotLeadsToOneThatThereIs(name: String, advice: String) throws {
    let complaint = try complaint(["convert", "sound.safetensors", "-o", "out.gguf", "--encoding", name])
    #expect(complaint.contains(advice), "\(complaint)")
    #expect(complaint.split(separator: "\n").count < 6, "\(complaint)")
  }

  @Test(arguments: [
    ("w=q4_k_m", "is a mixture of llama-quantize; a rule has one encoding, such as q4_k"),
    ("w=q80", #"is not an encoding; did you mean "q8_0"?"#), ("w=zzz", "is not an encoding"),
  ]) func aRuleSaysWhatItsEncodingMayMean(rule: String, text: String) throws {
    let complaint = try complaint(["convert", "sound.safetensors", "-o", "out.gguf", "--tensor", rule])
    #expect(complaint.contains(text), "\(complaint)")
  }

  @Test(arguments: [
    ("convert sound.safetensors -o o.gguf --memory 1K", "it takes at least 1M, such as 64M or 1G"),
    ("convert sound.safetensors -o o.gguf --memory 64X", "it takes at least 1M, such as 64M or 1G"),
    ("convert sound.safetensors -o o.gguf --part 5/4", "it takes k/n, such as 2/3"),
    ("extract sound.safetensors w --rows 0-4", "7 is one, 0..<4 and 0...3 are the first four"),
    ("extract sound.safetensors w --rows 4..<2", "7 is one, 0..<4 and 0...3 are the first four"),
    ("compare sound.safetensors nan --tensor w --rows 0:4", "7 is one, 0..<4 and 0...3 are the first four"),
    ("export sound.safetensors -o f --shard-size 1K", "it takes 1MB to 1000TB"),
    ("export sound.safetensors -o f.npz --shard-size 1G", "--shard-size is for a folder"),
    ("export sound.safetensors -o f --format npz --shard-size 1", "--shard-size is for a folder"),
    ("seal q6_k.gguf --chunk 3M", "it takes a power of two from 64K to 64M, such as 1M"),
    (
      "convert sound.safetensors -o o.gguf --family generic --pre-tokenizer gpt-2",
      "leave out --family generic"
    ),
    ("convert folder -o o.gguf --family generic --lora a --adapter", "leave out --family generic"),
    ("extract sound.safetensors w -o only.json", "-o names a file that ends in .npy or .f32"),
    ("extract sound.safetensors w -o only.npz", "-o names a file that ends in .npy or .f32"),
    ("extract sound.safetensors w -o only.npy --format f32", "--format f32 is not what"),
  ]) func aValueThatIsRefusedIsToldWhatIsTaken(line: String, text: String) throws {
    let complaint = try complaint(line)
    #expect(complaint.contains(text), "\(complaint)")
  }

  @Test(arguments: [
    "seal q6_k.gguf --detached --chunk 1M", "seal q6_k.gguf --detached --chunk 65536",
    "seal q6_k.gguf --detached --chunk 64kib",
    "convert sound.safetensors -o o.gguf --memory 64MB --quiet",
    "convert sound.safetensors -o o.gguf --memory 1.5G", "export sound.safetensors -o f --shard-size 0.001",
    "export sound.safetensors -o f --shard-size 500M --quiet",
    "compare sound.safetensors same.safetensors --quiet",
    "extract sound.safetensors w --rows 0...3", "extract sound.safetensors w --rows 3",
  ]) func sizesRowsAndQuietAreTaken(line: String) throws {
    let result = try fixture.run(line: line)
    #expect(result.status == 0 && result.error == "", "\(result.error)")
  }

  @Test(arguments: [
    ("1", 1), ("64K", 65536), ("64k", 65536), ("64KiB", 65536), ("64kb", 64000), ("1MB", 1_000_000),
    ("1.5M", 1_572_864), ("2G", 2 << 30), ("1TiB", 1 << 40), ("7B", 7), ("0", 0),
    ("9223372036854775807", UInt64(Int.max)),
  ]) func sizesAreReadExactly(text: String, byteCount: UInt64) {
    #expect(SizeArgument(text)?.byteCount == byteCount)
  }

  @Test(arguments: [
    "", "K", "-1", "+1", "1 K", "1KK", "1Ki", "0x10", "1e3", "nan", "inf", ".5", "1.", "1.2.3", "١", "1BiB",
    "9223372036854775808", "99999999999999999999", "8388608T", "99999999999999999999.5G", "12Q",
  ]) func whatIsNoSizeIsNone(text: String) {
    #expect(SizeArgument(text) == nil)
  }

  @Test func numbersWithoutAUnitCountWhatTheOptionSays() throws {
    #expect(SizeArgument("0.001", unit: 1_000_000_000)?.byteCount == 1_000_000)
    #expect(try SizeArgument.shard("5").byteCount == 5_000_000_000)
    #expect(try SizeArgument.memory("1048576").byteCount == 1 << 20)
    #expect(throws: (any Error).self) { try SizeArgument.memory("1048575") }
  }

  // K1.3
  @Test(arguments: ["--family llama", "--pre-tokenizer gpt-2", "--lora folder --adapter"])
  func whatNeedsAModelSaysSo(options: String) throws {
    let line = "convert sound.safetensors -o out.gguf \(options)"
    let result = try fixture.run(line: line)
    #expect(result.status == 2 && result.error.contains("is not the folder of a model"), "\(result.error)")
    let failure = try #require(try fixture.run(line: line + " --json").object()["error"] as? [String: Any])
    #expect(failure["code"] as? String == "NOT_A_MODEL")
  }

  @Test(arguments: ["convert folder", "export sound.safetensors"])
  func aMisspeltFamilyIsSuggested(line: String) throws {
    let result = try fixture.run(line: "\(line) --dry-run --family lama")
    #expect(result.status == 2 && result.error.contains(#"did you mean "llama"?"#), "\(result.error)")
    let other = try fixture.run(line: "\(line) --dry-run --family zzz")
    #expect(other.status == 2 && other.error.contains("ingot families lists them"), "\(other.error)")
  }

  @Test func whatIsExtractedIsTold() throws {
    let text = try fixture.run(line: "extract sound.safetensors w -o w.npy")
    #expect(text.status == 0 && text.output == "w.npy: F32, 4 × 64, 1.15 kB\n", "\(text.output)")
    let quantized = try fixture.run(line: "extract q6_k.gguf w --rows 1 -o w.F32")
    #expect(quantized.output == "w.F32: Q6_K, 1 × 256 as F32, 1.02 kB\n", "\(quantized.output)")
    let bare = try fixture.run(line: "extract sound.safetensors w -o w.bin --format f32")
    #expect(bare.status == 0 && bare.output == "w.bin: F32, 4 × 64, 1.02 kB\n", "\(bare.output)")
    // K4
    let object = try fixture.run(line: "extract q6_k.gguf w --rows 1 -o w.npy --force --json").object()
    #expect(
      Set(object.keys) == ["output", "tensor", "type", "writtenType", "shape", "firstRow", "byteCount"])
    #expect(object["shape"] as? [Int] == [1, 256] && object["firstRow"] as? Int == 1)
    #expect(object["byteCount"] as? Int == 1152)
    #expect(try fixture.folder.bytes(of: "w.npy").count == 1152)
  }

  // An example that the help breaks runs as two commands where it is pasted.
  @Test func examplesFitIntoEightyColumns() {
    for verb in Ingot.configuration.subcommands {
      let lines = verb.configuration.discussion.split(separator: "\n")
      for line in lines where line.hasPrefix("  ") {
        #expect(line.count <= 78, "\(line)")
        #expect(verb.helpMessage(columns: 80).contains("\(line)\n"), "\(line)")
      }
    }
  }

  @Test func helpNamesEachValueOnce() {
    for verb in Ingot.configuration.subcommands {
      for line in verb.helpMessage(columns: 10000).split(separator: "\n") {
        guard let list = line.firstRange(of: "(values: ") else { continue }
        let values = line[list.upperBound...].prefix { $0 != ")" && $0 != ";" }.split(separator: ", ")
        let words = Set(line.prefix { $0 != "(" }.split { !$0.isLetter && !$0.isNumber }.dropFirst(2))
        #expect(!values.allSatisfy(words.contains), "\(line)")
      }
    }
  }

  @Test func theWayBackStandsBesideTheWayThere() {
    #expect(Ingot.configuration.subcommands.prefix(2).map { $0._commandName } == ["convert", "export"])
  }
}
