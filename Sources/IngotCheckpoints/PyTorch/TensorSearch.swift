import IngotContainer

/// Finds the tensors that a pickle's value holds, with the ways to them.
///
/// Specification: `spec/pytorch.md`, clause P7.
struct TensorSearch {
  /// A tensor, and the keys, indexes and attributes that lead to it.
  struct Found {
    let path: [String]
    let part: Int
    let tensor: Int
  }

  private let contents: PyTorchContents
  private let limits: CheckpointLimits
  private var visited = 0
  private(set) var found: [Found] = []

  /// Searches all parts of a file.
  ///
  /// - Throws: ``CheckpointError``: values that hold each other too deep or too often.
  init(_ contents: PyTorchContents, limits: CheckpointLimits) throws {
    self.contents = contents
    self.limits = limits
    for (index, part) in contents.parts.enumerated() {
      do {
        try visit(part.root, part.arena, index, path: part.prefix)
      } catch let error as PickleError {
        throw contents.refuse(error, in: part)
      }
    }
  }

  private mutating func visit(
    _ value: PickleValue, _ arena: PickleArena, _ part: Int, path: [String]
  ) throws {
    switch value {
    case .tensor(let tensor):
      guard found.count < limits.tensorCount else {
        throw PickleError(
          .limit, at: arena.tensors[Int(tensor)].offset, found: "another tensor",
          expected: "at most \(limits.tensorCount)")
      }
      // A bare tensor has no way to it.
      found.append(Found(path: path.isEmpty ? ["tensor"] : path, part: part, tensor: Int(tensor)))
    case .node(let index):
      let node = arena.nodes[Int(index)]
      guard path.count < limits.pickleNesting else {
        throw PickleError(
          .nesting, at: node.offset, found: "values within each other, or within themselves",
          expected: "at most \(limits.pickleNesting) levels")
      }
      visited += node.items.count + 1
      guard visited <= limits.pickleValueCount else {
        throw PickleError(
          .limit, at: node.offset, found: "more values, some of them again and again",
          expected: "at most \(limits.pickleValueCount)")
      }
      try visit(node, arena, part, path)
    default: break
    }
  }

  private mutating func visit(
    _ node: PickleNode, _ arena: PickleArena, _ part: Int, _ path: [String]
  ) throws {
    switch node.kind {
    case .tuple, .list, .set:
      // A list of TorchScript's constants is known by its names in the code.
      let prefix = contents.parts[part].prefix.isEmpty || path.count > 1 ? "" : "c"
      for (index, item) in node.items.enumerated() {
        try visit(item, arena, part, path: path + ["\(prefix)\(index)"])
      }
    case .dictionary:
      for index in stride(from: 0, to: node.items.count - 1, by: 2) {
        let value = node.items[index + 1]
        guard holdsMore(value) else { continue }
        guard let key = name(node.items[index], arena) else {
          let before = found.count
          try visit(value, arena, part, path: path + ["?"])
          guard found.count == before else {
            throw PickleError(
              .pickle, at: node.offset, found: "a tensor whose key is neither text nor number",
              expected: "a name")
          }
          continue
        }
        try visit(value, arena, part, path: path + [key])
      }
    case .object:
      // The attributes of a module stand under its own name.
      if let state = node.items.first, let attributes = arena.node(state), attributes.kind == .dictionary {
        try visit(attributes, arena, part, path)
      }
    case .opaque: break
    }
  }

  private func holdsMore(_ value: PickleValue) -> Bool {
    switch value {
    case .tensor, .node: true
    default: false
    }
  }

  private func name(_ key: PickleValue, _ arena: PickleArena) -> String? {
    switch key {
    case .text(let text): arena.text(text)
    case .integer(let number): "\(number)"
    case .bool(let truth): "\(truth)"
    default: nil
    }
  }
}
