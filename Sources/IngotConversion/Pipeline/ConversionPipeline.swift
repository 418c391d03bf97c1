import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotFiles
import IngotSeal
import SystemPackage

/// Carries out a plan: reads, decodes, encodes and writes in bounded memory on several cores.
///
/// The output is written front to back and does not depend on the number of threads, nor on the memory. Memory is that of the
/// buffers, whatever the size of the model or of its largest tensor.
///
/// Specification: `spec/conversion.md`, clause V4.
public struct ConversionPipeline: Sendable {
  private let plan: ConversionPlan
  private let checkpoint: any Checkpoint
  private let threads: Int
  private let buffers: BufferPlan
  private let secondMoments: SecondMomentCache?

  /// The bytes of all buffers, unless more or fewer are asked for.
  public static let defaultMemoryByteCount = 12 << 20

  /// Prepares to carry out `plan`.
  ///
  /// - Parameters:
  ///   - plan: a plan that was made for `checkpoint`, or a part of one.
  ///   - checkpoint: the source of the tensors.
  ///   - threads: how many units of work are under way at once; the cores of the machine bound what runs.
  ///   - memoryByteCount: the bytes of all buffers together. Where that is too little for `threads`, fewer units are
  ///     under way; two of the smallest always are.
  /// - Precondition: `threads` is at least 1, and `memoryByteCount` not negative.
  public init(
    _ plan: ConversionPlan, from checkpoint: any Checkpoint, threads: Int,
    memoryByteCount: Int = Self.defaultMemoryByteCount
  ) {
    precondition(threads >= 1 && memoryByteCount >= 0)
    self.plan = plan
    self.checkpoint = checkpoint
    self.threads = threads
    buffers = BufferPlan(
      byteCount: max(0, memoryByteCount - checkpoint.keptByteCount), threads: threads)
    secondMoments = plan.secondMoments.map(SecondMomentCache.init)
  }

  /// Writes the output, which appears at `target` complete or not at all.
  ///
  /// - Parameters:
  ///   - target: the path of the output; the file appears there only after everything has been written and synced.
  ///   - overwrite: whether a file that is there already may be replaced.
  ///   - sources: files that were read besides those of the tensors, none of which may be replaced: a `ReadRecord` finds them.
  ///   - digest: the digest of a seal after the model, which is computed as the model is written; `nil` for none. A part of
  ///     a set cannot be sealed alone.
  ///   - progress: called after each write, on the task that runs the conversion.
  /// - Throws: ``ConversionError`` for values that cannot be encoded, naming tensor, row and column; the errors of the
  ///   checkpoint; `FileError`, also where the target is one of the sources; `CancellationError`.
  /// - Precondition: there is no digest for a part of a set.
  public func run(
    to target: FilePath, overwrite: Bool = false, sources: [FileIdentity] = [],
    sealing digest: SealDigest? = nil, progress: (ConversionProgress) -> Void = { _ in }
  ) async throws -> ConversionReport {
    try await run(
      to: target, overwrite: overwrite, sources: sources, sealing: digest, calls: PlatformCalls(),
      progress: progress)
  }

  /// Writes all files of a split set, which appear complete or not at all: those that each part alone would make.
  ///
  /// - Parameters:
  ///   - parts: the parts of the plan.
  ///   - targets: the path of each part.
  ///   - overwrite: whether files that are there already may be replaced.
  ///   - sources: as for a single file.
  ///   - digest: the digest of the seals of the set; `nil` for none.
  ///   - progress: called after each write, on the task that runs the conversion.
  /// - Throws: As for a single file.
  /// - Precondition: there are as many targets as parts.
  public func run(
    _ parts: ConversionParts, to targets: [FilePath], overwrite: Bool = false, sources: [FileIdentity] = [],
    sealing digest: SealDigest? = nil, progress: (ConversionProgress) -> Void = { _ in }
  ) async throws -> ConversionReport {
    try await run(
      parts, to: targets, overwrite: overwrite, sources: sources, sealing: digest, calls: PlatformCalls(),
      progress: progress)
  }

  /// As the public one, through system calls that a test may make fail.
  func run(
    to target: FilePath, overwrite: Bool = false, sources: [FileIdentity] = [],
    sealing digest: SealDigest? = nil, calls: any SystemCalls,
    progress: (ConversionProgress) -> Void = { _ in }
  ) async throws -> ConversionReport {
    precondition(digest == nil || plan.position == nil, "the files of a set are sealed together")
    return try await run(
      1, { _ in plan }, to: [target], overwrite: overwrite, sources: sources, sealing: digest, calls: calls,
      progress: progress)
  }

  /// As the public one, through system calls that a test may make fail.
  func run(
    _ parts: ConversionParts, to targets: [FilePath], overwrite: Bool = false, sources: [FileIdentity] = [],
    sealing digest: SealDigest? = nil, calls: any SystemCalls,
    progress: (ConversionProgress) -> Void = { _ in }
  ) async throws -> ConversionReport {
    precondition(targets.count == parts.count, "a target for each part")
    return try await run(
      parts.count, parts.plan, to: targets, overwrite: overwrite, sources: sources, sealing: digest,
      calls: calls, progress: progress)
  }

  /// Carries out one plan after the other, each when it is asked for.
  private func run(
    _ count: Int, _ part: (Int) throws -> ConversionPlan, to targets: [FilePath], overwrite: Bool,
    sources: [FileIdentity], sealing digest: SealDigest?, calls: any SystemCalls,
    progress: (ConversionProgress) -> Void
  ) async throws -> ConversionReport {
    let clock = ContinuousClock()
    let start = clock.now
    let sources = sources + checkpoint.sourceFiles.map(\.identity)
    // All are opened first, so that what cannot be written is found before the work.
    let set = try AtomicFileSet(
      try targets.map {
        try AtomicFile(replacing: $0, overwrite: overwrite, sources: sources, calls: calls)
      })
    var feedback: [TensorFeedback] = []
    do {
      var state = ConversionProgress(
        completedByteCount: 0, byteCount: 0, completedTensors: 0, tensorCount: 0, tensor: "")
      for (index, file) in set.files.enumerated() {
        let plan = try part(index)
        try file.reserve(byteCount: plan.byteCount)
        state.byteCount += plan.byteCount
        state.tensorCount += plan.tensors.count
      }
      var bodies: [BodyDigests] = []
      for (index, file) in set.files.enumerated() {
        let plan = try part(index)
        var output = try SealedOutput(file, plan.header, digest)
        state.completedByteCount += plan.header.dataOffset
        feedback += try await writeTensors(plan, &state, progress: progress) { try output.write($0) }
        if let body = output.finish() { bodies.append(body) }
      }
      for (file, seal) in zip(set.files, try Self.seals(of: bodies)) { try file.write(seal.encoded()) }
      try set.commit()
    } catch {
      set.discard()
      throw error
    }
    return ConversionReport(
      outputs: set.files.map { .init(path: $0.target, byteCount: $0.byteCount) },
      tensorCount: plan.tensors.count, duration: clock.now - start, feedback: feedback)
  }

  private static func seals(of bodies: [BodyDigests]) throws -> [Seal] {
    guard bodies.count > 1 else { return try bodies.map { try Seal($0) } }
    return try Seal.set(bodies, originalByteCounts: bodies.map(\.bodyByteCount))
  }

  /// Keeps units under way and writes each as soon as all before it are written.
  private func writeTensors(
    _ plan: ConversionPlan, _ state: inout ConversionProgress, progress: (ConversionProgress) -> Void,
    write: (UnsafeRawBufferPointer) throws -> Void
  ) async throws -> [TensorFeedback] {
    var feedback: [Int: FeedbackMeasure] = [:]
    let completedTensors = state.completedTensors
    // An inout argument cannot be captured.
    var current = state
    try await OrderedWork.run(
      WorkUnits(plan, elementLimit: buffers.elementLimit), threads: threads, buffers: buffers.bufferCount,
      work: { unit, buffers in try encode(unit, of: plan, buffers) },
      finish: { unit, measures, buffers in
        let byteCount = unit.outputByteCount
        try write(UnsafeRawBufferPointer(buffers.output.bytes(byteCount)))
        for (tensor, measure) in measures { feedback[tensor, default: FeedbackMeasure()].add(measure) }
        current.completedByteCount += UInt64(byteCount)
        guard let last = unit.segments.last else { return }
        let entry = plan.tensors[last.tensor]
        current.completedTensors =
          completedTensors + last.tensor + (last.elements.upperBound == entry.elementCount ? 1 : 0)
        current.tensor = entry.sourceName
        progress(current)
      })
    state = current
    return feedback.sorted { $0.key < $1.key }.map { index, measure in
      let tensor = plan.tensors[index]
      return TensorFeedback(name: tensor.sourceName, encoding: tensor.encoding, measure: measure)
    }
  }

  /// Fills the output buffer with the bytes of a unit, and returns what feedback did for its tensors.
  private func encode(
    _ unit: WorkUnit, of plan: ConversionPlan, _ buffers: WorkBuffers
  ) throws -> [(tensor: Int, measure: FeedbackMeasure)] {
    var measures: [(tensor: Int, measure: FeedbackMeasure)] = []
    let output = buffers.output.bytes(unit.outputByteCount)
    var offset = 0
    for segment in unit.segments {
      try Task.checkCancellation()
      let destination = UnsafeMutableRawBufferPointer(
        rebasing: output[offset..<(offset + segment.outputByteCount)])
      if let measure = try encode(segment, of: plan, into: destination, buffers) {
        measures.append((segment.tensor, measure))
      }
      offset += segment.outputByteCount
      output[offset..<(offset + segment.paddingByteCount)].initializeMemory(as: UInt8.self, repeating: 0)
      offset += segment.paddingByteCount
    }
    return measures
  }

  private func encode(
    _ segment: Segment, of plan: ConversionPlan, into output: UnsafeMutableRawBufferPointer,
    _ buffers: WorkBuffers
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
        throw ConversionError(
          overflow: value, at: index, in: planned, firstElement: segment.elements.lowerBound)
      }
      if let moments = try secondMoments(segment, planned) {
        var bytes = output.mutableBytes
        do throws(EncodingError) {
          return try planned.encoding.encode(
            rows: floats.span, secondMoments: moments, into: &bytes, effort: plan.effort)
        } catch {
          throw ConversionError(error, in: planned, firstElement: segment.elements.lowerBound)
        }
      }
      try encode(floats, segment, planned, into: output, buffers)
    }
    return nil
  }

  /// Encodes the values of a segment, a piece at a time: a long search ends soon after it is cancelled.
  private func encode(
    _ floats: UnsafeMutableBufferPointer<Float>, _ segment: Segment, _ planned: PlannedTensor,
    into output: UnsafeMutableRawBufferPointer, _ buffers: WorkBuffers
  ) throws {
    let importance = importance(segment, planned, buffers)
    let isSearch = planned.isQuantized && plan.effort != .fast
    var offset = 0
    for start in stride(
      from: 0, to: floats.count, by: isSearch ? Self.pieceElementCount : max(floats.count, 1))
    {
      if isSearch { try Task.checkCancellation() }
      let piece = start..<(isSearch ? min(start + Self.pieceElementCount, floats.count) : floats.count)
      let byteCount = planned.encoding.byteCount(elements: piece.count) ?? 0
      var bytes = UnsafeMutableRawBufferPointer(rebasing: output[offset..<offset + byteCount]).mutableBytes
      let values = UnsafeBufferPointer(rebasing: floats[piece])
      let weights = importance.map { UnsafeBufferPointer(rebasing: $0[piece]) }
      do throws(EncodingError) {
        try planned.encoding.encode(
          values.span, importance: weights?.span, into: &bytes, effort: plan.effort)
      } catch {
        throw ConversionError(error, in: planned, firstElement: segment.elements.lowerBound + start)
      }
      offset += byteCount
    }
  }

  /// The values between two looks at whether to go on; whole blocks of every encoding.
  private static let pieceElementCount = 8192

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
