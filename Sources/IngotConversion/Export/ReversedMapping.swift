import IngotCheckpoints
import IngotContainer
import IngotEncodings

/// Derives the tensors that a model had before its conversion from those of the container.
///
/// Specification: `spec/export.md`, clauses X2.1 to X2.4.
struct ReversedMapping {
  private let family: ModelFamily
  private let container: any Checkpoint
  private let routes: ReversedRoutes

  /// The tensors, in the order of the container.
  private(set) var derived: DerivedTensors
  /// The names of those that follow from the configuration, and are left out.
  private(set) var leftOut: [String] = []
  private var done: Set<String> = []

  /// The most experts or heads of a block: models have some hundred, and a file without data may state any number.
  private static let mostStacked = 1 << 16

  /// - Parameter container: A container whose tensors are floats.
  /// - Throws: ``ConversionError`` with `UNKNOWN_TENSOR`, `SHAPE`, `CONFIGURATION`.
  init(_ container: any Checkpoint, _ family: ModelFamily) throws(ConversionError) {
    self.family = family
    self.container = container
    routes = ReversedRoutes(family)
    derived = DerivedTensors(of: container.tensors)
    for tensor in container.tensors { try add(tensor) }
  }

  private mutating func add(_ tensor: CheckpointTensor) throws(ConversionError) {
    if ReversedRoutes.isComputed(tensor.name) {
      leftOut.append(tensor.name)
      return
    }
    guard !done.contains(tensor.name) else { return }
    guard let source = routes.source(of: tensor.name, where: { container.tensor(named: $0) != nil }) else {
      throw ConversionError(
        .unknownTensor, tensor: tensor.name,
        "\(tensor.name.quoted) is no tensor that \(family.name) (\(family.models)) makes: --family generic keeps names as they are"
      )
    }
    done.formUnion(source.parts)
    let parts = source.parts.compactMap { container.tensor(named: $0) }
    if source.name.contains("{expert}") {
      try unstack(tensor, source.name)
    } else if parts.count > 1 {
      derived.append(try joined(parts, source))
    } else {
      derived.append(try restored(tensor, source.name, source.changes[0]))
    }
  }

  /// One tensor for each expert or head.
  private mutating func unstack(_ tensor: CheckpointTensor, _ name: String) throws(ConversionError) {
    guard tensor.shape.count > 1 else {
      throw wrong(tensor, "one dimension for each of those that are stacked")
    }
    guard tensor.shape[0] <= Self.mostStacked, let stack = UnstackedTensor(tensor, named: name) else {
      throw wrong(tensor, "at most \(Self.mostStacked) that are stacked")
    }
    derived.append(stack)
  }

  /// One tensor of several parts.
  private func joined(
    _ parts: [CheckpointTensor], _ source: ReversedRoutes.Source
  ) throws(ConversionError) -> DerivedTensor {
    let first = parts[0]
    for part in parts where part.shape != first.shape || part.type != first.type {
      throw wrong(part, "that of \(first.name.quoted), \(first.type.name) \(first.shape)")
    }
    var shape = first.shape
    let axis = shape.count - 2
    guard shape.allSatisfy({ Checked.product($0, parts.count) != nil }) else {
      throw wrong(first, "a smaller one")
    }
    let label = parts.map(\.name).joined(separator: " + ")
    func tensor(_ origin: DerivedTensor.Origin, _ words: String) -> DerivedTensor {
      DerivedTensor(
        label: label, name: source.name, shape: shape, type: first.type, origin: origin,
        change: "\(parts.count) \(words)")
    }
    switch source.changes[0] {
    case .part where axis >= 0:
      let rows = shape[axis]
      shape[axis] *= parts.count
      return tensor(.rows(parts, .inTurn(rows: rows, sources: parts.count)), "parts joined")
    case .everyOther where axis >= 0 && source.name.hasSuffix(".weight"):
      shape[axis] *= parts.count
      return tensor(.rows(parts, .inTurn(rows: 1, sources: parts.count)), "joined row by row")
    case .everyOther:
      shape[shape.count - 1] *= parts.count
      return tensor(.elements(parts, .inTurn(rows: 1, sources: parts.count)), "joined value by value")
    case .everyOtherColumn where axis >= 0:
      shape = shape.dropLast(2) + [shape[axis + 1], shape[axis] * parts.count]
      return tensor(.transposed(parts, .all), "joined row by row, transposed")
    default:
      throw wrong(first, "a matrix")
    }
  }

  /// One tensor of one.
  private func restored(
    _ tensor: CheckpointTensor, _ name: String, _ change: TensorRoute.Change
  ) throws(ConversionError) -> DerivedTensor {
    var shape = tensor.shape
    func made(_ origin: DerivedTensor.Origin, _ words: String?, _ type: ElementType? = nil) -> DerivedTensor {
      DerivedTensor(
        label: tensor.name, name: name, shape: shape, type: type ?? tensor.type, origin: origin, change: words
      )
    }
    switch change {
    case .heads(let heads):
      let count = try headCount(heads)
      guard let height = shape.first, height > 0, height % count == 0, height / count % 2 == 0 else {
        throw wrong(tensor, "\(count.counted("head")) with an even number of rows each")
      }
      return made(
        .rows([tensor], .halves(rows: height / count)), "rows of \(count.counted("head")) put back in order")
    case .transposed where shape.count > 1:
      shape.swapAt(shape.count - 1, shape.count - 2)
      return made(.transposed([tensor], .all), "transposed")
    case .plusOne:
      return made(.sum(tensor, -1), "− 1", .float32)
    case .positions:
      let rows = try unusedPositions()
      guard rows > 0, let height = shape.first else { fallthrough }
      guard let padded = Checked.sum(height, rows) else { throw wrong(tensor, "fewer positions") }
      shape[0] = padded
      return made(
        .padded(tensor, rows: rows),
        "\(rows.counted("row")) of zeros in front, for positions that are never used")
    default:
      return made(.rows([tensor], .all), nil)
    }
  }

  private func headCount(_ heads: TensorRoute.Heads) throws(ConversionError) -> Int {
    let count = try integer("attention.head_count")
    switch heads {
    case .queries: return try needed(count, "attention.head_count")
    case .keys: return try needed(try integer("attention.head_count_kv") ?? count, "attention.head_count_kv")
    }
  }

  private func needed(_ number: Int?, _ key: String) throws(ConversionError) -> Int {
    guard let number, (1...ModelConfiguration.largestNumber).contains(number) else {
      throw ConversionError(
        .configuration,
        "\("\(family.architecture).\(key)".quoted): found \(number.map { "\($0)" } ?? "nothing"), expected a number of heads"
      )
    }
    return number
  }

  /// The positions in front that stand for padding.
  private func unusedPositions() throws(ConversionError) -> Int {
    guard family.countsPositionsFromPadding else { return 0 }
    let padding = try integer("tokenizer.ggml.padding_token_id", ofArchitecture: false) ?? 1
    guard (0..<1 << 16).contains(padding) else {
      throw ConversionError(
        .configuration,
        "\("tokenizer.ggml.padding_token_id".quoted): found \(padding), expected a number below 65536")
    }
    return padding + 1
  }

  private func integer(_ key: String, ofArchitecture: Bool = true) throws(ConversionError) -> Int? {
    do {
      return try container.metadata.integer(ofArchitecture ? "\(family.architecture).\(key)" : key)
    } catch {
      throw ConversionError(.configuration, "\(error)")
    }
  }

  private func wrong(_ tensor: CheckpointTensor, _ expected: String) -> ConversionError {
    ConversionError(
      .shape, tensor: tensor.name,
      "\(tensor.name.quoted) is \(tensor.type.name) \(tensor.shape), expected \(expected)")
  }
}
