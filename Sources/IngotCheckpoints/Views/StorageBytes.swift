/// Where the bytes of tensors are: at a place of a file, or in a member of an archive that is inflated as it is read.
enum StorageBytes: Sendable {
  /// They begin at an offset in a file.
  case file(ReadableBytes, offset: UInt64)
  /// They begin at an offset in a member.
  case member(EntryReader, ZIPEntry, offset: UInt64)

  /// Whether what is passed over has to be inflated too.
  private var isSequential: Bool {
    if case .member(_, let entry, _) = self { entry.method == .deflated } else { false }
  }

  /// Fills `buffer` with the bytes that begin so many after the first.
  func read(at position: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws {
    switch self {
    case .file(let file, let offset): try file.read(offset + position, buffer)
    case .member(let reader, let entry, let offset):
      try reader.read(entry, at: offset + position, into: buffer)
    }
  }
}

extension StorageBytes {
  /// Fills `buffer` with a range of a tensor's bytes, in row-major order and little-endian.
  ///
  /// - Parameters:
  ///   - tensor: A tensor with a view of these bytes.
  ///   - range: Which of its bytes.
  ///   - buffer: Receives them.
  ///   - tiles: What is kept of matrices of this checkpoint.
  /// - Precondition: `range` is within the tensor, `buffer` is as long, and the tensor's view within these bytes.
  func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer,
    tiles: TileCache
  ) throws {
    precondition(range.lowerBound >= 0 && range.upperBound <= tensor.byteCount, "not within the tensor")
    precondition(buffer.count == range.count, "the buffer and the range differ in length")
    if range.isEmpty { return }
    guard let view = tensor.view else { return try read(at: UInt64(range.lowerBound), into: buffer) }
    let start = view.start
    guard view.isBigEndian || !view.isContiguous(tensor.shape) else {
      return try read(at: start + UInt64(range.lowerBound), into: buffer)
    }
    let kept = StridedReader.Tiles(cache: tiles, name: tensor.name, isSequential: isSequential)
    let reader = StridedReader(shape: tensor.shape, view: view, type: tensor.type, tiles: kept) {
      try read(at: start + UInt64($0), into: $1)
    }
    try reader.read(bytes: range, into: buffer)
  }
}
