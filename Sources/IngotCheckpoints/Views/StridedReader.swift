import IngotEncodings

/// Reads ranges of a tensor in row-major order, wherever its elements lie in a storage.
///
/// A range is cut into boxes, and each box is read in the order of the storage: elements that lie close together by one
/// read for many of them, others one by one, so that memory is bounded and no byte is read more than once for a box; what a stride
/// of 0 repeats is read once and copied. Of what lies transposed each range takes little from all over the storage, so what comes
/// next is made at once and kept: tiles of a matrix, and of tensors of more dimensions in another order pieces of the result.
struct StridedReader {
  /// Fills the buffer with the bytes that begin at an offset from the tensor's first element.
  typealias Read = (_ offset: Int, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void

  /// The most bytes that are read at once to take elements out of them.
  private static let windowByteCount = 1 << 18
  /// Elements that are further apart than this are read by themselves.
  private static let gapByteCount = 1 << 13

  /// A dimension, in which neighbours that lie like one are one.
  private struct Axis {
    var count: Int
    /// The elements from one to the next in the storage, and in the result.
    var stride: Int
    var step: Int
  }

  private let axes: [Axis]
  private let elementByteCount: Int
  private let numberByteCount: Int
  private let isBigEndian: Bool
  private let read: Read
  private let tiles: Tiles?

  /// What is kept of transposed matrices.
  struct Tiles {
    let cache: TileCache
    /// The name of the tensor.
    let name: String
    /// Whether the storage can only be read from its beginning on.
    let isSequential: Bool
  }

  /// - Precondition: the tensor has elements, of whole bytes.
  init(shape: [Int], view: TensorView, type: ElementType, tiles: Tiles? = nil, read: @escaping Read) {
    self.tiles = tiles
    elementByteCount = type.byteCount(elements: 1) ?? 1
    numberByteCount = type.numberByteCount
    isBigEndian = view.isBigEndian
    self.read = read
    var axes: [Axis] = []
    for (count, stride) in zip(shape, view.strides) where count != 1 {
      if let last = axes.last, last.stride == stride * count {
        axes[axes.count - 1] = Axis(count: last.count * count, stride: stride, step: 1)
      } else {
        axes.append(Axis(count: count, stride: stride, step: 1))
      }
    }
    for index in axes.indices.dropLast().reversed() {
      axes[index].step = axes[index + 1].step * axes[index + 1].count
    }
    self.axes = axes
  }

  /// Fills `buffer` with a range of the tensor's bytes, little-endian.
  func read(bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) throws {
    let size = elementByteCount
    let elements = range.lowerBound / size..<(range.upperBound + size - 1) / size
    if elements.lowerBound * size == range.lowerBound, elements.upperBound * size == range.upperBound {
      return try read(elements, into: buffer)
    }
    // The range cuts an element.
    let whole = UnsafeMutableRawBufferPointer.allocate(byteCount: elements.count * size, alignment: 8)
    defer { whole.deallocate() }
    try read(elements, into: whole)
    let start = range.lowerBound - elements.lowerBound * size
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: whole[start..<start + range.count]))
  }

  private func read(_ elements: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) throws {
    if let tiles, isScattered, let outermost = axes.first, elements.count < outermost.count * outermost.step {
      try readPieces(elements, tiles, of: outermost.count * outermost.step, into: buffer)
    } else {
      try readBoxes(elements, axis: 0, source: 0, target: 0, into: buffer)
    }
    guard isBigEndian, numberByteCount > 1 else { return }
    for start in stride(from: 0, to: buffer.count, by: numberByteCount) {
      var (low, high) = (start, start + numberByteCount - 1)
      while low < high {
        buffer.swapAt(low, high)
        (low, high) = (low + 1, high - 1)
      }
    }
  }

  /// Cuts a range of the elements that are left when the dimensions before `axis` are fixed into boxes.
  private func readBoxes(
    _ elements: Range<Int>, axis: Int, source: Int, target: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    guard axis < axes.count else { return try readBox([], source: source, target: target, into: buffer) }
    if let tiles, axis == axes.count - 2, isTransposed {
      return try readTransposed(elements, tiles, source: source, target: target, into: buffer)
    }
    let step = axes[axis].step
    var target = target
    var position = elements.lowerBound
    while position < elements.upperBound {
      let (index, offset) = position.quotientAndRemainder(dividingBy: step)
      let place = source + index * axes[axis].stride
      let end: Int
      if offset == 0, elements.upperBound - position >= step, tiles == nil || !isTransposed {
        let count = (elements.upperBound - position) / step
        end = position + count * step
        let box = [Axis(count: count, stride: axes[axis].stride, step: step)] + axes[(axis + 1)...]
        try readBox(box, source: place, target: target, into: buffer)
      } else {
        end = min(elements.upperBound, (index + 1) * step)
        try readBoxes(
          offset..<offset + end - position, axis: axis + 1, source: place, target: target, into: buffer)
      }
      target += end - position
      position = end
    }
  }

  /// Whether the dimensions lie in another order than they have, and not only the last two.
  private var isScattered: Bool {
    let strides = axes.map(\.stride).filter { $0 != 0 }
    return !isTransposed && strides != strides.sorted(by: >)
  }

  /// Copies a range out of large pieces of the result, for each of which the storage is read once.
  private func readPieces(
    _ elements: Range<Int>, _ tiles: Tiles, of count: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    let size = elementByteCount
    // A piece that cuts no slab of an outer dimension is a single box.
    let slab = axes.first { $0.step * size <= tiles.cache.tileByteCount }?.step ?? 1
    let result = ByteMatrix(
      name: tiles.name, start: 0, rowCount: 1, rowByteCount: count * size, unit: slab * size)
    let wanted = elements.lowerBound * size..<elements.upperBound * size
    try tiles.cache.forEachTile(of: result, rows: 0..<1, columns: wanted) { offset, bytes in
      let first = offset / size
      try readBoxes(first..<first + bytes.count / size, axis: 0, source: 0, target: 0, into: bytes)
    } _: { piece, _, columns in
      let part = wanted.clamped(to: columns)
      let target = part.lowerBound - wanted.lowerBound
      UnsafeMutableRawBufferPointer(rebasing: buffer[target..<target + part.count]).copyMemory(
        from: UnsafeRawBufferPointer(
          rebasing: piece[part.lowerBound - columns.lowerBound..<part.upperBound - columns.lowerBound]))
    }
  }

  /// Whether the last two dimensions are a matrix that lies transposed: the last but one runs through the bytes of a row.
  private var isTransposed: Bool {
    guard axes.count >= 2, TransposedColumns.canMove(elementByteCount: elementByteCount) else { return false }
    let (outer, inner) = (axes[axes.count - 2], axes[axes.count - 1])
    return outer.stride == 1 && inner.stride >= outer.count
  }

  /// Reads a range of the elements of a matrix that lies transposed.
  private func readTransposed(
    _ elements: Range<Int>, _ tiles: Tiles, source: Int, target: Int,
    into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    let (outer, inner) = (axes[axes.count - 2], axes[axes.count - 1])
    let matrix = ByteMatrix(
      name: tiles.name, start: source, rowCount: inner.count, rowByteCount: outer.count * elementByteCount,
      pitch: inner.stride * elementByteCount, isSequential: tiles.isSequential)
    var position = elements.lowerBound
    while position < elements.upperBound {
      // A part of one row of the result, or as many whole rows as there are.
      let (first, offset) = position.quotientAndRemainder(dividingBy: inner.count)
      let left = elements.upperBound - position
      let isWhole = offset == 0 && left >= inner.count
      let count = isWhole ? left / inner.count : 1
      let rows = isWhole ? 0..<inner.count : offset..<min(inner.count, offset + left)
      let columns = TransposedColumns(
        elementByteCount: elementByteCount, first: first, count: count, rows: rows,
        target: target + position - elements.lowerBound, columnStep: inner.count)
      try tiles.cache.transpose(columns, of: matrix, into: buffer) {
        try read(source * elementByteCount + $0, $1)
      }
      position += count * rows.count
    }
  }

  /// Reads a box in the order of the storage, and repeats what lies there once and in the result several times.
  private func readBox(
    _ box: [Axis], source: Int, target: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    let box = box.filter { $0.count > 1 }
    try readDistinct(box.filter { $0.stride != 0 }, source: source, target: target, into: buffer)
    // Innermost first: what is repeated is whole then. Of the dimensions around it those that repeat have their first one.
    for axis in box.reversed() where axis.stride == 0 {
      let outer = box.filter { $0.step > axis.step && $0.stride != 0 }
      forEachPlace(outer[...], target: target) { place in
        let bytes = place * elementByteCount..<(place + axis.count * axis.step) * elementByteCount
        Self.fill(
          UnsafeMutableRawBufferPointer(rebasing: buffer[bytes]), repeating: axis.step * elementByteCount)
      }
    }
  }

  /// Calls `body` with the places in the result of all indexes of some dimensions.
  private func forEachPlace(_ axes: ArraySlice<Axis>, target: Int, _ body: (Int) -> Void) {
    guard let axis = axes.first else { return body(target) }
    for index in 0..<axis.count { forEachPlace(axes.dropFirst(), target: target + index * axis.step, body) }
  }

  /// Fills a buffer with its first bytes, again and again.
  private static func fill(_ buffer: UnsafeMutableRawBufferPointer, repeating byteCount: Int) {
    // Twice as many each time, as long as these stay in a cache.
    let most = max(byteCount, (1 << 15) / byteCount * byteCount)
    var filled = byteCount
    while filled < buffer.count {
      let count = min(filled, most, buffer.count - filled)
      UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      filled += count
    }
  }

  /// Reads a box of elements that lie in different places, in the order of the storage.
  private func readDistinct(
    _ box: [Axis], source: Int, target: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    let size = elementByteCount
    var axes = box.sorted { ($0.stride, $0.step) > ($1.stride, $1.step) }
    // A run of elements that follow each other in both is copied in one go.
    var run = 1
    if let last = axes.last, last.stride == 1, last.step == 1 {
      run = last.count
      axes.removeLast()
    }
    if axes.isEmpty {
      return try read(
        source * size, UnsafeMutableRawBufferPointer(rebasing: buffer[target * size..<(target + run) * size]))
    }
    let extent = axes.reduce(run) { $0 + ($1.count - 1) * $1.stride } * size
    // What lies close together is read at once; what comes after a larger gap is another read.
    var cluster = run
    for axis in axes.reversed() {
      if (axis.stride - cluster) * size > Self.gapByteCount { break }
      cluster += (axis.count - 1) * axis.stride
    }
    var window = StorageWindow(
      end: source * size + extent,
      byteCount: min(cluster * size, max(Self.windowByteCount, run * size)), read: read)
    let row = axes.removeLast()
    let pieces = StorageWindow.Pieces(
      count: row.count, byteCount: run * size, stride: row.stride * size, step: row.step * size)
    var indexes = [Int](repeating: 0, count: axes.count)
    var (from, to) = (source, target)
    while true {
      try window.copy(
        pieces, from: from * size, into: UnsafeMutableRawBufferPointer(rebasing: buffer[(to * size)...]))
      var axis = axes.count - 1
      while axis >= 0 {
        indexes[axis] += 1
        from += axes[axis].stride
        to += axes[axis].step
        if indexes[axis] < axes[axis].count { break }
        from -= axes[axis].count * axes[axis].stride
        to -= axes[axis].count * axes[axis].step
        indexes[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
