extension Architecture {
  /// The tensors that a model with these numbers can have, outside of its blocks and then block by block.
  ///
  /// Of a tensor with alternatives (``TensorTemplate/Presence/unless(_:)``) all are listed. Blocks beyond the
  /// largest number that a reader holds are left out, whatever a file announces.
  ///
  /// - Complexity: O(*n*) in the number of tensors.
  public func expectedTensors(_ numbers: Hyperparameters) -> [ExpectedTensor] {
    let blocks = min(numbers.value(.blocks) ?? 0, Self.largestBlockCount)
    let outside = tensors.filter { !$0.isPerBlock }.map { $0.expected(numbers, block: nil) }
    let inside = (0..<blocks).flatMap { block in
      tensors.lazy.filter { $0.isPerBlock && numbers.holds($0.condition, block: block) }
        .map { $0.expected(numbers, block: block) }
    }
    return outside.filter { numbers.holds($0.template.condition) } + inside
  }

  /// What a tensor of this name is in a model with these numbers, or `nil` where it has no such tensor.
  ///
  /// A scale beside a matrix (`attn_q.scale`, `attn_q.input_scale` beside `attn_q.weight`) is known wherever the
  /// matrix is, in any shape.
  public func expectedTensor(named name: String, _ numbers: Hyperparameters) -> ExpectedTensor? {
    var block: Int?
    var pattern = name
    if let (number, rest) = Self.numbered(name) {
      guard number < numbers.value(.blocks) ?? .max else { return nil }
      block = number
      pattern = TensorTemplate.blockPrefix + rest
    }
    guard let template = template(named: pattern) ?? scale(named: pattern),
      template.isPerBlock == (block != nil),
      numbers.holds(template.condition, block: block ?? 0)
    else { return nil }
    return template.expected(numbers, block: block)
  }

  /// The most blocks that a reader holds.
  public static let largestBlockCount = 512

  /// The number and the rest of a name such as `blk.7.attn_q.weight`; the number in its only form.
  private static func numbered(_ name: String) -> (Int, Substring)? {
    let parts = name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "blk", let number = Int(parts[1]), "\(number)" == parts[1],
      number >= 0
    else { return nil }
    return (number, parts[2])
  }

  /// A scale beside the weight of the same name.
  private func scale(named name: String) -> TensorTemplate? {
    for suffix in ["scale", "input_scale"] where name.hasSuffix(".\(suffix)") {
      guard let weight = template(named: name.dropLast(suffix.count) + "weight"), weight.shape?.count ?? 0 > 1
      else { continue }
      return .optional(name, nil, when: weight.condition)
    }
    return nil
  }
}

extension TensorTemplate {
  fileprivate func expected(_ numbers: Hyperparameters, block: Int?) -> ExpectedTensor {
    let sizes = shape?.map { numbers.value(of: $0, block: block ?? 0) }
    let known = sizes?.compactMap(\.self)
    let presence: Presence =
      if case .unless(let other) = presence { .unless(Self.named(other, block: block)) } else { presence }
    return ExpectedTensor(
      name: Self.named(name, block: block), shape: known?.count == sizes?.count ? known : nil,
      presence: presence, template: self)
  }

  /// The name of a tensor in a block.
  private static func named(_ name: String, block: Int?) -> String {
    guard let block, name.hasPrefix(blockPrefix) else { return name }
    return "blk.\(block)." + name.dropFirst(blockPrefix.count)
  }
}
