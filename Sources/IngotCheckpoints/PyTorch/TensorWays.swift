import IngotContainer

/// The keys, indexes and attributes that lead to tensors.
///
/// A step is held once for all that lies behind it, and a key stays where the pickle has it: a way is made a text only when
/// it is asked for.
struct TensorWays: Sendable {
  /// What a step is called.
  enum Key: Sendable {
    /// A text of a pickle.
    case text(PickleText)
    /// A short word that is in no pickle.
    case word(String)
  }

  /// A way, by its last step.
  typealias Way = Int32

  private struct Step: Sendable {
    let key: Key
    /// The bytes of the way up to here, joined by points.
    let byteCount: Int
    let previous: Way
    let depth: UInt32
    let part: UInt16
  }

  /// The way without steps.
  static let root: Way = -1

  /// The bytes of the pickles.
  private let texts: [[UInt8]]
  private var steps: [Step] = []

  init(_ parts: [PyTorchContents.Part]) { texts = parts.map(\.arena.bytes) }

  /// Appends a step to a way in a part of the file.
  mutating func append(_ key: Key, to way: Way, part: Int) -> Way {
    let length =
      switch key {
      case .text(let text): Int(text.count)
      case .word(let word): word.utf8.count
      }
    steps.append(
      Step(
        key: key, byteCount: way == Self.root ? length : byteCount(of: way) + 1 + length, previous: way,
        depth: UInt32(depth(of: way) + 1), part: UInt16(part)))
    return Way(steps.count - 1)
  }

  /// Takes the last step back, which led to nothing.
  mutating func removeLast() { steps.removeLast() }

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
  func text(of way: Way, from depth: Int = 0) -> String {
    var keys: [String] = []
    var way = way
    while self.depth(of: way) > depth {
      keys.append(key(of: way))
      way = steps[Int(way)].previous
    }
    return keys.reversed().joined(separator: ".")
  }

  /// How many steps two ways begin with alike.
  func sharedDepth(of left: Way, _ right: Way) -> Int {
    let depth = min(self.depth(of: left), self.depth(of: right))
    var (left, right) = (beginning(of: left, depth: depth), beginning(of: right, depth: depth))
    var shared = depth
    while left != right {
      if !isKeyShared(left, right) { shared = self.depth(of: left) - 1 }
      (left, right) = (steps[Int(left)].previous, steps[Int(right)].previous)
    }
    return shared
  }

  private func isKeyShared(_ left: Way, _ right: Way) -> Bool {
    if case .text(let first) = steps[Int(left)].key, case .text(let second) = steps[Int(right)].key {
      return (first == second && steps[Int(left)].part == steps[Int(right)].part)
        || bytes(first, left).elementsEqual(bytes(second, right))
    }
    return ExactName(key(of: left)) == ExactName(key(of: right))
  }

  private func bytes(_ text: PickleText, _ way: Way) -> ArraySlice<UInt8> {
    texts[Int(steps[Int(way)].part)][text.range]
  }

  private func key(of way: Way) -> String {
    switch steps[Int(way)].key {
    case .text(let text): String(decoding: bytes(text, way), as: UTF8.self)
    case .word(let word): word
    }
  }
}
