/// Makes a program of a regular expression.
///
/// It takes what Python's `re` and the names of modules have in common: characters, `.`, classes, groups, alternatives, repetitions,
/// `^` and `$`. What looks back or ahead is refused.
struct ModulePatternParser {
  private typealias Fault = ModulePattern.Fault
  private typealias CharacterSet = ModulePattern.CharacterSet
  private typealias Instruction = ModulePattern.Instruction

  private let characters: [Unicode.Scalar]
  private var place = 0
  private var depth = 0

  init(_ text: String) { characters = Array(text.unicodeScalars) }

  /// The whole expression.
  mutating func program() throws(ModulePattern.Fault) -> [ModulePattern.Instruction] {
    let program = try alternatives()
    guard place == characters.count else { throw fault("a parenthesis that closes nothing") }
    return try limited(program + [.end])
  }

  private var next: Unicode.Scalar? { place < characters.count ? characters[place] : nil }

  private func fault(_ words: String) -> ModulePattern.Fault { Fault(words: words, place: place) }

  /// Refuses what is too long.
  private func limited(
    _ program: [ModulePattern.Instruction]
  ) throws(ModulePattern.Fault) -> [ModulePattern.Instruction] {
    guard program.count <= ModulePattern.instructionLimit else {
      throw fault("more than \(ModulePattern.instructionLimit) steps")
    }
    return program
  }

  /// Moves what jumps within a piece of a program to where the piece is put.
  private func moved(_ piece: [Instruction], by distance: Int) -> [Instruction] {
    piece.map { instruction in
      switch instruction {
      case .fork(let one, let other): .fork(one + distance, other + distance)
      case .jump(let target): .jump(target + distance)
      case .take, .atStart, .atEnd, .end: instruction
      }
    }
  }

  private mutating func alternatives() throws(ModulePattern.Fault) -> [ModulePattern.Instruction] {
    depth += 1
    defer { depth -= 1 }
    guard depth <= ModulePattern.depthLimit else { throw fault("groups that are too deep") }
    var result = try sequence()
    while next == "|" {
      place += 1
      let other = try sequence()
      // fork, the one, jump over the other, the other
      result =
        [.fork(1, result.count + 2)] + moved(result, by: 1) + [.jump(result.count + 2 + other.count)]
        + moved(other, by: result.count + 2)
      result = try limited(result)
    }
    return result
  }

  private mutating func sequence() throws(ModulePattern.Fault) -> [ModulePattern.Instruction] {
    var result: [Instruction] = []
    while let character = next, character != "|", character != ")" {
      let piece = try repeated(try single())
      result = try limited(result + moved(piece, by: result.count))
    }
    return result
  }

  private mutating func single() throws(ModulePattern.Fault) -> [ModulePattern.Instruction] {
    guard let character = next else { return [] }
    place += 1
    switch character {
    case "^": return [.atStart]
    case "$": return [.atEnd]
    case ".": return [.take(CharacterSet(ranges: ["\n"..."\n"], isInverted: true))]
    case "[": return [.take(try characterClass())]
    case "\\": return [.take(try escape())]
    case "*", "+", "?":
      place -= 1
      throw fault("a repetition of nothing")
    case "(":
      if next == "?" { try groupKind() }
      let group = try alternatives()
      guard next == ")" else { throw fault("a group without its end") }
      place += 1
      return group
    default: return [.take(CharacterSet(ranges: [character...character]))]
    }
  }

  /// What stands behind `(?`: a group that is not numbered, or has a name.
  private mutating func groupKind() throws(ModulePattern.Fault) {
    place += 1
    if next == ":" {
      place += 1
      return
    }
    guard characters[place...].starts(with: "P<".unicodeScalars),
      let end = characters[place...].firstIndex(of: ">")
    else { throw fault("a group of a kind that is not supported") }
    place = end + 1
  }

  /// The piece with the repetition that follows it.
  private mutating func repeated(
    _ piece: [ModulePattern.Instruction]
  ) throws(ModulePattern.Fault) -> [ModulePattern.Instruction] {
    guard let (least, most) = try repetition() else { return piece }
    if next == "+" { throw fault("a repetition that gives nothing back, which is not supported") }
    // A repetition that takes as little as it can matches the same names.
    if next == "?" { place += 1 }
    if let next, "*+?".unicodeScalars.contains(next) { throw fault("a repetition of a repetition") }
    let copies = most ?? least + 1
    guard copies == 0 || piece.count <= ModulePattern.instructionLimit / copies else {
      throw fault("more than \(ModulePattern.instructionLimit) steps")
    }
    var result: [Instruction] = []
    for _ in 0..<least { result += moved(piece, by: result.count) }
    if let most {
      for _ in least..<most {
        result.append(.fork(result.count + 1, result.count + 1 + piece.count))
        result += moved(piece, by: result.count)
      }
    } else {
      let start = result.count
      result.append(.fork(start + 1, start + 2 + piece.count))
      result += moved(piece, by: start + 1) + [.jump(start)]
    }
    return try limited(result)
  }

  /// How often: `*`, `+`, `?` or numbers in braces; braces with anything else stand for themselves.
  private mutating func repetition() throws(ModulePattern.Fault) -> (least: Int, most: Int?)? {
    switch next {
    case "*":
      place += 1
      return (0, nil)
    case "+":
      place += 1
      return (1, nil)
    case "?":
      place += 1
      return (0, 1)
    case "{":
      guard let end = characters[place...].firstIndex(of: "}") else { return nil }
      let inner = characters[(place + 1)..<end]
      let parts = inner.split(separator: ",", omittingEmptySubsequences: false)
      guard (1...2).contains(parts.count), inner.contains(where: { $0 != "," }),
        inner.allSatisfy({ ("0"..."9").contains($0) || $0 == "," })
      else { return nil }
      func number(_ digits: ArraySlice<Unicode.Scalar>) -> Int? {
        digits.reduce(0 as Int?) { sum, digit in
          sum.flatMap { $0 > ModulePattern.instructionLimit ? nil : $0 * 10 + Int(digit.value - 48) }
        }
      }
      let limit = ModulePattern.instructionLimit
      let least = parts[0].isEmpty ? 0 : number(parts[0]) ?? limit + 1
      let most =
        parts.count == 1 ? least : parts[1].isEmpty ? nil : number(parts[1]) ?? limit + 1
      guard least <= limit, most ?? 0 <= limit else { throw fault("more than \(limit) steps") }
      guard most.map({ $0 >= least }) ?? true else {
        throw fault("a repetition whose most is below its least")
      }
      place = end + 1
      return (least, most)
    default: return nil
    }
  }

  /// What stands behind a backslash.
  private mutating func escape() throws(ModulePattern.Fault) -> ModulePattern.CharacterSet {
    guard let character = next else { throw fault("a backslash at the end") }
    place += 1
    switch character {
    case "d": return CharacterSet(ranges: ["0"..."9"])
    case "D": return CharacterSet(ranges: ["0"..."9"], isInverted: true)
    case "w": return CharacterSet(ranges: ["0"..."9", "A"..."Z", "a"..."z", "_"..."_"])
    case "W": return CharacterSet(ranges: ["0"..."9", "A"..."Z", "a"..."z", "_"..."_"], isInverted: true)
    case "s": return CharacterSet(ranges: [" "..." ", "\t"..."\r"])
    case "S": return CharacterSet(ranges: [" "..." ", "\t"..."\r"], isInverted: true)
    case "0"..."9", "a"..."z", "A"..."Z":
      place -= 1
      throw fault("the escape \\\(character), which is not supported")
    default: return CharacterSet(ranges: [character...character])
    }
  }

  /// What stands behind a bracket.
  private mutating func characterClass() throws(ModulePattern.Fault) -> ModulePattern.CharacterSet {
    var set = CharacterSet(ranges: [])
    if next == "^" {
      set.isInverted = true
      place += 1
    }
    var isFirst = true
    while let character = next, character != "]" || isFirst {
      isFirst = false
      guard set.ranges.count < ModulePattern.classLimit else {
        throw fault("more than \(ModulePattern.classLimit) characters in a class")
      }
      let low = try member()
      guard next == "-", place + 1 < characters.count, characters[place + 1] != "]" else {
        set.ranges += low.ranges
        continue
      }
      place += 1
      let high = try member()
      guard let first = low.ranges.first?.lowerBound, let last = high.ranges.first?.lowerBound,
        low.isOne, high.isOne, first <= last
      else { throw fault("a range of characters that has none") }
      set.ranges.append(first...last)
    }
    guard next == "]" else { throw fault("a class without its end") }
    place += 1
    return set
  }

  /// A character of a class, or an escape.
  private mutating func member() throws(ModulePattern.Fault) -> ModulePattern.CharacterSet {
    guard let character = next else { throw fault("a class without its end") }
    place += 1
    guard character == "\\" else { return CharacterSet(ranges: [character...character]) }
    let set = try escape()
    guard !set.isInverted else {
      throw fault("the opposite of a class within a class, which is not supported")
    }
    return set
  }
}

extension ModulePattern.CharacterSet {
  /// Whether it has one character.
  fileprivate var isOne: Bool {
    !isInverted && ranges.count == 1 && ranges.first?.lowerBound == ranges.first?.upperBound
  }
}
