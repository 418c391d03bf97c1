import IngotContainer
import IngotEncodings

// What stands for a call: the machine does what the few known functions and classes would, on descriptions.
extension PickleMachine {
  /// Calls what lies below its arguments, of which the first are a tuple.
  mutating func call(arguments count: Int, _ callable: String) throws {
    let values = try pop(count + 1)
    let arguments = arena.node(values[1])
    guard arguments?.kind == .tuple || arena.isUnknown(values[1]) else {
      throw refuse("arguments that are no tuple", "a tuple")
    }
    if arena.isUnknown(values[0]) { return try pushNode(.instance) }
    switch values[0] {
    case .foreign: try pushNode(.object)
    case .global(let global): try push(resultOrInstance(of: global, arguments?.items ?? [], values[1]))
    default: throw refuse("a call of what is no name of the table", callable)
    }
  }

  /// What a function or class of the table gives; in a survey an instance where what is unknown does not fit it.
  private mutating func resultOrInstance(
    of global: PickleGlobal, _ arguments: [PickleValue], _ tuple: PickleValue, depth: Int = 0
  ) throws -> PickleValue {
    do {
      return try result(of: global, arguments, depth: depth)
    } catch let error as PickleError
      where error.code == .pickle && (arena.isUnknown(tuple) || arguments.contains(where: arena.isUnknown))
    {
      return node(.instance, [])
    }
  }

  /// The attributes of an object.
  mutating func build() throws {
    let state = try pop()
    guard stack.count > (marks.last ?? 0), let target = stack.last else {
      throw refuse("a state for nothing", "an object below it")
    }
    switch target {
    case .node(let index):
      switch arena[node: index].kind {
      case .object:
        // A pickler gives each object one state.
        guard arena[node: index].items.isEmpty else { throw refuse("a second state", "one") }
        arena.append([state], to: index)
      case .instance: if arena[node: index].items.isEmpty { arena.append([state], to: index) }
      // The attributes of an ordered dictionary, such as its versions, and of numbers of NumPy.
      case .dictionary, .opaque, .instanceList, .instanceDictionary: break
      case .tuple, .list, .set: throw refuse("a state for a plain container", "an object")
      }
    case .tensor, .foreign, .unknown: break
    default: throw refuse("a state for a plain value", "an object")
    }
  }

  /// What a function or class of the table gives for its arguments.
  private mutating func result(
    of global: PickleGlobal, _ arguments: [PickleValue], depth: Int
  ) throws -> PickleValue {
    switch global {
    case .rebuildTensor(let version): return try rebuildTensor(arguments, version)
    case .rebuildParameter:
      guard case .tensor? = arguments.first else { throw refuse("a parameter of no tensor", "a tensor") }
      return arguments[0]
    case .rebuildFromType: return try rebuildFromType(arguments, depth: depth)
    case .tensorClass, .elementType, .storage:
      throw refuse("a call of a class that only names a type", "a description of a tensor")
    case .orderedDictionary, .dictionary, .counter: return try dictionary(arguments.first)
    case .defaultDictionary: return try dictionary(arguments.count > 1 ? arguments[1] : nil)
    case .size, .tuple: return try container(.tuple, arguments.first)
    case .list, .buildList: return try container(.list, arguments.first)
    case .set: return try container(.set, arguments.first)
    case .number, .opaque, .text, .byteArray, .encode: return node(.opaque, [])
    case .restoreTypeTag:
      guard arguments.count == 2 else {
        throw refuse(arguments.count.counted("argument"), "a value and its type")
      }
      return arguments[0]
    }
  }

  /// What a function for tensors gives, as a tensor of a class.
  private mutating func rebuildFromType(_ arguments: [PickleValue], depth: Int) throws -> PickleValue {
    // A function, a class, its arguments and a state: the tensor is what the function gives.
    guard arguments.count == 4, case .global(let inner) = arguments[0],
      arguments[1] == .global(.tensorClass) || arena.isUnknown(arguments[1]),
      let items = arena.node(arguments[2]), items.kind == .tuple, depth == 0
    else { throw refuse("a tensor of another class", "a tensor of PyTorch") }
    switch inner {
    case .rebuildTensor, .rebuildParameter:
      let value = try resultOrInstance(of: inner, items.items, arguments[2], depth: 1)
      guard case .tensor(let index) = value, arena.isUnknown(arguments[1]) else { return value }
      var name: String?
      if case .unknown(let place?) = arguments[1] { name = arena.unknown.names[Int(place)].error.global }
      return arena.appendTensor(index, ofUnknownClass: name ?? "?")
    default: throw refuse("a tensor that no function for tensors makes", "a tensor of PyTorch")
    }
  }

  private mutating func node(_ kind: PickleNode.Kind, _ items: [PickleValue]) -> PickleValue {
    arena.makeNode(kind, items, at: offset)
  }

  /// A container with the items of another.
  private mutating func container(_ kind: PickleNode.Kind, _ source: PickleValue?) throws -> PickleValue {
    guard let source else { return node(kind, []) }
    guard let items = arena.node(source), items.kind != .dictionary, items.kind != .object,
      !arena.isUnknown(source)
    else { throw refuse("a container of what is none", "a list or tuple") }
    try count(items.items.count)
    return node(kind, items.items)
  }

  /// A dictionary with the items of another, or of a list of pairs as Python 2 writes them.
  private mutating func dictionary(_ source: PickleValue?) throws -> PickleValue {
    guard let source else { return node(.dictionary, []) }
    guard let items = arena.node(source) else { throw refuse("a dictionary of what is none", "pairs") }
    try count(items.items.count)
    if items.kind == .dictionary { return node(.dictionary, items.items) }
    guard items.kind == .list || items.kind == .tuple else { throw refuse("no list of pairs", "pairs") }
    var pairs: [PickleValue] = []
    for item in items.items {
      guard let pair = arena.node(item), pair.kind == .list || pair.kind == .tuple, pair.items.count == 2
      else {
        throw refuse("an item that is no pair", "pairs of a key and a value")
      }
      pairs += pair.items
    }
    return node(.dictionary, pairs)
  }

  private mutating func rebuildTensor(_ arguments: [PickleValue], _ version: Int) throws -> PickleValue {
    let counts = version == 1 ? 4...4 : version == 2 ? 6...7 : 7...8
    guard counts.contains(arguments.count), case .storage(let storage) = arguments[0] else {
      throw refuse("other arguments than those of a tensor", "a storage, an offset, a shape and strides")
    }
    guard case .integer(let start) = arguments[1], let start = Int(exactly: start) else {
      throw refuse("an offset that is no number", "a number")
    }
    let shape = try numbers(arguments[2], "shape")
    let strides = try numbers(arguments[3], "strides")
    var type = arena.storages[Int(storage)].type
    if version == 3 {
      guard case .global(.elementType(let given)) = arguments[6] else {
        throw refuse("no type of elements", "a type of PyTorch")
      }
      type = given
    }
    guard let type else { throw refuse("a tensor without a type of elements", "a type") }
    let pending = try pending(arguments.count == counts.upperBound ? arguments.last : nil, version)
    return arena.appendTensor(
      of: storage, at: start, shape: shape, strides: strides, type: type, pending: pending, offset: offset)
  }

  /// The operation that PyTorch has put off, by the metadata that may be a tensor's last argument.
  private mutating func pending(
    _ metadata: PickleValue?, _ version: Int
  ) throws -> PickleTensor.Operation? {
    guard version > 1, let items = metadata.flatMap(arena.node), items.kind == .dictionary else { return nil }
    try count(items.items.count)
    for place in stride(from: 0, to: items.items.count - 1, by: 2) where items.items[place + 1] == .bool(true)
    {
      guard case .text(let key) = items.items[place] else { continue }
      for operation in PickleTensor.Operation.allCases
      where try texts.bytes(of: key).elementsEqual(operation.rawValue.utf8) {
        return operation
      }
    }
    return nil
  }

  private mutating func numbers(_ value: PickleValue, _ what: String) throws -> [Int] {
    guard let node = arena.node(value), node.kind == .tuple || node.kind == .list else {
      throw refuse("a \(what) that is no tuple", "a tuple of numbers")
    }
    guard node.items.count <= limits.dimensionCount else {
      throw PickleError(
        .limit, at: offset, found: node.items.count.counted("dimension"),
        expected: "at most \(limits.dimensionCount)")
    }
    try self.count(node.items.count)
    return try node.items.map { item in
      guard case .integer(let number) = item, let number = Int(exactly: number) else {
        throw refuse("a \(what) with what is no number", "numbers")
      }
      return number
    }
  }

  /// The storage that a persistent identifier names.
  mutating func pushStorage() throws {
    let reference = try pop()
    let items = arena.node(reference)?.items ?? []
    if arena.isUnknown(reference) || items.contains(where: arena.isUnknown) { return try pushNode(.instance) }
    guard let tuple = arena.node(reference), tuple.kind == .tuple, (5...6).contains(tuple.items.count),
      case .text(let kind) = tuple.items[0], try isStorageWord(kind),
      case .global(.storage(let type)) = tuple.items[1], case .text(let key) = tuple.items[2],
      case .integer(let count) = tuple.items[4], let count = Int(exactly: count), count >= 0
    else { throw refuse("a reference to what is no storage", "a storage with type, key and size") }
    var part: Range<Int>?
    if tuple.items.count == 6, tuple.items[5] != .none {
      guard let view = arena.node(tuple.items[5]), view.kind == .tuple, view.items.count == 3,
        case .integer(let start) = view.items[1], case .integer(let size) = view.items[2],
        let start = Int(exactly: start), let size = Int(exactly: size), start >= 0, size >= 0,
        let end = Checked.sum(start, size), end <= count
      else {
        throw PickleError(
          .bounds, at: offset, found: "a part that is not within its storage", expected: "one that is")
      }
      part = start..<end
    }
    // A key stands once, and may be used again and again; those in use have below 16 bytes.
    try self.count(Int(key.count) / 16)
    try push(
      arena.append(
        PickleStorage(elementCount: count, key: key, offset: Int32(offset), type: type), part: part))
  }

  private mutating func isStorageWord(_ text: PickleText) throws -> Bool {
    if text == storageWord { return true }
    guard try texts.bytes(of: text).elementsEqual("storage".utf8) else { return false }
    storageWord = text
    return true
  }
}
