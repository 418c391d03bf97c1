import IngotContainer
import IngotEncodings
import SystemPackage

/// The tensors of a model, and where their values are.
///
/// Specification: `spec/onnx.md`.
struct ONNXContents: Sendable {
  /// The tensors in the order of their bytes.
  private(set) var table = CheckpointTensors()
  /// What the model says of itself.
  let metadata: Metadata
  let warnings: [CheckpointWarning]
  /// What is not read, in a survey; otherwise none.
  let refusals: [CheckpointError]
  /// The model, and the files beside it.
  let files: [ReadableBytes]
  /// Where the values are, of tensors whose bytes are not those of a file.
  private var values: ONNXValueTable

  /// Walks over a model.
  ///
  /// - Parameters:
  ///   - isSurvey: Whether tensors of types that are not read are passed over and told.
  ///   - openExternal: Opens the files that hold values.
  /// - Throws: ``CheckpointError``, and what reading and opening throw.
  init(
    _ file: ReadableBytes, limits: CheckpointLimits, isSurvey: Bool = false,
    openExternal: @escaping ONNXExternalFiles.Open
  ) throws {
    let externalFiles = ONNXExternalFiles(firstPlace: 1, open: openExternal)
    var walk = ONNXWalk(MessageBytes(file), externalFiles, limits: limits, isSurvey: isSurvey)
    try walk.model()
    metadata = walk.metadata
    warnings = walk.warnings
    refusals = walk.refusals
    files = [file] + externalFiles.files
    (table, values) = walk.takeTensors()
    if let order = table.sortByLocation() { values.reorder(by: order) }
    shareRanges()
  }

  /// Gives tensors that lie in the same bytes of a file views of one storage: clause O7.5.
  private mutating func shareRanges() {
    var storage = -1
    // The first of the tensors that reach into each other's bytes, and whether there are others.
    var (first, isShared) = (0, false)
    var (file, start, end) = (-1, UInt64(0), UInt64(0))
    for place in table.indices where table.byteCount(at: place) > 0 {
      let location = table.location(at: place)
      let values = values[place]
      guard values?.isOfNumbers != true else { continue }
      if location.file != file || location.offset >= end {
        (first, isShared) = (place, false)
        (file, start, end) = (location.file, location.offset, location.offset)
      } else {
        if !isShared {
          storage += 1
          table.setContiguousView(at: first, storage: storage, start: 0)
          isShared = true
        }
        table.setContiguousView(at: place, storage: storage, start: location.offset - start)
      }
      let byteCount =
        values?.packing?.byteCount(table.elementCount(at: place)) ?? table.byteCount(at: place)
      end = max(end, location.offset + UInt64(byteCount))
    }
  }

  /// Fills `buffer` with a range of a tensor's bytes.
  ///
  /// - Precondition: The tensor is one of the table, the range within it, and the buffer as long.
  func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    precondition(range.lowerBound >= 0 && range.upperBound <= tensor.byteCount, "not within the tensor")
    precondition(buffer.count == range.count, "the buffer and the range differ in length")
    if range.isEmpty { return }
    let file = files[tensor.location.file]
    guard let values = table.index(of: tensor.name).flatMap({ values[$0] }) else {
      return try file.read(tensor.location.offset + UInt64(range.lowerBound), buffer)
    }
    try values.read(
      at: range.lowerBound, into: buffer, from: file, at: tensor.location.offset, model: files[0])
  }
}
