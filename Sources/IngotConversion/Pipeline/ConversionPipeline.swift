import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotFiles
import IngotSeal
import SystemPackage

/// Carries out a plan: reads, decodes, encodes and writes in bounded memory on several cores.
///
/// The output is written front to back and does not depend on the number of threads. Memory is a few buffers of at
/// most a mebibyte for each thread, whatever the size of the model or of its largest tensor.
public struct ConversionPipeline: Sendable {
  private let plan: ConversionPlan
  private let checkpoint: any Checkpoint
  private let threads: Int
  private let secondMoments: SecondMomentCache?

  /// Prepares to carry out `plan`.
  ///
  /// - Parameters:
  ///   - plan: a plan that was made for `checkpoint`.
  ///   - checkpoint: the source of the tensors.
  ///   - threads: how many units of work are under way at once; the cores of the machine bound what runs.
  /// - Precondition: `threads` is at least 1.
  public init(_ plan: ConversionPlan, from checkpoint: any Checkpoint, threads: Int) {
    precondition(threads >= 1)
    self.plan = plan
    self.checkpoint = checkpoint
    self.threads = threads
    secondMoments = plan.secondMoments.map(SecondMomentCache.init)
  }

  /// Writes the output, which appears at `target` complete or not at all.
  ///
  /// - Parameters:
  ///   - target: the path of the output; the file appears there only after everything has been written and synced.
  ///   - overwrite: whether a file that is there already may be replaced.
  ///   - digest: the digest of a seal after the model, which is computed as the model is written; `nil` for none.
  ///   - progress: called after each write, on the task that runs the conversion.
  /// - Throws: ``ConversionError`` for values that cannot be encoded, naming tensor, row and column; the errors of the
  ///   checkpoint; `FileError`, also where the target is one of the sources; `CancellationError`.
  public func run(
    to target: FilePath, overwrite: Bool = false, sealing digest: SealDigest? = nil,
    progress: (ConversionProgress) -> Void = { _ in }
  ) async throws -> ConversionReport {
    try await run(
      to: target, overwrite: overwrite, sealing: digest, calls: PlatformCalls(), progress: progress)
  }

  /// As the public one, through system calls that a test may make fail.
  func run(
    to target: FilePath, overwrite: Bool = false, sealing digest: SealDigest? = nil, calls: any SystemCalls,
    progress: (ConversionProgress) -> Void = { _ in }
  ) async throws -> ConversionReport {
    let clock = ContinuousClock()
    let start = clock.now
    let file = try AtomicFile(
      replacing: target, overwrite: overwrite, sources: checkpoint.sourceFiles.map(\.identity), calls: calls)
    let feedback: [TensorFeedback]
    do {
      try file.reserve(byteCount: plan.byteCount)
      var output = try SealedOutput(file, plan.header, digest)
      feedback = try await writeTensors(progress: progress) { try output.write($0) }
      try output.finish()
      try file.commit()
    } catch {
      file.discard()
      throw error
    }
    return ConversionReport(
      byteCount: file.byteCount, tensorCount: plan.tensors.count, duration: clock.now - start,
      feedback: feedback)
  }

  /// Keeps `threads` units under way and writes each as soon as all before it are written.
  private func writeTensors(
    progress: (ConversionProgress) -> Void, write: (UnsafeRawBufferPointer) throws -> Void
  ) async throws -> [TensorFeedback] {
    var feedback: [Int: FeedbackMeasure] = [:]
    var state = ConversionProgress(
      completedByteCount: plan.header.dataOffset, byteCount: plan.byteCount, completedTensors: 0,
      tensorCount: plan.tensors.count, tensor: plan.tensors.first?.sourceName ?? "")
    try await OrderedWork.run(
      WorkUnits(plan), threads: threads,
      work: { unit, buffers in try encode(unit, buffers) },
      finish: { unit, measures, buffers in
        let byteCount = unit.outputByteCount
        try write(UnsafeRawBufferPointer(buffers.output.bytes(byteCount)))
        for (tensor, measure) in measures { feedback[tensor, default: FeedbackMeasure()].add(measure) }
        state.completedByteCount += UInt64(byteCount)
        guard let last = unit.segments.last else { return }
        let entry = plan.tensors[last.tensor]
        state.completedTensors = last.tensor + (last.elements.upperBound == entry.elementCount ? 1 : 0)
        state.tensor = entry.sourceName
        progress(state)
      })
    return plan.tensors.indices.compactMap { index in
      guard let measure = feedback[index] else { return nil }
      let tensor = plan.tensors[index]
      return TensorFeedback(name: tensor.sourceName, encoding: tensor.encoding, measure: measure)
    }
  }

  /// Fills the output buffer with the bytes of a unit, and returns what feedback did for its tensors.
  private func encode(
    _ unit: WorkUnit, _ buffers: WorkBuffers
  ) throws -> [(tensor: Int, measure: FeedbackMeasure)] {
    var measures: [(tensor: Int, measure: FeedbackMeasure)] = []
    let output = buffers.output.bytes(unit.outputByteCount)
    var offset = 0
    for segment in unit.segments {
      let destination = UnsafeMutableRawBufferPointer(
        rebasing: output[offset..<(offset + segment.outputByteCount)])
      if let measure = try encode(segment, into: destination, buffers) {
        measures.append((segment.tensor, measure))
      }
      offset += segment.outputByteCount
      output[offset..<(offset + segment.paddingByteCount)].initializeMemory(as: UInt8.self, repeating: 0)
      offset += segment.paddingByteCount
    }
    return measures
  }

  private func encode(
    _ segment: Segment, into output: UnsafeMutableRawBufferPointer, _ buffers: WorkBuffers
  ) throws -> FeedbackMeasure? {
    guard !segment.elements.isEmpty else { return nil }
    let planned = plan.tensors[segment.tensor]
    guard let tensor = checkpoint.tensor(named: planned.sourceName) else {
      throw ConversionError(
        .noSuchTensor, tensor: planned.sourceName, "the plan was not made for this checkpoint")
    }
    let source = TensorReader(checkpoint, tensor)
    switch planned.transform {
    case .copy:
      try source.read(segment.elements, into: output)
    case .widen:
      try source.widen(segment.elements, into: output, stored: buffers.stored)
    case .encode:
      let floats = try source.decode(segment.elements, into: buffers.values, stored: buffers.stored)
      if let (index, value) = source.firstOverflow(in: floats, stored: buffers.stored) {
        throw ConversionError(overflow: value, at: index, in: planned, segment: segment)
      }
      let moments = try secondMoments(segment, planned)
      let importance = importance(segment, planned, buffers)
      var bytes = output.mutableBytes
      do throws(EncodingError) {
        if let moments {
          return try planned.encoding.encode(
            rows: floats.span, secondMoments: moments, into: &bytes, effort: plan.effort)
        }
        try planned.encoding.encode(
          floats.span, importance: importance?.span, into: &bytes, effort: plan.effort)
      } catch {
        throw ConversionError(error, in: planned, segment: segment)
      }
    }
    return nil
  }

  /// The second moments of the segment's columns, if there are any for the tensor.
  private func secondMoments(_ segment: Segment, _ planned: PlannedTensor) throws -> SecondMoments? {
    guard let name = planned.secondMoments else { return nil }
    let rows = planned.dimensions.prefix(2).reduce(1, *)
    return try secondMoments?.moments(named: name, expert: segment.elements.lowerBound / max(rows, 1))
  }

  /// The weights of the segment's values, if there are any for the tensor.
  private func importance(
    _ segment: Segment, _ planned: PlannedTensor, _ buffers: WorkBuffers
  ) -> UnsafeMutableBufferPointer<Float>? {
    guard let weights = planned.importance.flatMap({ plan.importance?[$0] }) else { return nil }
    let values = buffers.importance.floats(segment.elements.count)
    weights.fill(values, elements: segment.elements, dimensions: planned.dimensions)
    return values
  }
}
