import IngotContainer
import IngotEncodings

/// Finds the tensors that a pickle's value holds, with the ways to them.
///
/// Specification: `spec/pytorch.md`, clause P7.
struct TensorSearch {
  /// A tensor, and the way to it.
  struct Found {
    let way: TensorWays.Way
    let part: Int32
    let tensor: Int32
  }

  /// A tensor that is found counts as so many values, and one for each dimension: its place in the table.
  private static let tensorCost = 4

  /// For each part whether names stand before those of its tensors.
  private let arePrefixed: [Bool]
  private let limits: CheckpointLimits
  private var visited = 0
  private var nameByteCount = 0
  private(set) var found: [Found] = []
  /// The ways to what was found.
  private(set) var ways: TensorWays

  /// Searches all parts of a file.
  ///
  /// - Throws: ``CheckpointError``: values that hold each other too deep or too often.
  init(_ parts: [PyTorchContents.Part], in file: ReadableBytes, limits: CheckpointLimits) throws {
    self.limits = limits
    arePrefixed = parts.map { !$0.prefix.isEmpty }
    ways = TensorWays(parts)
    for (index, part) in parts.enumerated() {
      do {
        (visited, nameByteCount) = (0, 0)
        let way = part.prefix.reduce(TensorWays.root) { ways.append(.word($1), to: $0, part: index) }
        try visit(part.root, part.arena, index, way)
      } catch let error as PickleError {
        throw part.refuse(error, in: file)
      }
    }
  }

  private mutating func visit(
    _ value: PickleValue, _ arena: PickleArena, _ part: Int, _ way: TensorWays.Way
  ) throws {
    switch value {
    case .tensor(let tensor): try find(tensor, arena, part, way)
    case .node(let index):
      let node = arena[node: index]
      guard ways.depth(of: way) < limits.pickleNesting else {
        throw PickleError(
          .nesting, at: node.offset, found: "values within each other, or within themselves",
          expected: "at most \(limits.pickleNesting.counted("level"))")
      }
      try count(node.items.count + 1, arena, at: node.offset)
      try visit(node, arena, part, way)
    default: break
    }
  }

  private mutating func find(
    _ tensor: Int32, _ arena: PickleArena, _ part: Int, _ way: TensorWays.Way
  ) throws {
    let described = arena.tensors[Int(tensor)]
    guard found.count < limits.tensorCount else {
      throw PickleError(
        .limit, at: Int(described.offset), found: "another tensor", expected: "at most \(limits.tensorCount)")
    }
    try count(Self.tensorCost + Int(described.dimensionCount), arena, at: Int(described.offset))
    // A bare tensor has no way to it.
    let way = way == TensorWays.root ? ways.append(.word("tensor"), to: way, part: part) : way
    nameByteCount += ways.byteCount(of: way)
    guard nameByteCount <= arena.allowance.nameByteCount else {
      throw PickleError(
        .limit, at: Int(described.offset), found: "tensors whose names are longer in all",
        expected: "at most \(arena.allowance.nameByteCount.counted("byte"))")
    }
    found.append(Found(way: way, part: Int32(part), tensor: tensor))
  }

  private mutating func count(_ values: Int, _ arena: PickleArena, at offset: Int) throws {
    visited += values
    guard visited <= arena.allowance.valueCount else {
      throw PickleError(
        .limit, at: offset, found: "more values, some of them again and again",
        expected: "at most \(arena.allowance.valueCount)")
    }
  }

  private mutating func visit(
    _ node: PickleNode, _ arena: PickleArena, _ part: Int, _ way: TensorWays.Way
  ) throws {
    switch node.kind {
    case .tuple, .list, .set, .instanceList:
      // A list of TorchScript's constants is known by its names in the code.
      let prefix = !arePrefixed[part] || ways.depth(of: way) > 1 ? "" : "c"
      for (index, item) in node.items.enumerated() where holdsMore(item) {
        try follow(.word("\(prefix)\(index)"), to: item, arena, part, way)
      }
    case .dictionary, .instanceDictionary:
      for index in stride(from: 0, to: node.items.count - 1, by: 2) {
        let value = node.items[index + 1]
        guard holdsMore(value) else { continue }
        if let key = key(node.items[index]) {
          try follow(key, to: value, arena, part, way)
        } else if node.kind == .dictionary, !arena.isUnknown(node.items[index]) {
          guard try !follow(.word("?"), to: value, arena, part, way) else {
            throw PickleError(
              .pickle, at: node.offset, found: "a tensor whose key is neither text nor number",
              expected: "a name")
          }
        }
      }
    case .object, .instance:
      // The attributes of a module stand under its own name.
      if let state = node.items.first, let attributes = arena.node(state), attributes.kind == .dictionary {
        try visit(attributes, arena, part, way)
      }
    case .opaque: break
    }
  }

  /// Visits what is a step further on.
  ///
  /// - Returns: Whether it leads to a tensor.
  @discardableResult private mutating func follow(
    _ key: TensorWays.Key, to value: PickleValue, _ arena: PickleArena, _ part: Int, _ way: TensorWays.Way
  ) throws -> Bool {
    let before = found.count
    try visit(value, arena, part, ways.append(key, to: way, part: part))
    if found.count == before { ways.removeLast() }
    return found.count > before
  }

  private func holdsMore(_ value: PickleValue) -> Bool {
    switch value {
    case .tensor, .node: true
    default: false
    }
  }

  private func key(_ key: PickleValue) -> TensorWays.Key? {
    switch key {
    case .text(let text): .text(text)
    case .integer(let number): .word("\(number)")
    case .bool(let truth): .word("\(truth)")
    default: nil
    }
  }
}
