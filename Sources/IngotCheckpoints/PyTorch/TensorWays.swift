import IngotContainer

/// The keys, indexes and attributes that lead to tensors.
///
/// A step is held once for all that lies behind it, and a key stays where the pickle has it: a way is made a text only when
/// it is asked for.
struct TensorWays {
  /// What a step is called.
  enum Key: Sendable {
    /// A text of a pickle.
    case text(PickleText)
    /// A short word that is in no pickle.
    case word(String)
  }

  /// A way, by its last step.
  typealias Way = Int32

  private struct Step {
    /// The bytes of the way up to here, joined by points.
    let byteCount: Int
    /// The text; of a word its place among the words, with a count below zero.
    let key: PickleText
    let previous: Way
    let depth: UInt32
    let part: UInt16
  }

  /// The way without steps.
  static let root: Way = -1

  /// Reads the texts of each pickle.
  private let texts: [PickleTexts]
  private var steps: [Step] = []
  private var words: [String] = []

  init(_ parts: [PyTorchContents.Part]) { texts = parts.map { PickleTexts($0.arena.source) } }

  /// Appends a step to a way in a part of the file.
  mutating func append(_ key: Key, to way: Way, part: Int) -> Way {
    let text: PickleText
    let length: Int
    switch key {
    case .text(let key): (text, length) = (key, Int(key.count))
    case .word(let word):
      (text, length) = (PickleText(start: Int32(words.count), count: -1), word.utf8.count)
      words.append(word)
    }
    steps.append(
      Step(
        byteCount: way == Self.root ? length : byteCount(of: way) + 1 + length, key: text, previous: way,
        depth: UInt32(depth(of: way) + 1), part: UInt16(part)))
    return Way(steps.count - 1)
  }

  /// Takes the last step back, which led to nothing.
  mutating func removeLast() {
    if steps.removeLast().key.count < 0 { words.removeLast() }
  }

  /// The number of steps of a way.
  func depth(of way: Way) -> Int { way == Self.root ? 0 : Int(steps[Int(way)].depth) }

  /// The bytes of a way, joined by points.
  func byteCount(of way: Way) -> Int { way == Self.root ? 0 : steps[Int(way)].byteCount }

  /// The first steps of a way.
  ///
  /// - Precondition: the way has as many.
  func beginning(of way: Way, depth: Int) -> Way {
    var way = way
    while self.depth(of: way) > depth { way = steps[Int(way)].previous }
    return way
  }

  /// A way as a text, its steps from a depth on joined by points.
  ///
  /// - Throws: What reading throws.
  func text(of way: Way, from depth: Int = 0) throws -> String {
    var keys: [String] = []
    var way = way
    while self.depth(of: way) > depth {
      keys.append(try key(of: way))
      way = steps[Int(way)].previous
    }
    return keys.reversed().joined(separator: ".")
  }

  /// How many steps two ways begin with alike.
  func sharedDepth(of left: Way, _ right: Way) throws -> Int {
    let depth = min(self.depth(of: left), self.depth(of: right))
    var (left, right) = (beginning(of: left, depth: depth), beginning(of: right, depth: depth))
    var shared = depth
    while left != right {
      if try !isKeyShared(left, right) { shared = self.depth(of: left) - 1 }
      (left, right) = (steps[Int(left)].previous, steps[Int(right)].previous)
    }
    return shared
  }

  private func isKeyShared(_ left: Way, _ right: Way) throws -> Bool {
    let (first, second) = (steps[Int(left)], steps[Int(right)])
    if first.key == second.key && first.key.count >= 0 && first.part == second.part { return true }
    return try ExactName(key(of: left)) == ExactName(key(of: right))
  }

  private func key(of way: Way) throws -> String {
    let step = steps[Int(way)]
    return step.key.count < 0
      ? words[Int(step.key.start)] : try texts[Int(step.part)].string(step.key)
  }
}
