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
  private var values: [Int: ONNXValues] = [:]

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
    let found = walk.found
    let order = found.indices.sorted {
      let (left, right) = (found[$0].tensor, found[$1].tensor)
      return (left.location.file, left.location.offset, left.byteCount, $0)
        < (right.location.file, right.location.offset, right.byteCount, $1)
    }
    let shares = SharedRanges(order.lazy.map { found[$0] })
    table.reserveCapacity(order.count)
    for (place, index) in order.enumerated() {
      var tensor = found[index].tensor
      tensor.view = shares.view(of: tensor, at: place)
      // Names were compared when they were found.
      _ = table.append(tensor)
      if !found[index].values.isPlain { values[place] = found[index].values }
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

/// Which tensors lie in the same bytes of a file.
private struct SharedRanges {
  /// For tensors that share bytes with others: the number of their storage, and where that begins.
  private var storages: [Int: (number: Int, start: UInt64)] = [:]

  /// - Parameter tensors: In the order of their files and offsets.
  init(_ tensors: some Collection<ONNXTensor>) {
    var group: [Int] = []
    var (file, start, end) = (-1, UInt64(0), UInt64(0))
    var number = 0
    func close(_ storages: inout [Int: (number: Int, start: UInt64)]) {
      guard group.count > 1 else { return }
      for place in group { storages[place] = (number, start) }
      number += 1
    }
    for (place, found) in tensors.enumerated() where found.tensor.byteCount > 0 {
      let location = found.tensor.location
      guard case .plain = found.values.store else { continue }
      if location.file != file || location.offset >= end {
        close(&storages)
        group = []
        (file, start, end) = (location.file, location.offset, location.offset)
      }
      group.append(place)
      let byteCount = found.values.packing?.byteCount(found.tensor.elementCount) ?? found.tensor.byteCount
      end = max(end, location.offset + UInt64(byteCount))
    }
    close(&storages)
  }

  func view(of tensor: CheckpointTensor, at place: Int) -> TensorView? {
    storages[place].map {
      TensorView(
        storage: $0.number, start: tensor.location.offset - $0.start,
        strides: TensorView.contiguousStrides(tensor.shape), isBigEndian: false)
    }
  }
}
