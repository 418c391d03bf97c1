import IngotContainer
import IngotEncodings

/// Carries out the instructions of a pickle on values that only describe what they stand for.
///
/// Nothing is imported and nothing called: what a pickle names is looked up in a fixed table, and what it asks for is
/// done here or refused. Memory is bounded by the limits and by the bytes of the pickle, and nothing recurses.
///
/// Specification: `spec/pytorch.md`, clauses P3 to P5.
struct PickleMachine {
  /// What names are taken for that the table does not have.
  struct Foreign {
    /// Whether classes of TorchScript are known by their module.
    let areModulesKnown: Bool
    /// Whether all others are listed, and what they make is passed over; otherwise they are refused.
    let isListed: Bool

    /// Every name is refused.
    static let refused = Foreign(areModulesKnown: false, isListed: false)
    /// Every name is listed.
    static let listed = Foreign(areModulesKnown: false, isListed: true)
  }

  static let nameByteCount = 1 << 12

  var input: PickleBytes
  var arena: PickleArena
  let limits: CheckpointLimits
  let foreign: Foreign
  var stack: [PickleValue] = []
  /// The heights of the stack at the open marks.
  var marks: [Int] = []
  /// Where the instruction under way begins.
  var offset = 0
  /// Reads texts of the pickle that lie behind.
  let texts: PickleTexts
  /// The text that was last found to be the word `storage`, which stands once in most pickles.
  var storageWord: PickleText?
  private var memo = PickleMemo(recalled: [])
  private var valueCount = 0

  /// - Parameter storedByteCount: The bytes that the pickle takes in its file where it is deflated.
  init(
    _ input: PickleBytes, limits: CheckpointLimits, foreign: Foreign = .refused,
    storedByteCount: UInt64? = nil
  ) {
    self.input = input
    self.limits = limits
    self.foreign = foreign
    texts = PickleTexts(input.source)
    arena = PickleArena(
      input.source,
      allowance: PickleAllowance(storedByteCount: storedByteCount ?? input.available, limits: limits))
  }

  /// Runs the pickle to its end.
  ///
  /// - Returns: The value that it makes; the arena has what that refers to.
  /// - Throws: ``PickleError``, and what the source of the bytes throws.
  mutating func run() throws -> PickleValue {
    memo = PickleMemo(recalled: try PickleRecalls.find(in: input, atMost: memoLimit))
    try readProtocol()
    while true {
      if arena.isSweepDue { arena.sweep(keeping: Array(memo.kept) + stack) }
      offset = input.position
      let byte = try input.byte()
      guard let opcode = PickleOpcode(rawValue: byte), opcode != .proto else {
        throw PickleError(
          .opcode, at: offset, found: "the instruction 0x\(String(byte, radix: 16))",
          expected: "one that writers of checkpoints use")
      }
      if opcode == .stop { break }
      try perform(opcode)
    }
    guard marks.isEmpty, stack.count == 1 else {
      throw refuse(
        "the end with \(stack.count.counted("value")) and \(marks.count.counted("mark"))", "one value")
    }
    return stack[0]
  }

  private mutating func readProtocol() throws {
    let start = [try input.byte(), try input.byte()]
    guard start[0] == PickleOpcode.proto.rawValue, (2...5).contains(start[1]) else {
      throw PickleError(
        .pickle, at: 0, found: "bytes \(start[0]) and \(start[1])", expected: "a pickle of protocol 2 to 5")
    }
  }

  private mutating func perform(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .stop, .proto: break
    case .frame:
      let count = try input.number(8)
      guard count <= limits.pickleByteCount else {
        throw PickleError(
          .limit, at: offset, found: "a frame of \(count.counted("byte"))",
          expected: "at most \(limits.pickleByteCount)")
      }
    case .mark:
      guard marks.count < limits.pickleNesting else {
        throw PickleError(
          .nesting, at: offset, found: "another mark", expected: "at most \(limits.pickleNesting) open")
      }
      marks.append(stack.count)
    case .pop:
      if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
    case .popMark: _ = try popToMark()
    case .none: try push(.none)
    case .newTrue: try push(.bool(true))
    case .newFalse: try push(.bool(false))
    case .binaryInteger: try push(.integer(Int64(Int32(truncatingIfNeeded: input.number(4)))))
    case .binaryInteger1: try push(.integer(Int64(input.number(1))))
    case .binaryInteger2: try push(.integer(Int64(input.number(2))))
    case .long1: try pushLong(input.number(1))
    case .long4: try pushLong(input.number(4))
    case .binaryFloat:
      try input.pass(8)
      try push(.float)
    case .binaryText: try pushText(input.number(4))
    case .shortBinaryText: try pushText(input.number(1))
    case .binaryText8: try pushText(input.number(8))
    case .binaryString: try pushString(input.number(4))
    case .shortBinaryString: try pushString(input.number(1))
    case .binaryBytes: try pushBytes(input.number(4))
    case .shortBinaryBytes: try pushBytes(input.number(1))
    case .binaryBytes8, .byteArray8: try pushBytes(input.number(8))
    case .emptyTuple: try pushNode(.tuple)
    case .emptyList: try pushNode(.list)
    case .emptyDictionary: try pushNode(.dictionary)
    case .emptySet: try pushNode(.set)
    case .tuple: try pushNode(.tuple, popToMark())
    case .frozenSet: try pushNode(.set, popToMark())
    case .tuple1: try pushNode(.tuple, pop(1))
    case .tuple2: try pushNode(.tuple, pop(2))
    case .tuple3: try pushNode(.tuple, pop(3))
    case .append: try extend(.list, with: pop(1))
    case .appends: try extend(.list, with: popToMark())
    case .addItems: try extend(.set, with: popToMark())
    case .setItem: try extend(.dictionary, with: pop(2))
    case .setItems: try extend(.dictionary, with: popToMark())
    case .get: try recall(input.number(1))
    case .longGet: try recall(input.number(4))
    case .put: try remember(input.number(1))
    case .longPut: try remember(input.number(4))
    case .memoize: try remember(UInt64(memo.count))
    case .global: try pushGlobal()
    case .stackGlobal: try pushStackGlobal()
    case .reduce: try call(arguments: 1, "a function or class")
    case .newObject: try call(arguments: 1, "a class")
    case .newObjectWithKeywords: try call(arguments: 2, "a class")
    case .build: try build()
    case .persistentIdentifier: try pushStorage()
    }
  }
}

// The stack and the memo.
extension PickleMachine {
  mutating func push(_ value: PickleValue) throws {
    try count(1)
    stack.append(value)
  }

  /// Counts values that are made, or held once more.
  mutating func count(_ values: Int) throws {
    valueCount += values
    guard valueCount <= arena.allowance.valueCount else {
      throw PickleError(
        .limit, at: offset, found: "more values", expected: "at most \(arena.allowance.valueCount)")
    }
  }

  mutating func pushNode(_ kind: PickleNode.Kind, _ items: [PickleValue] = []) throws {
    try push(arena.makeNode(kind, items, at: offset))
  }

  mutating func pop() throws -> PickleValue {
    guard stack.count > (marks.last ?? 0) else {
      throw refuse("an instruction for a value that is not there", "a value on the stack")
    }
    return stack.removeLast()
  }

  mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw refuse("an instruction for \(count.counted("value")), more than there are", "values on the stack")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw refuse("an instruction for a mark", "a mark") }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private mutating func extend(_ kind: PickleNode.Kind, with items: [PickleValue]) throws {
    guard stack.count > (marks.last ?? 0), let target = stack.last else {
      throw refuse("items for no \(kind)", "a \(kind) below them")
    }
    guard arena.node(target).map({ $0.kind == kind || $0.kind == .opaque }) == true || arena.isUnknown(target)
    else { throw refuse("items for no \(kind)", "a \(kind) below them") }
    guard kind != .dictionary || items.count.isMultiple(of: 2) else {
      throw refuse("a key without a value", "keys and values")
    }
    guard case .node(let index) = target else { return }
    let instance: PickleNode.Kind = kind == .dictionary ? .instanceDictionary : .instanceList
    switch arena[node: index].kind {
    // What an instance of an unknown class is given is what it holds, unless it has a state already.
    case .instance where arena[node: index].items.isEmpty: arena.change(index, to: instance)
    case .instanceList, .instanceDictionary: if arena[node: index].kind != instance { return }
    case .instance: return
    case .tuple, .list, .dictionary, .set, .object, .opaque: break
    }
    arena.append(items, to: index)
  }

  private mutating func recall(_ index: UInt64) throws {
    guard let value = memo[index] else {
      throw refuse("entry \(index) of the memo, which is not there", "one that was put there")
    }
    try push(value)
  }

  private mutating func remember(_ index: UInt64) throws {
    guard stack.count > (marks.last ?? 0), let value = stack.last else {
      throw refuse("no value for the memo", "a value on the stack")
    }
    guard memo.contains(index) || memo.count < memoLimit else {
      throw PickleError(
        .limit, at: offset, found: "another entry of the memo", expected: "at most \(memoLimit)")
    }
    memo.put(value, at: index)
  }

  private var memoLimit: Int { min(limits.pickleMemoCount, arena.allowance.valueCount) }

  func refuse(_ found: String, _ expected: String) -> PickleError {
    PickleError(.pickle, at: offset, found: found, expected: expected)
  }
}

// Numbers and texts.
extension PickleMachine {
  /// The text that the next `count` bytes are.
  private func text(_ count: UInt64) -> PickleText {
    // A pickle has at most 2 GiB.
    PickleText(start: Int32(truncatingIfNeeded: input.position), count: Int32(truncatingIfNeeded: count))
  }

  private mutating func pushText(_ count: UInt64) throws {
    let text = text(count)
    guard String(validating: try input.take(count), as: UTF8.self) != nil else {
      throw PickleError(.utf8, at: offset, found: "a text that is not UTF-8", expected: "UTF-8")
    }
    try push(.text(text))
  }

  /// A string of Python 2, which holds a text or any bytes.
  private mutating func pushString(_ count: UInt64) throws {
    let text = text(count)
    let isText = String(validating: try input.take(count), as: UTF8.self) != nil
    try push(isText ? .text(text) : .bytes)
  }

  private mutating func pushBytes(_ count: UInt64) throws {
    try input.pass(count)
    try push(.bytes)
  }

  private mutating func pushLong(_ count: UInt64) throws {
    guard count <= 8 else {
      let text = text(count)
      try input.pass(count)
      return try push(.longInteger(text))
    }
    let bytes = try input.take(count)
    var value = bytes.littleEndian(at: 0, count: bytes.count)
    if let last = bytes.last, last & 0x80 != 0, bytes.count < 8 { value |= ~0 << (8 * UInt64(bytes.count)) }
    try push(.integer(Int64(bitPattern: value)))
  }
}

// Names.
extension PickleMachine {
  private mutating func pushGlobal() throws {
    let module = try input.line(atMost: Self.nameByteCount)
    let name = try input.line(atMost: Self.nameByteCount)
    try pushGlobal(
      String(decoding: module, as: UTF8.self), String(decoding: name, as: UTF8.self))
  }

  private mutating func pushStackGlobal() throws {
    let names = try pop(2).map { value in
      if case .text(let text) = value, text.count <= Self.nameByteCount { text } else { nil as PickleText? }
    }
    guard let module = names[0], let name = names[1] else {
      throw refuse("a global whose name is no text", "two texts")
    }
    try pushGlobal(texts.string(module), texts.string(name))
  }

  private mutating func pushGlobal(_ module: String, _ name: String) throws {
    // A long name may stand once, and be used again and again.
    try count((module.utf8.count + name.utf8.count) / 64)
    if let global = PickleGlobal(module: module, name: name) { return try push(.global(global)) }
    // Classes of TorchScript have their own namespace, into which nothing else is imported.
    if foreign.areModulesKnown, module == "__torch__" || module.hasPrefix("__torch__.") {
      return try push(.foreign)
    }
    let full = "\(module).\(name)"
    let error = PickleError(
      .global, at: offset, global: full, found: "a name that would be imported",
      expected:
        "one of the few that a checkpoint needs: save state_dict(), or tensors alone, instead of the object")
    guard foreign.isListed else { throw error }
    try push(.unknown(arena.unknown.add(full, error)))
  }
}
