import Testing

@testable import IngotConversion

/// The regular expressions of adapters: `spec/adapters.md`, clause D2.1.
@Suite struct ModulePatternTests {
  private static let names = [
    "model.layers.0.self_attn.q_proj", "model.layers.10.self_attn.q_proj", "q_proj", "xq_proj",
    "model.layers.11.mlp.up_proj", "a",
  ]

  /// The places in the list of the names that Python's `re.match(r"(?:.*\.)?(?:" + pattern + r")$", name)` matches.
  @Test(arguments: [
    ("q_proj", [0, 1, 2]), ("layers.0.self_attn.q_proj", [0]), ("layers\\.1.*", [1, 4]),
    ("q_proj|up_proj", [0, 1, 2, 4]),
    ("(q|up)_proj", [0, 1, 2, 4]), ("layers\\.(0|[1-9]\\d)\\.self_attn\\.q_proj", [0, 1]), ("^q_proj", [2]),
    ("^model\\.layers\\.\\d+\\.self_attn\\..*$", [0, 1]), ("x?q_proj", [0, 1, 2, 3]), ("[^x]q_proj", []),
    ("layers\\.\\d{2}\\.mlp\\.\\w+", [4]), ("layers\\.\\d{1,2}\\.self.*?proj", [0, 1]),
    ("(?:model\\.)?layers\\.0\\..+", [0]),
    ("(?P<kind>[qk])_proj", [0, 1, 2]), ("", []), ("a{0}", []), ("[a-]", [5]), ("a|", [5]), ("(a*)*", [5]),
    (".", [5]),
    ("\\D+", [0, 1, 2, 3, 4, 5]), ("l{,2}up_proj", [4]), ("{a}", []), ("()q_proj", [0, 1, 2]),
    ("[]x]q_proj", [3]),
    ("layers.[0-9][0-9]?.self_attn.[qk]_proj", [0, 1]),
  ])
  func itMatchesWhatPythonMatches(pattern: String, places: [Int]) throws {
    let compiled = try ModulePattern(pattern)
    #expect(Self.names.indices.filter { compiled.matchesEnd(of: Self.names[$0]) } == places, "\(pattern)")
  }

  @Test(arguments: [
    ("(", "group without its end", 1), ("a)", "closes nothing", 1), ("*a", "repetition of nothing", 0),
    ("a**", "repetition of a repetition", 2), ("[a", "class without its end", 2), ("[b-a]", "range", 4),
    ("a\\", "backslash", 2), ("(a)\\1", "escape", 4), ("(?=a)b", "group of a kind", 2), ("\\bq", "escape", 1),
    ("a{2,1}", "below its least", 1), ("a++", "gives nothing back", 2), ("(?i)a", "group of a kind", 2),
    ("(a{1000}){1000}", "4096", 15), ("a{99999999999999999999}", "4096", 1),
  ])
  func whatIsNotSupportedIsNamed(pattern: String, words: String, place: Int) {
    let fault = #expect(throws: ModulePattern.Fault.self) { try ModulePattern(pattern) }
    #expect(
      fault?.words.contains(words) == true && fault?.place == place,
      "\(pattern): \(String(describing: fault))")
  }

  @Test func groupsHaveADepth() {
    func nested(_ depth: Int) -> String {
      String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
    }
    #expect(throws: Never.self) { try ModulePattern(nested(ModulePattern.depthLimit - 1)) }
    #expect(throws: ModulePattern.Fault.self) { try ModulePattern(nested(100_000)) }
  }

  @Test func classesHaveALength() {
    func characters(_ count: Int) -> String { "[" + String(repeating: "a", count: count) + "]" }
    #expect(throws: Never.self) { try ModulePattern(characters(ModulePattern.classLimit)) }
    #expect(throws: ModulePattern.Fault.self) { try ModulePattern(characters(ModulePattern.classLimit + 1)) }
  }

  /// Each of these takes a backtracking matcher longer than anybody waits.
  @Test(arguments: [
    "(.*)*x", "(.*.*)*=", "((((.*)*)*)*)*=", "(\\w+\\.?)+!", "(.?){1000}x", "(a|a|aa)*(a|a|aa)*b",
    "(.{1,30}){1,30}=",
  ])
  func timeIsLinear(pattern: String) throws {
    let name = String(repeating: "a.model.layers", count: 70)
    #expect(try !ModulePattern(pattern).matchesEnd(of: name))
  }
}
