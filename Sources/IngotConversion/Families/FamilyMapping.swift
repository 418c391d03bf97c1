import IngotCheckpoints
import IngotContainer
import IngotEncodings

/// Derives the tensors of a model from those of its checkpoint, by the routes of its family.
struct FamilyMapping {
  private let family: ModelFamily
  private let configuration: ModelConfiguration
  private let checkpoint: any Checkpoint
  private let routes: [String: TensorRoute]
  private let blocks: Int
  private let experts: Int
  /// The words of the vocabulary, where they are known.
  private let words: Int?

  /// Those that are computed, then the others in the order of their sources.
  private(set) var derived: DerivedTensors
  /// Of what is made of tensors, the place of the first of them.
  private var firsts: [UInt32] = []
  /// The tensors of experts that become one, by what they are called together.
  private var stacks: [String: Stack] = [:]

  /// Tensors of the experts of a block, which become one.
  private struct Stack {
    let name: String
    /// How many there must be.
    let count: Int
    var first: CheckpointTensor
    /// Its place in the checkpoint.
    var place: Int
    /// The number of each, and its place in the checkpoint.
    var members: [(number: UInt32, place: UInt32)] = []

    mutating func add(_ tensor: CheckpointTensor, _ number: Int, at place: Int) {
      if tensor.precedes(first) { (first, self.place) = (tensor, place) }
      members.append((UInt32(number), UInt32(place)))
    }
  }

  /// Maps every tensor of `checkpoint`.
  ///
  /// - Throws: ``ConversionError`` with ``ConversionError/Code/unknownTensor``, `missingTensor`, `shape`.
  init(
    _ checkpoint: any Checkpoint, _ family: ModelFamily, _ configuration: ModelConfiguration, words: Int?
  ) throws {
    self.words = words
    self.family = family
    self.configuration = configuration
    self.checkpoint = checkpoint
    routes = Dictionary(family.routes.map { ($0.pattern, $0) }, uniquingKeysWith: { first, _ in first })
    blocks = try configuration.blockCount()
    experts = try configuration.integer("num_local_experts", "num_experts", "n_routed_experts") ?? 0
    derived = DerivedTensors(of: checkpoint.tensors)
    for tensor in try family.computed(configuration) { derived.append(tensor) }
    let computed = derived.count
    for (place, tensor) in checkpoint.tensors.enumerated() {
      guard let name = family.ownName(tensor.name, configuration.modelClass ?? "") else { continue }
      try add(tensor, at: place, name)
    }
    try stackExperts()
    stacks = [:]
    let tensors = checkpoint.tensors
    // The sort is stable: those of one source keep their order.
    let order = firsts.indices.sorted { tensors.precedes(Int(firsts[$0]), Int(firsts[$1])) }
    derived.reorder(order.map { computed + $0 }, from: computed)
    firsts = []
  }

  private mutating func add(_ tensor: CheckpointTensor, at place: Int, _ name: String) throws {
    let name = NumberedName(name)
    guard let (route, suffix) = route(name.pattern) else {
      let near = NearestNames.nearest(to: name.pattern, among: Array(routes.keys), most: 1).first
      throw ConversionError(
        .unknownTensor, tensor: tensor.name,
        "\(path(of: tensor)): \(tensor.name.quoted) is no tensor of \(family.name) (\(family.models))"
          + (near.map { "; the nearest is \($0.quoted)" } ?? "")
          + ": --family generic keeps names as they are")
    }
    if let block = name.numbers.first, block >= blocks, route.pattern.contains("{block}") {
      throw ConversionError(
        .unknownTensor, tensor: tensor.name,
        "\(path(of: tensor)): \(tensor.name.quoted) is of block \(block), and \(configuration.path) says that there are \(blocks)"
      )
    }
    for (index, output) in route.outputs.enumerated() {
      if route.pattern.contains("{expert}") {
        try stack(tensor, at: place, name, output, suffix)
        continue
      }
      let label = route.outputs.count == 1 ? tensor.name : "\(tensor.name)[\(index)]"
      let target = name.filled(output.name) + suffix
      if let result = try derive(tensor, label: label, name: target, output.change) {
        append(result, from: place)
      }
    }
  }

  private mutating func append(_ tensor: DerivedTensor, from place: Int) {
    derived.append(tensor)
    firsts.append(UInt32(place))
  }

  /// The route for a pattern, and what follows the names of its outputs.
  private func route(_ pattern: String) -> (TensorRoute, suffix: String)? {
    if let route = routes[pattern] { return (route, "") }
    for suffix in [".weight", ".bias"] where pattern.hasSuffix(suffix) {
      if let route = routes[String(pattern.dropLast(suffix.count))] { return (route, suffix) }
    }
    return nil
  }

  private func path(of tensor: CheckpointTensor) -> String {
    "\(checkpoint.sourceFiles[tensor.location.file].path)"
  }
}

// Experts.
extension FamilyMapping {
  private mutating func stack(
    _ tensor: CheckpointTensor, at place: Int, _ name: NumberedName, _ output: TensorRoute.Output,
    _ suffix: String
  ) throws {
    let number = name.numbers[1]
    let count =
      switch output.change {
      case .stackedHeads(.queries): try configuration.headCount()
      case .stackedHeads(.keys): try configuration.keyHeadCount()
      default: experts
      }
    guard number < count else {
      throw ConversionError(
        .unknownTensor, tensor: tensor.name,
        "\(path(of: tensor)): \(tensor.name.quoted) has the number \(number), and \(configuration.path) says that there are \(count)"
      )
    }
    let label = NumberedName(tensor.name).withoutSecondNumber
    stacks[
      label,
      default: Stack(name: name.filled(output.name) + suffix, count: count, first: tensor, place: place)
    ]
    .add(tensor, number, at: place)
  }

  private mutating func stackExperts() throws {
    for (label, stack) in stacks.sorted(by: { $0.value.first.precedes($1.value.first) }) {
      let members = stack.members.sorted { $0.number < $1.number }
      let tensors = StackedTensors(members.map(\.place), of: checkpoint.tensors)
      let first = tensors[0]
      for number in 0..<stack.count {
        guard number < members.count, members[number].number == number else {
          throw ConversionError(
            .missingTensor, tensor: label,
            "\(label.quoted) has no tensor with the number \(number), and \(configuration.path) says that there are \(stack.count)"
          )
        }
        let member = tensors[number]
        if first.shape != member.shape || first.type != member.type {
          throw ConversionError(
            .shape, tensor: member.name,
            "\(path(of: member)): \(member.name.quoted) is \(member.type.name) \(member.shape), and \(first.name.quoted) is \(first.type.name) \(first.shape): those that are stacked are alike"
          )
        }
      }
      append(
        DerivedTensor(
          label: label, name: stack.name, shape: [stack.count] + first.shape, type: first.type,
          origin: .stacked(tensors), change: "\(stack.count) stacked"),
        from: stack.place)
    }
  }
}

// What becomes of one tensor.
extension FamilyMapping {
  private func derive(
    _ tensor: CheckpointTensor, label: String, name: String, _ change: TensorRoute.Change
  ) throws -> DerivedTensor? {
    let isMatrix = tensor.shape.count > 1
    var shape = tensor.shape
    /// Rows of the source; a tensor of one dimension has a value in each.
    func rows(_ order: RowOrder, _ words: String) -> DerivedTensor {
      DerivedTensor(
        label: label, name: name, shape: shape, type: tensor.type, origin: .rows([tensor], order),
        change: words)
    }
    func wrong(_ expected: String) -> ConversionError {
      ConversionError(
        .shape, tensor: tensor.name,
        "\(path(of: tensor)): \(tensor.name.quoted) has the shape \(tensor.shape), expected \(expected) (\(configuration.path))"
      )
    }
    if Self.isKept(tensor, change) {
      return DerivedTensor(
        label: label, name: name, shape: shape, type: tensor.type, origin: .rows([tensor], .all), change: nil)
    }
    switch change {
    case .keep, .stackedHeads: return nil
    case .heads(let heads):
      let count = try heads == .queries ? configuration.headCount() : configuration.keyHeadCount()
      guard let height = shape.first, height % count == 0, height / count % 2 == 0, height > 0 else {
        throw wrong("\(count.counted("head")) with an even number of rows each")
      }
      return rows(.heads(rows: height / count), "rows of \(count.counted("head")) reordered")
    case .transposed:
      shape.swapAt(shape.count - 1, shape.count - 2)
      return DerivedTensor(
        label: label, name: name, shape: shape, type: tensor.type, origin: .transposed([tensor], .all),
        change: "transposed")
    case .plusOne:
      return DerivedTensor(
        label: label, name: name, shape: shape, type: .float32, origin: .sum(tensor, 1), change: "+ 1")
    case .part(let part, let parts):
      let axis = max(shape.count - 2, 0)
      guard isMatrix, shape[axis] % parts == 0, shape[axis] > 0 else {
        throw wrong("rows that divide into \(parts.counted("part"))")
      }
      let size = shape[axis]
      shape[axis] = size / parts
      return rows(
        .groups(source: size, offset: part * (size / parts), stride: 1, count: size / parts),
        "part \(part + 1) of \(parts)")
    case .everyOther(let first):
      let axis = isMatrix && name.hasSuffix(".weight") ? shape.count - 2 : shape.count - 1
      guard axis >= 0, shape[axis] % 2 == 0, shape[axis] > 0 else { throw wrong("an even number of rows") }
      return everyOther(tensor, label, name, axis: axis, from: first)
    case .everyOtherColumn(let first):
      guard isMatrix, let width = shape.last, width % 2 == 0, width > 0 else {
        throw wrong("an even number of columns")
      }
      shape = shape.dropLast(2) + [width / 2, shape[shape.count - 2]]
      return DerivedTensor(
        label: label, name: name, shape: shape, type: tensor.type,
        origin: .transposed([tensor], .groups(source: width, offset: first, stride: 2, count: width / 2)),
        change: "transposed, every other row")
    case .positions:
      let first = configuration.unusedPositions
      guard first > 0 else { return try derive(tensor, label: label, name: name, .keep) }
      guard let height = shape.first, height > first else { throw wrong("more than \(first.counted("row"))") }
      shape[0] = height - first
      return rows(
        .groups(source: height, offset: first, stride: 1, count: height - first),
        "without the first \(first.counted("row"))")
    case .words:
      guard let height = shape.first, let words, height > words else {
        return try derive(tensor, label: label, name: name, .keep)
      }
      shape[0] = words
      return rows(
        .groups(source: height, offset: 0, stride: 1, count: words), "the first \(words.counted("row"))")
    case .ternary:
      return DerivedTensor(
        label: label, name: name, shape: shape, type: .float32, origin: .ternary(tensor, MeanMagnitude()),
        change: "ternary")
    case .mxfp4(let first, let stride):
      return try blocks(tensor, label, name, from: first, stride: stride)
    }
  }

  /// Whether a change leaves this tensor as it is.
  private static func isKept(_ tensor: CheckpointTensor, _ change: TensorRoute.Change) -> Bool {
    let isMatrix = tensor.shape.count > 1
    switch change {
    case .keep, .stackedHeads: return true
    case .transposed: return !isMatrix
    case .ternary:
      // Codes with a scale are ternary already.
      if case .ternary = tensor.type { return true }
      return !isMatrix || tensor.type.kind != .float
    default: return false
    }
  }

  /// Every other row, or of a tensor that counts as a list every other value.
  private func everyOther(
    _ tensor: CheckpointTensor, _ label: String, _ name: String, axis: Int, from first: Int
  ) -> DerivedTensor {
    var shape = tensor.shape
    let size = shape[axis]
    shape[axis] = size / 2
    let order = RowOrder.groups(source: size, offset: first, stride: 2, count: size / 2)
    return DerivedTensor(
      label: label, name: name, shape: shape, type: tensor.type,
      origin: axis == shape.count - 1 ? .elements([tensor], order) : .rows([tensor], order),
      change: axis == shape.count - 1 ? "every other value" : "every other row")
  }

  /// Codes and scales that lie in two tensors, as blocks.
  private func blocks(
    _ codes: CheckpointTensor, _ label: String, _ name: String, from first: Int, stride: Int
  ) throws -> DerivedTensor {
    let scalesName = codes.name.replacingSuffix("_blocks", by: "_scales")
    guard let scales = checkpoint.tensor(named: scalesName) else {
      throw ConversionError(
        .missingTensor, tensor: scalesName,
        "\(scalesName.quoted), the scales of \(codes.name.quoted), is missing")
    }
    let height = codes.shape.count == 4 ? codes.shape[1] : 0
    guard codes.type == .uint8, scales.type == .uint8, height > 0, height % stride == 0, codes.shape[3] == 16,
      scales.shape == Array(codes.shape.dropLast())
    else {
      throw ConversionError(
        .shape, tensor: codes.name,
        "\(path(of: codes)): \(codes.name.quoted) is \(codes.type.name) \(codes.shape) and \(scalesName.quoted) \(scales.type.name) \(scales.shape), expected U8 [experts, rows, blocks, 16] and [experts, rows, blocks]"
      )
    }
    return DerivedTensor(
      label: label, name: name, shape: [codes.shape[0], height / stride, codes.shape[2] * 32],
      type: .blocks(.mxfp4),
      origin: .mxfp4(
        codes: codes, scales: scales,
        .groups(source: height, offset: first, stride: stride, count: height / stride)),
      change: "blocks repacked")
  }
}

extension CheckpointTensor {
  /// Whether it stands before another one: file by file, in each in the order of the bytes of their names.
  func precedes(_ other: CheckpointTensor) -> Bool {
    location.file == other.location.file
      ? name.utf8.lexicographicallyPrecedes(other.name.utf8) : location.file < other.location.file
  }
}

extension String {
  func replacingSuffix(_ suffix: String, by other: String) -> String {
    hasSuffix(suffix) ? dropLast(suffix.count) + other : self
  }
}
