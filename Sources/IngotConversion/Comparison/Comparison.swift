import IngotCheckpoints
import IngotContainer
import IngotEncodings

/// Compares the values of two checkpoints tensor by tensor, as single-precision numbers, in bounded memory.
public struct Comparison: Sendable {
  private let reference: any Checkpoint
  private let other: any Checkpoint
  private let pairs: TensorPairs
  /// Everything that is known before a value is read.
  private let outline: ComparisonReport

  /// Pairs the tensors of two checkpoints by name; names and shapes that a conversion had to change are undone first.
  ///
  /// - Parameters:
  ///   - reference: what is taken to be right.
  ///   - other: what is held against it.
  ///   - name: compares only the tensor of this name in the reference.
  ///   - importance: weights the errors of the tensors that it has entries for.
  ///   - histogram: whether errors are counted by their size.
  /// - Throws: ``ConversionError`` `NOTHING_TO_DO` when they have no tensor in common, `NO_SUCH_TENSOR` when the
  ///   reference lacks the one that is asked for, `IMPORTANCE` when the matrix does not fit one of the tensors or has
  ///   weights for none.
  public init(
    _ reference: any Checkpoint, with other: any Checkpoint, tensor name: String? = nil,
    importance: ImportanceMatrix? = nil, histogram: Bool = false
  ) throws(ConversionError) {
    self.reference = reference
    self.other = other
    let name = name.map { (reference as? DerivedCheckpoint)?.resolved($0) ?? $0 }
    let left = RestoredTensors(reference)
    let right = RestoredTensors(other)
    var pairs = TensorPairs(left, right)
    var outline = ComparisonReport(tensors: ComparedTensors(of: pairs))
    if let name, left.tensor(named: name) == nil {
      throw ConversionError(
        .noSuchTensor, tensor: name,
        "there is no tensor \(name.quoted) in the reference"
          + NearestNames.advice(for: name, among: left.map(\.name)))
    }
    for place in left.indices {
      let restored = left[place]
      guard name == nil || restored.name == name else { continue }
      guard let found = right.index(of: restored.name) else {
        outline.onlyInReference.append(restored.name)
        continue
      }
      let match = right[found]
      guard restored.valueShape == match.valueShape else {
        outline.differentShapes.append((restored.name, restored.valueShape, match.valueShape))
        continue
      }
      guard restored.stored.type.canDecode, match.stored.type.canDecode else {
        outline.notDecodable.append(restored.name)
        continue
      }
      try pairs.append(place, found, importance: importance)
    }
    if name == nil {
      outline.onlyInOther = right.indices.lazy.map(right.name(at:)).filter { left.index(of: $0) == nil }
    }
    guard !pairs.isEmpty || !outline.differentShapes.isEmpty || !outline.notDecodable.isEmpty else {
      let advice =
        (reference.format == .gguf) != (other.format == .gguf) && !(reference is DerivedCheckpoint)
        ? ": name the folder of the model as the reference, or export the GGUF file first" : ""
      throw ConversionError(.nothingToDo, "the two files have no tensor name in common\(advice)")
    }
    if let importance {
      try Self.check(importance, weights: pairs)
      outline.weightedTotal = WeightedError()
      outline.unweighted = pairs.lazy.filter { $0.isReal && $0.importance == nil }.map(\.name)
    }
    if histogram { outline.histogram = ErrorHistogram() }
    outline.tensors = ComparedTensors(of: pairs)
    self.pairs = pairs
    self.outline = outline
  }

  /// Refuses a matrix that has weights for none of the tensors: there would be nothing to say.
  private static func check(
    _ importance: ImportanceMatrix, weights pairs: TensorPairs
  ) throws(ConversionError) {
    guard !pairs.contains(where: { $0.importance != nil }) else { return }
    let tensors =
      pairs.count == 1 ? pairs[0].name.quoted : "any of the \(pairs.count) tensors that are compared"
    let known = importance.entries.first.map { " (it has them for \($0.name.quoted))" } ?? ""
    throw ConversionError(
      .importance,
      "the importance matrix has no weights for \(tensors)\(known): was it made for another model?")
  }

  /// Reads and compares all pairs.
  ///
  /// The sums are added in the order of the values, so the result does not depend on the number of threads.
  ///
  /// - Precondition: `threads` is at least 1.
  /// - Throws: the errors of the checkpoints, and `CancellationError`.
  public func run(
    threads: Int, progress: (ConversionProgress) -> Void = { _ in }
  ) async throws -> ComparisonReport {
    precondition(threads >= 1)
    var report = outline
    var state = ConversionProgress(
      completedByteCount: 0, byteCount: pairs.referenceByteCount,
      completedTensors: 0, tensorCount: pairs.count, tensor: "")
    var errors = StretchErrors()
    try await OrderedWork.run(
      Stretches(pairs), threads: threads,
      work: { stretch, buffers in try measure(stretch, buffers) },
      finish: { stretch, next, _ in
        let pair = pairs[stretch.pair]
        errors.append(next)
        state.completedByteCount += stretch.byteCount(of: pair.reference, elementCount: pair.elementCount)
        state.tensor = pair.name
        if stretch.elements.upperBound == pair.elementCount {
          let (total, worst) = errors.rows.finish()
          if pair.isReal { report.total += total }
          report.weightedTotal? += errors.weighted
          if let levels = errors.levels { report.histogram? += ErrorHistogram(levels, total) }
          report.tensors.append(total, worst, errors.weighted)
          errors = StretchErrors()
          state.completedTensors += 1
        }
        progress(state)
      })
    return report
  }

  /// The errors of a stretch of a pair.
  private func measure(_ stretch: Stretch, _ buffers: WorkBuffers) throws -> StretchErrors {
    let pair = pairs[stretch.pair]
    let expected = try TensorReader(reference, pair.reference)
      .decode(stretch.elements, into: buffers.values, stored: buffers.stored)
    let found = try TensorReader(other, pair.other)
      .decode(stretch.elements, into: buffers.otherValues, stored: buffers.stored)
    var errors = StretchErrors()
    errors.rows = Self.rowErrors(
      expected.span, found.span, firstElement: stretch.elements.lowerBound, rowLength: pair.restored.rowLength
    )
    if let importance = pair.importance {
      let weights = buffers.importance.floats(stretch.elements.count)
      importance.fill(weights, elements: stretch.elements, dimensions: pair.dimensions)
      errors.weighted.add(reference: expected.span, other: found.span, weights: weights.span)
    }
    if outline.histogram != nil, pair.isReal {
      var levels = ErrorLevels()
      levels.add(reference: expected.span, other: found.span)
      errors.levels = levels
    }
    return errors
  }

  /// The errors of consecutive values, row by row.
  static func rowErrors(
    _ reference: Span<Float>, _ other: Span<Float>, firstElement: Int, rowLength: Int
  ) -> RowErrors {
    var errors = RowErrors()
    var position = 0
    while position < reference.count {
      let row = (firstElement + position) / rowLength
      let end = min((row + 1) * rowLength - firstElement, reference.count)
      let part = position..<end
      errors.append(
        ErrorMeasure(reference: reference.extracting(part), other: other.extracting(part)), row: row,
        isWhole: part.count == rowLength)
      position = end
    }
    return errors
  }
}
