import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotFiles

/// A checkpoint with an adapter added to it: W + scale · B·A, computed in single precision as it is read.
///
/// Specification: `spec/adapters.md`, clause D3.
public struct MergedCheckpoint: Checkpoint {
  /// What becomes of a tensor: another takes its place, a product is added, or both.
  ///
  /// It is compact: the places of both in the adapter, below zero where there is none.
  private struct Change {
    var replacement: Int32 = -1
    var pair: Int32 = -1
  }

  private let base: any Checkpoint
  private let adapter: LoRAAdapter
  /// Of each tensor.
  private let changes: [Change]

  /// The tensors of the base, those that are changed as single-precision floats.
  public let tensors: CheckpointTensors
  /// The format of the base.
  public var format: CheckpointFormat { base.format }
  /// The name of the base.
  public var name: String { base.name }
  /// What the base says of itself.
  public var metadata: Metadata { base.metadata }
  /// The warnings of both.
  public var warnings: [CheckpointWarning] { base.warnings + adapter.checkpoint.warnings }
  /// What both keep.
  public var keptByteCount: Int { base.keptByteCount + adapter.checkpoint.keptByteCount }
  /// The files of both, those of the base first.
  public let sourceFiles: [RegularFile]

  /// Adds an adapter to a checkpoint.
  ///
  /// - Throws: ``ConversionError`` with ``ConversionError/Code/adapter`` for a matrix that the checkpoint does not have,
  ///   or has in another shape.
  public init(_ base: any Checkpoint, adding adapter: LoRAAdapter) throws(ConversionError) {
    self.base = base
    self.adapter = adapter
    sourceFiles = base.sourceFiles + adapter.checkpoint.sourceFiles
    let table = base.tensors
    var changes = [Change](repeating: Change(), count: table.count)
    for (number, (name, pair)) in adapter.pairs.enumerated() {
      let place = try Self.place(of: name, in: base, adapter)
      let tensor = table[place]
      let pair = pair.turned(toFit: tensor.shape)
      guard tensor.shape == pair.shape, tensor.type.kind == .float, tensor.type.canDecode else {
        throw ConversionError(
          .adapter, tensor: tensor.name,
          "\(adapter.path) is for floats \(pair.shape) in \(name.quoted), and the model has \(tensor.type.name) \(tensor.shape)"
        )
      }
      changes[place].pair = Int32(number)
    }
    for (number, (name, replacement, isBase)) in adapter.replacements.enumerated() {
      let place = try Self.place(of: name, in: base, adapter)
      let tensor = table[place]
      if !isBase, !adapter.keepsTies { try Self.checkTies(of: name, in: base, adapter) }
      guard tensor.shape == replacement.shape, replacement.type.canDecode else {
        throw ConversionError(
          .adapter, tensor: tensor.name,
          "\(adapter.path) replaces \(name.quoted) by \(replacement.type.name) \(replacement.shape), and the model has \(tensor.type.name) \(tensor.shape)"
        )
      }
      changes[place].replacement = Int32(number)
    }
    self.changes = changes
    tensors = table.retyped(keepingViews: false) { place, type in
      if changes[place].pair >= 0 { return .float32 }
      let replacement = changes[place].replacement
      return replacement < 0 ? type : adapter.replacements.tensor(at: Int(replacement)).type
    }
  }

  /// The place in the base of the tensor that a name of the adapter means: some checkpoints leave `model.` out.
  private static func place(
    of name: String, in base: any Checkpoint, _ adapter: LoRAAdapter
  ) throws(ConversionError) -> Int {
    for spelling in [name, name.withoutPrefix("model."), "model." + name] {
      if let place = base.tensors.index(of: spelling) { return place }
    }
    if name.hasSuffix("lm_head.weight"),
      let words = base.tensors.first(where: { $0.name.hasSuffix("embed_tokens.weight") })
    {
      throw ConversionError(
        .adapter, tensor: name,
        "\(adapter.path) changes \(name.quoted), for which the model takes its embeddings, \(words.name.quoted): merge this adapter with PEFT"
      )
    }
    throw ConversionError(
      .adapter, tensor: name,
      "\(adapter.path) changes \(name.quoted), which the model does not have"
        + NearestNames.advice(for: name, among: base.tensors.map(\.name)))
  }

  /// Refuses new embeddings where the model takes its embeddings for the output too, which keeps the old ones.
  private static func checkTies(
    of name: String, in base: any Checkpoint, _ adapter: LoRAAdapter
  ) throws(ConversionError) {
    guard ["model.embed_tokens.weight", "transformer.wte.weight"].contains(name),
      base.tensor(named: "lm_head.weight") == nil
    else { return }
    throw ConversionError(
      .adapter, tensor: name,
      "\(adapter.path) replaces the embeddings \(name.quoted), which the model takes for its output too, where PEFT keeps the old ones: merge this adapter with PEFT and save the model with both"
    )
  }

  /// The tensor of this name, compared byte by byte, or `nil` if there is none.
  public func tensor(named name: String) -> CheckpointTensor? { tensors[name] }

  /// What is done to a tensor of the base before anything is added, and what the adapter does.
  public func change(of name: String) -> String? {
    guard let place = tensors.index(of: name) else { return nil }
    let words = [
      replacement(at: place) == nil ? base.change(of: name) : "taken from the adapter",
      pair(at: place).map { "adapter of rank \($0.rank) added" },
    ].compactMap(\.self)
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }

  /// What takes the place of the tensor at a place.
  private func replacement(at place: Int) -> CheckpointTensor? {
    let number = Int(changes[place].replacement)
    return number < 0 ? nil : adapter.replacements.tensor(at: number)
  }

  /// What is added to the tensor at a place.
  private func pair(at place: Int) -> LoRAAdapter.Pair? {
    let number = Int(changes[place].pair)
    return number < 0 ? nil : adapter.pairs.pair(at: number).turned(toFit: base.tensors[place].shape)
  }

  /// Fills `buffer` with a range of a tensor's bytes, as the type that the tensor states stores them.
  ///
  /// - Throws: What the base and the adapter throw.
  /// - Precondition: `range` is within `0..<tensor.byteCount`, and `buffer` is as long.
  /// - Complexity: O(*n* · *r*) in the length of the range and the rank.
  public func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    guard !range.isEmpty, let place = tensors.index(of: tensor.name) else { return }
    let replacement = replacement(at: place)
    let source = replacement == nil ? base : adapter.checkpoint
    let own = replacement ?? base.tensors[place]
    guard let pair = pair(at: place) else { return try source.read(own, bytes: range, into: buffer) }
    let size = MemoryLayout<Float>.size
    let elements = range.lowerBound / size..<(range.upperBound + size - 1) / size
    let sum = LowRankSum(pair, adapter.checkpoint)
    try FloatReader(source, own).withValues(elements) { values in
      var place = 0
      for (rows, columns) in Self.rectangles(elements, width: pair.shape[1]) {
        for value in try sum.values(rows, columns) {
          values[place] += value
          place += 1
        }
      }
      let start = range.lowerBound - elements.lowerBound * size
      let bytes = UnsafeRawBufferPointer(values)
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + range.count]))
    }
  }

  /// Cuts elements of a matrix into what is left of a row, whole rows, and the beginning of a row, so that a range takes no
  /// more memory than it has values.
  private static func rectangles(_ elements: Range<Int>, width: Int) -> [(
    rows: Range<Int>, columns: Range<Int>
  )] {
    var parts: [(Range<Int>, Range<Int>)] = []
    var element = elements.lowerBound
    while element < elements.upperBound {
      let (row, column) = element.quotientAndRemainder(dividingBy: width)
      let left = elements.upperBound - element
      if column == 0, left >= width {
        parts.append((row..<row + left / width, 0..<width))
        element += left / width * width
      } else {
        let count = min(left, width - column)
        parts.append((row..<row + 1, column..<column + count))
        element += count
      }
    }
    return parts
  }
}

extension LoRAAdapter.Pair {
  /// The pair the way round that a matrix of this shape needs.
  fileprivate func turned(toFit shape: [Int]) -> Self {
    guard !isEmbedding, self.shape != shape, self.shape.reversed() == shape else { return self }
    var pair = self
    pair.isTransposed.toggle()
    return pair
  }
}
