import IngotEncodings

extension ModelTensor {
  /// Passes the blocks of elements that are known to exist and to be whole blocks, with the positions of their elements among those
  /// asked for.
  ///
  /// When the file is mapped, all at once; else as many at a time as fit into a buffer of 64 KiB, but whole runs of `unit` elements.
  func forBlocks(
    of elements: Range<Int>, unit: Int? = nil,
    _ body: (_ blocks: RawSpan, _ elements: Range<Int>) throws(EncodingError) -> Void
  ) throws(ModelError) {
    guard encoding.canDecode else { throw noDecoder }
    let bytes = bytes(ofElements: elements)
    let wasMapped: Void? = try shard.withMappedBytes(place(of: bytes)) { blocks throws(ModelError) in
      try pass(blocks, 0..<elements.count, body)
    }
    if wasMapped != nil { return }
    let unit = unit ?? encoding.elementsPerBlock
    let unitByteCount = unit / encoding.elementsPerBlock * encoding.bytesPerBlock
    guard unitByteCount > 0 else { return try pass(RawSpan(), 0..<0, body) }
    let mostBytes = min(bytes.count, max(1, 65_536 / unitByteCount) * unitByteCount)
    try withTemporaryBytes(mostBytes) { buffer throws(ModelError) in
      var position = bytes.lowerBound
      while position < bytes.upperBound {
        let end = min(bytes.upperBound, position + mostBytes)
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(end - position)])
        try shard.readData(into: part, at: place(of: position..<end).lowerBound)
        let first = (position - bytes.lowerBound) / unitByteCount * unit
        let count = part.count / unitByteCount * unit
        try pass(UnsafeRawBufferPointer(part).bytes, first..<first + count, body)
        position = end
      }
    }
  }

  private func pass(
    _ blocks: RawSpan, _ elements: Range<Int>,
    _ body: (_ blocks: RawSpan, _ elements: Range<Int>) throws(EncodingError) -> Void
  ) throws(ModelError) {
    do throws(EncodingError) {
      try body(blocks, elements)
    } catch {
      throw self.error(.encoding(error))
    }
  }
}
