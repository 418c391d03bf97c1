import IngotCheckpoints
import IngotContainer
import IngotEncodings

/// Compares the values of two checkpoints tensor by tensor, as single-precision numbers, in bounded memory.
public struct Comparison: Sendable {
  private let reference: any Checkpoint
  private let other: any Checkpoint
  private let pairs: [Pair]
  /// Everything that is known before a value is read.
  private let outline: ComparisonReport

  private struct Pair: Sendable {
    let name: String
    let shape: [Int]
    let reference: CheckpointTensor
    let other: CheckpointTensor
    let rowLength: Int
    let elementCount: Int

    /// Integers are positions and labels: their size says nothing of the weights.
    var countsInTotal: Bool { reference.type.kind == .float || reference.type.kind == .blocks }

    func comparison(_ total: ErrorMeasure, _ worst: TensorComparison.WorstRow?) -> TensorComparison {
      TensorComparison(
        name: name, referenceType: reference.type.name, otherType: other.type.name, shape: shape,
        measure: total,
        worstRow: worst)
    }
  }

  /// Pairs the tensors of two checkpoints by name; names and shapes that a conversion had to change are undone first.
  ///
  /// - Parameters:
  ///   - reference: what is taken to be right.
  ///   - other: what is held against it.
  ///   - name: compares only the tensor of this name in the reference.
  /// - Throws: ``ConversionError`` `NOTHING_TO_DO` when they have no tensor in common, `NO_SUCH_TENSOR` when the
  ///   reference lacks the one that is asked for.
  public init(
    _ reference: any Checkpoint, with other: any Checkpoint, tensor name: String? = nil
  ) throws(ConversionError) {
    self.reference = reference
    self.other = other
    let left = RestoredTensors(reference)
    let right = RestoredTensors(other)
    var outline = ComparisonReport()
    var pairs: [Pair] = []
    if let name, left.tensor(named: name) == nil {
      throw ConversionError(
        .noSuchTensor, tensor: name,
        "there is no tensor \(name.quoted) in the reference"
          + NearestNames.advice(for: name, among: left.tensors.map(\.name)))
    }
    for restored in left.tensors where name == nil || restored.name == name {
      guard let match = right.tensor(named: restored.name) else {
        outline.onlyInReference.append(restored.name)
        continue
      }
      guard restored.valueShape == match.valueShape else {
        outline.differentShapes.append((restored.name, restored.valueShape, match.valueShape))
        continue
      }
      guard restored.stored.type.canDecode, match.stored.type.canDecode else {
        outline.notDecodable.append(restored.name)
        continue
      }
      pairs.append(
        Pair(
          name: restored.name, shape: restored.shape, reference: restored.stored, other: match.stored,
          rowLength: restored.rowLength, elementCount: restored.valueCount))
    }
    if name == nil {
      outline.onlyInOther = right.tensors.map(\.name).filter { left.tensor(named: $0) == nil }
    }
    guard !pairs.isEmpty || !outline.differentShapes.isEmpty || !outline.notDecodable.isEmpty else {
      throw ConversionError(.nothingToDo, "the two files have no tensor name in common")
    }
    self.pairs = pairs
    self.outline = outline
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
      completedByteCount: 0, byteCount: Checked.clampedSum(pairs.map { UInt64($0.reference.byteCount) }),
      completedTensors: 0, tensorCount: pairs.count, tensor: "")
    var rows = RowErrors()
    try await OrderedWork.run(
      Stretches(pairs.map(\.elementCount)), threads: threads,
      work: { stretch, buffers in try measure(stretch, buffers) },
      finish: { stretch, errors, _ in
        let pair = pairs[stretch.pair]
        rows.append(errors)
        state.completedByteCount += stretch.byteCount(of: pair.reference, elementCount: pair.elementCount)
        state.tensor = pair.name
        if stretch.elements.upperBound == pair.elementCount {
          let (total, worst) = rows.finish()
          rows = RowErrors()
          if pair.countsInTotal { report.total += total }
          report.tensors.append(pair.comparison(total, worst))
          state.completedTensors += 1
        }
        progress(state)
      })
    return report
  }

  /// The errors of a stretch of a pair, row by row.
  private func measure(_ stretch: Stretch, _ buffers: WorkBuffers) throws -> RowErrors {
    let pair = pairs[stretch.pair]
    let expected = try TensorReader(reference, pair.reference)
      .decode(stretch.elements, into: buffers.values, stored: buffers.stored)
    let found = try TensorReader(other, pair.other)
      .decode(stretch.elements, into: buffers.otherValues, stored: buffers.stored)
    return Self.rowErrors(
      expected.span, found.span, firstElement: stretch.elements.lowerBound, rowLength: pair.rowLength)
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
