import IngotCheckpoints
import IngotTestSupport
import Testing

@testable import IngotConversion

// `spec/metadata.md`, clause M14.
@Suite struct FrontMatterTests {
  private func card(_ lines: String) throws -> ModelCard? {
    try FrontMatter(Array("---\n\(lines)\n---\n".utf8), isWhole: true).map { try ModelCard($0) }
  }

  private func problem(_ lines: String) -> String? {
    do {
      _ = try card(lines)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func anAliasIsTheValueAtItsAnchor() throws {
    #expect(try card("name: &a x\nauthor: *a")?["author"] == .text("x"))
    #expect(try card("tags: &a [x, y]\nlanguage: *a")?["language"] == .list([.text("x"), .text("y")]))
  }

  @Test func wordsBetweenStarsAreNoAliases() throws {
    let lines = (0..<40).map { "  **bold** *soft* R&D a*b ?x" + "\($0)" }.joined(separator: "\n")
    #expect(problem("name: x\ndescription: |\n\(lines)") == nil)
    #expect(problem("name: Is it so ?\ndescription: 'Why ?'\ntags: [a b ?]") == nil)
  }

  @Test func listsOfListsOfAliasesAreRefused() {
    var lines = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    for (name, next) in zip("abcdefghi", "bcdefghij") {
      lines += "\(next): &\(next) [" + Array(repeating: "*\(name)", count: 9).joined(separator: ",") + "]\n"
    }
    #expect(problem(lines + "tags: *j") == "its front matter has more than 16 aliases")
  }

  @Test func fewAliasesAreTakenAsOftenAsTheyStand() throws {
    let list = Array(repeating: "x", count: 9000).joined(separator: ",")
    let aliases = Array(repeating: "*a", count: 15).joined(separator: ",")
    #expect(
      problem("a: &a [\(list)]\nbase_model: [\(aliases)]") == "its front matter has more than 100000 values")
    // Deeper than what is looked at, nothing is taken.
    #expect(problem("a: &a [\(list)]\nb: &b [*a]\ntags: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]") == nil)
  }

  @Test func keysThatAreValuesAreRefusedWhereAnAliasCouldBeInThem() {
    let sentence = "its front matter has aliases, and a key that is no text"
    #expect(problem("a: &a [x]\nb: {[*a]: y}") == sentence)
    #expect(problem("a: &a [x]\nb: {{k: *a} : y}") == sentence)
    #expect(problem("a: &a [x]\n*a : y") == sentence)
    #expect(problem("a: &a [x]\nb: *a\n? c\n: d") == sentence)
    #expect(problem("a: &a [x]\nb: [? *a : b]") == sentence)
    #expect(problem("a: &a [x]\nb:\n- ? *a") == sentence)
    #expect(problem("? a\n: b\n? [c]\n: d\ntext: |\n  ?\n  *x*") == nil)
    #expect(problem("{[a]: b}: c") == nil)
  }

  @Test(arguments: [
    "[", "{", "- ", "{a: ", "[a: ", "? ", "a: [", "- - ", "&a ", "!!seq [", "* ", "'", "\"", "| ", "<<: ",
  ])
  func deepNestingIsRefused(opening: String) {
    _ = problem(String(repeating: opening, count: 20_000))
    _ = problem("a: " + String(repeating: opening, count: 20_000))
  }

  @Test func deepMappingsOfLinesAreRefused() {
    var lines = ""
    for depth in 0..<1200 { lines += String(repeating: " ", count: depth) + "a:\n" }
    #expect(problem(lines)?.isEmpty == false)
  }

  @Test func nestingHasALimitThatASmallStackTakes() throws {
    let sentence = "its front matter could be nested too deeply"
    for (opening, closing) in [
      ("[", "]"), ("{a: ", "}"), ("!!seq [", "]"), ("&a [ ", "]"), ("[\n", "]"), ("[#\n", "]"),
    ] {
      func nested(_ depth: Int) -> String {
        "tags: " + String(repeating: opening, count: depth) + String(repeating: closing, count: depth)
      }
      #expect(problem(nested(200)) == nil, "\(opening)")
      #expect(problem(nested(201)) == sentence, "\(opening)")
    }
    #expect(problem(String(repeating: "- ", count: 64) + "a") == sentence)
    #expect(problem("tags: \n" + String(repeating: "- ", count: 63) + "a") == nil)
    for ending in ["\n", "\u{85}", "\u{2028}", "\u{2029}", "\r", "\r\n"] {
      let lines = (0..<65).map { String(repeating: " ", count: $0) + "a:" }
      #expect(problem(lines.joined(separator: ending)) == sentence)
      #expect(problem(lines.dropLast().joined(separator: ending)) == nil)
    }
    // Brackets within words are none.
    #expect(problem("name: x" + String(repeating: " [a]", count: 500)) == nil)
  }

  @Test func keysInKeysAreBounded() {
    let long = String(repeating: "x", count: 500_000)
    #expect(problem(String(repeating: "? ", count: 62) + long) == nil)
    let keys = String(repeating: "{", count: 150) + "a: b" + String(repeating: "}: b", count: 149) + "}"
    #expect(problem("x: " + keys) == nil)
  }

  @Test func longFrontMatterIsRefusedAndLongTextAfterItIsNot() throws {
    let folder = try TemporaryFolder()
    let text = String(repeating: "x", count: FrontMatter.maximumByteCount)
    try folder.write("---\nname: x\n---\n\(text)".utf8, to: "README.md")
    #expect(try FrontMatter(of: ModelFolder(folder.path))?.text == "name: x\n")
    try folder.write("---\nname: \(text)\n---\n".utf8, to: "README.md")
    var warnings: [String] = []
    let card = try ModelCard(of: ModelFolder(folder.path), warnings: &warnings)
    #expect(card["name"] == nil)
    #expect(warnings == ["README.md is ignored: its front matter is longer than 1048576 bytes"])
  }

  @Test func aLimitOfSideFilesBecomesAWarning() throws {
    let folder = try TemporaryFolder()
    try folder.write("---\nname: x\n---\n".utf8, to: "README.md")
    var limits = CheckpointLimits()
    limits.sideFileByteCount = 3
    var warnings: [String] = []
    _ = try ModelCard(of: ModelFolder(folder.path, limits: limits), warnings: &warnings)
    #expect(warnings.count == 1)
  }

  @Test func aCardThatIsAFolderBecomesAWarning() throws {
    let folder = try TemporaryFolder()
    try folder.makeFolder("README.md")
    var warnings: [String] = []
    _ = try ModelCard(of: ModelFolder(folder.path), warnings: &warnings)
    #expect(warnings.count == 1)
  }

  @Test func bytesThatAreNotUTF8AreRefused() {
    #expect(throws: FrontMatter.Problem.self) {
      try FrontMatter(Array("---\nname: ".utf8) + [0xFF, 0x0A] + Array("---\n".utf8), isWhole: true)
    }
    #expect(throws: Never.self) {
      try FrontMatter(Array("---\nname: x\n---\n".utf8) + [0xFF], isWhole: true)
    }
  }

  @Test func aWarningNamesTheLine() {
    #expect(problem("name: x\nauthor: [y\nversion: z")?.hasPrefix("line ") == true)
    #expect(problem("name: x\nauthor: *nobody") == "line 3: found undefined alias")
    #expect(problem("name: x\nname: y") == "its front matter has the key \"name\" twice")
    #expect(problem("name: \u{1}") == "control characters are not allowed")
    #expect(problem("--- x") == "its front matter is not a mapping")
    #expect(problem("a: b\n--- \nc: d") != nil)
  }

  @Test func damagedFrontMatterNeverTraps() throws {
    let good = Array(
      "---\nname: &a \"x\\u00e9\"\ntags: [a, *a, 'b''c', {d: e}]\nbase_model:\n- a/b\n- name: |\n    c\n? !!x f\n---\n"
        .utf8)
    let seed: UInt64 = 0x4A17
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<3000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: 4..<bytes.count, using: &generator)
        bytes[index] =
          Bool.random(using: &generator)
          ? .random(in: 0...127, using: &generator) : bytes.randomElement(using: &generator) ?? 0
      }
      _ = try? FrontMatter(bytes, isWhole: true).map { try ModelCard($0) }
    }
  }
}
