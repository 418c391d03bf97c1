import IngotCheckpoints
import IngotEncodings
import IngotFiles
import SystemPackage

/// Carries out an export in bounded memory on several cores.
public struct ExportPipeline: Sendable {
  private let plan: ExportPlan
  private let threads: Int

  /// Prepares to carry out `plan`, with so many stretches under way at once.
  ///
  /// - Precondition: `threads` is at least 1.
  public init(_ plan: ExportPlan, threads: Int) {
    precondition(threads >= 1)
    self.plan = plan
    self.threads = threads
  }

  /// Writes the output, which appears complete or not at all: one file, or the files of a folder.
  ///
  /// - Parameters:
  ///   - target: Where to.
  ///   - overwrite: Whether files that are there already may be replaced.
  ///   - sources: Files that were read besides those of the tensors, none of which may be replaced: a `ReadRecord` finds them.
  ///   - progress: Called after each stretch, on the task that runs the export.
  /// - Throws: ``ConversionError`` for values that a type does not hold, naming tensor, row and column; the errors of the
  ///   checkpoint; `FileError`; `CancellationError`.
  public func run(
    to target: ExportTarget, overwrite: Bool = false, sources: [FileIdentity] = [],
    progress: (ConversionProgress) -> Void = { _ in }
  ) async throws -> ConversionReport {
    let clock = ContinuousClock()
    let start = clock.now
    let files = target.files(of: plan)
    let madeFolder = try target.folder.map { (path: $0, isNew: try Folder.make($0)) }
    var set = try AtomicFileSet([])
    do {
      let sources = sources + plan.checkpoint.sourceFiles.map(\.identity)
      set = try AtomicFileSet(
        try files.map { try AtomicFile(replacing: $0.path, overwrite: overwrite, sources: sources) })
      var state = ConversionProgress(
        completedByteCount: 0, byteCount: plan.byteCount, completedTensors: 0,
        tensorCount: plan.tensors.count, tensor: "")
      for (planned, file) in zip(files, set.files) {
        switch planned.contents {
        case .index(let shards):
          try SafeTensorsOutput.writeIndex(
            target.entries(of: plan.tensors, in: shards), byteCount: plan.byteCount
          ) { try file.write($0) }
        case .tensors(let range):
          try file.reserve(
            byteCount: Checked.clampedSum(range.lazy.map { UInt64(plan.tensors.byteCount(at: $0)) }))
          try await write(range, to: file, target.format, &state, progress)
        }
      }
      try set.commit()
    } catch {
      set.discard()
      if let madeFolder, madeFolder.isNew { Folder.removeIfEmpty(madeFolder.path) }
      throw error
    }
    return ConversionReport(
      outputs: set.files.map { .init(path: $0.target, byteCount: $0.byteCount) },
      tensorCount: plan.tensors.count, duration: clock.now - start, feedback: [])
  }

  private func write(
    _ tensors: Range<Int>, to file: AtomicFile, _ format: ExportFormat, _ state: inout ConversionProgress,
    _ progress: (ConversionProgress) -> Void
  ) async throws {
    var frame = format.frame(plan.tensors[tensors], texts: plan.texts)
    try frame.start { try file.write($0) }
    try await OrderedWork.run(
      stretches(tensors), threads: threads,
      work: { stretch, buffers in try fill(stretch, buffers) },
      finish: { stretch, byteCount, buffers in
        let tensor = plan.tensors[stretch.tensor]
        if stretch.isFirst { try file.write(frame.begin(tensor)) }
        let bytes = UnsafeRawBufferPointer(buffers.output.bytes(byteCount))
        frame.add(bytes)
        try file.write(bytes)
        if stretch.isLast { try file.write(frame.end()) }
        state.completedByteCount += UInt64(byteCount)
        state.completedTensors = stretch.tensor + (stretch.isLast ? 1 : 0)
        state.tensor = tensor.name
        progress(state)
      })
    try frame.finish { try file.write($0) }
  }

  /// Elements of one tensor that are written in one go.
  private struct Stretch: Sendable {
    let tensor: Int
    let elements: Range<Int>
    let isFirst: Bool
    let isLast: Bool
  }

  /// The tensors in stretches; one without elements is an empty stretch.
  private func stretches(_ tensors: Range<Int>) -> some Sequence<Stretch> {
    let limit = WorkUnits.elementLimit
    return tensors.lazy.flatMap { [plan] index in
      let count = plan.tensors[index].shape.reduce(1, *)
      return stride(from: 0, to: max(count, 1), by: limit).lazy.map { start in
        Stretch(
          tensor: index, elements: start..<Swift.min(start + limit, count), isFirst: start == 0,
          isLast: start + limit >= count)
      }
    }
  }

  /// Fills the output buffer with elements as they are to be written, and returns how many bytes they take.
  private func fill(_ stretch: Stretch, _ buffers: WorkBuffers) throws -> Int {
    let planned = plan.tensors[stretch.tensor]
    guard !stretch.elements.isEmpty, let tensor = plan.checkpoint.tensor(named: planned.source) else {
      return 0
    }
    let values = stretch.elements.count * planned.type.valuesPerElement
    let start = stretch.elements.lowerBound * planned.type.valuesPerElement
    let output = buffers.output.bytes(planned.type.byteCount(elements: stretch.elements.count) ?? 0)
    let reader = TensorReader(plan.checkpoint, tensor)
    switch planned.transform {
    case .copy where planned.type == .bool:
      // Formats that are read let a truth value be any byte.
      let bytes = buffers.stored.bytes(values)
      try reader.read(start..<start + values, into: bytes)
      try restore(bytes, planned, stretch, into: output)
    case .copy:
      try reader.read(start..<start + values, into: output)
    case .restore:
      let bytes = buffers.stored.bytes(tensor.type.byteCount(elements: values) ?? 0)
      try reader.read(start..<start + values, into: bytes)
      try restore(bytes, planned, stretch, into: output)
    case .narrow:
      let floats = try reader.decode(start..<start + values, into: buffers.values, stored: buffers.stored)
      let encoding = planned.type.exactEncoding
      let bytes = buffers.stored.bytes(encoding.byteCount(elements: values) ?? 0)
      try encode(floats, as: encoding, planned, stretch, into: bytes)
      try restore(bytes, planned, stretch, into: output)
    case .encode(let encoding):
      let floats = try reader.decode(start..<start + values, into: buffers.values, stored: buffers.stored)
      if let (index, value) = reader.firstOverflow(in: floats, stored: buffers.stored) {
        throw ConversionError(
          .overflow, tensor: planned.source,
          "\(planned.source.quoted) holds \(value) at \(place(of: index, in: planned, stretch)), "
            + "too large for \(planned.type.name): without --type it keeps its own")
      }
      try encode(floats, as: encoding, planned, stretch, into: output)
    }
    return output.count
  }

  private func restore(
    _ stored: UnsafeMutableRawBufferPointer, _ planned: ExportPlan.Tensor, _ stretch: Stretch,
    into output: UnsafeMutableRawBufferPointer
  ) throws {
    var bytes = output.mutableBytes
    do throws(ElementTypeError) {
      try planned.type.restore(stored.bytes, into: &bytes)
    } catch {
      let placed = ElementTypeError(
        error.code, error.type, index: error.index.map { stretch.elements.lowerBound + $0 }, bits: error.bits)
      throw ConversionError(.value, tensor: planned.source, "\(planned.source.quoted): \(placed)")
    }
  }

  private func encode(
    _ floats: UnsafeMutableBufferPointer<Float>, as encoding: Encoding, _ planned: ExportPlan.Tensor,
    _ stretch: Stretch, into output: UnsafeMutableRawBufferPointer
  ) throws {
    var bytes = output.mutableBytes
    do throws(EncodingError) {
      try encoding.encode(floats.span, into: &bytes)
    } catch {
      throw ConversionError(
        error.code == .overflow ? .overflow : .noCodec, tensor: planned.source,
        "\(planned.source.quoted), \(place(of: error.index ?? 0, in: planned, stretch)): \(error)")
    }
  }

  /// The row and the column of an element of a stretch, in words.
  private func place(of index: Int, in planned: ExportPlan.Tensor, _ stretch: Stretch) -> String {
    let (row, column) = (stretch.elements.lowerBound + index)
      .quotientAndRemainder(dividingBy: max(planned.shape.last ?? 1, 1))
    return "row \(row), column \(column)"
  }
}
