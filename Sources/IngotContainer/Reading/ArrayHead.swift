import IngotEncodings

/// Element type and count of an array, checked before anything is allocated for it.
struct ArrayHead {
  let elementType: MetadataType
  let count: Int

  /// Checks the twelve bytes at `offset` of an array that is within `depth - 1` others.
  init(
    id: UInt32, count: UInt64, at offset: UInt64, depth: Int, in context: ArrayWalk.Context
  ) throws(ContainerError) {
    func error(
      _ rule: ContainerRule, at offset: UInt64, found: String, expected: String
    ) -> ContainerError {
      ContainerError(rule, at: offset, context.subject, found: found, expected: expected)
    }
    guard let elementType = MetadataType(rawValue: id) else {
      throw error(.elementType, at: offset, found: "element type \(id)", expected: "0 to 12")
    }
    guard elementType != .array || depth < context.limits.effectiveNesting else {
      throw error(
        .nesting, at: offset, found: "arrays within an array of level \(depth)",
        expected: "at most \(context.limits.effectiveNesting.counted("level"))")
    }
    guard count <= context.limits.arrayCount else {
      throw error(
        .arrayCount, at: offset + 4, found: count.counted("element"),
        expected: "at most \(context.limits.arrayCount)")
    }
    let left = context.fileEnd - offset - 12
    let size = Checked.product(count, UInt64(elementType.smallestByteCount))
    guard let size, size <= left else {
      throw error(
        .arrayFit, at: offset + 4,
        found: "\(count.counted("element")) of \(elementType.name) in \(left.counted("byte"))",
        expected: "at least \(elementType.smallestByteCount.counted("byte")) an element")
    }
    self.elementType = elementType
    self.count = Int(count)
  }
}
