/// A regular expression for the names of modules, as the configurations of adapters have them, matched in linear time.
///
/// Adapters are downloaded, and a backtracking matcher takes exponential time for some expressions. This one follows all ways through
/// the expression at once: a match costs at most one step for each character of the name and each instruction.
///
/// Specification: `spec/adapters.md`, clause D2.1.
struct ModulePattern: Sendable {
  /// What an expression cannot be compiled for.
  struct Fault: Error {
    /// What is wrong, in words.
    let words: String
    /// The character at which it is wrong.
    let place: Int
  }

  /// The most instructions of an expression, into which repetitions are written out.
  static let instructionLimit = 4096
  /// The most characters and ranges of a class, each of which is compared with.
  static let classLimit = 256
  /// The deepest groups.
  static let depthLimit = 64

  /// One step of a program.
  enum Instruction: Sendable {
    /// Takes a character of a set.
    case take(CharacterSet)
    /// Goes on in two ways.
    case fork(Int, Int)
    case jump(Int)
    /// Goes on at the beginning, or at the end, of the name alone.
    case atStart, atEnd
    /// The expression ends here.
    case end
  }

  /// Ranges of characters, or all others.
  struct CharacterSet: Sendable {
    var ranges: [ClosedRange<Unicode.Scalar>]
    var isInverted = false

    func contains(_ character: Unicode.Scalar) -> Bool {
      ranges.contains { $0.contains(character) } != isInverted
    }
  }

  private let program: [Instruction]

  /// Compiles an expression.
  ///
  /// - Throws: ``Fault``.
  init(_ text: String) throws(Fault) {
    var parser = ModulePatternParser(text)
    program = try parser.program()
  }

  /// The instructions, which are the cost of a character of a name.
  var count: Int { program.count }

  /// Whether the expression matches the end of a name: all of it, or what follows a dot.
  ///
  /// - Complexity: O(*n* · *m*) in the characters of the name and the instructions.
  func matchesEnd(of name: String) -> Bool {
    let characters = Array(name.unicodeScalars)
    var ways = Ways(count: program.count)
    for place in 0...characters.count {
      let isStart = place == 0 || characters[place - 1] == "."
      if isStart { ways.add(0, at: place, of: characters.count, program) }
      if place == characters.count { break }
      ways.take(characters[place], at: place, of: characters.count, program)
    }
    return ways.hasEnded
  }

  /// The instructions that all ways through the expression have reached.
  private struct Ways {
    private var reached: [Int] = []
    private var isReached: [Bool]
    private(set) var hasEnded = false

    init(count: Int) { isReached = [Bool](repeating: false, count: count) }

    /// Adds a way, and all that it leads to without taking a character.
    mutating func add(_ first: Int, at place: Int, of count: Int, _ program: [Instruction]) {
      var open = [first]
      while let next = open.popLast() {
        if isReached[next] { continue }
        isReached[next] = true
        reached.append(next)
        switch program[next] {
        case .take: break
        case .fork(let one, let other): open += [one, other]
        case .jump(let target): open.append(target)
        case .atStart: if place == 0 { open.append(next + 1) }
        case .atEnd: if place == count { open.append(next + 1) }
        case .end: if place == count { hasEnded = true }
        }
      }
    }

    /// Goes on over a character.
    mutating func take(
      _ character: Unicode.Scalar, at place: Int, of count: Int, _ program: [Instruction]
    ) {
      let before = reached
      reached.removeAll(keepingCapacity: true)
      for index in before { isReached[index] = false }
      for index in before {
        if case .take(let set) = program[index], set.contains(character) {
          add(index + 1, at: place + 1, of: count, program)
        }
      }
    }
  }
}
