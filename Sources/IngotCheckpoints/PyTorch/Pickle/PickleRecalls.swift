/// Finds which entries of its memo a pickle recalls, before it runs.
///
/// A pickle runs from its first instruction to its last without jumps, so that what stands there is what happens. It is passed
/// over as far as it can be: where that ends, the pickle itself is refused.
enum PickleRecalls {
  /// The numbers of the entries, of more than `limit` those that come first: to recall more, a pickle would have to put more there.
  ///
  /// - Throws: What the source of the bytes throws.
  static func find(in input: PickleBytes, atMost limit: Int) throws -> Set<UInt64> {
    var input = input
    var recalled: Set<UInt64> = []
    do {
      while recalled.count <= limit, let opcode = PickleOpcode(rawValue: try input.byte()), opcode != .stop {
        switch opcode.operand {
        case .bytes(let count):
          if opcode == .get || opcode == .longGet {
            recalled.insert(try input.number(count))
          } else {
            try input.pass(UInt64(count))
          }
        case .counted(let count): try input.pass(input.number(count))
        case .lines(let count): for _ in 0..<count { _ = try input.line(atMost: PickleMachine.nameByteCount) }
        }
      }
    } catch is PickleError {}
    return recalled
  }
}

extension PickleOpcode {
  /// What follows an instruction.
  enum Operand {
    /// So many bytes.
    case bytes(Int)
    /// A number of so many bytes, and as many bytes as it says.
    case counted(Int)
    /// So many lines.
    case lines(Int)
  }

  /// What follows it.
  var operand: Operand {
    switch self {
    case .proto, .binaryInteger1, .get, .put: .bytes(1)
    case .binaryInteger2: .bytes(2)
    case .binaryInteger, .longGet, .longPut: .bytes(4)
    case .binaryFloat, .frame: .bytes(8)
    case .shortBinaryBytes, .shortBinaryString, .shortBinaryText, .long1: .counted(1)
    case .binaryBytes, .binaryString, .binaryText, .long4: .counted(4)
    case .binaryText8, .binaryBytes8, .byteArray8: .counted(8)
    case .global: .lines(2)
    case .mark, .emptyTuple, .stop, .pop, .popMark, .none, .persistentIdentifier, .reduce, .emptyList,
      .append,
      .build, .appends, .setItem, .tuple, .setItems, .emptyDictionary, .newObject, .tuple1, .tuple2, .tuple3,
      .newTrue, .newFalse, .emptySet, .addItems, .frozenSet, .newObjectWithKeywords, .stackGlobal, .memoize:
      .bytes(0)
    }
  }
}
