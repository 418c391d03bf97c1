import IngotCheckpoints
import IngotFiles

extension ConversionPlan {
  /// Whether the output will have the same bytes as the checkpoint, a GGUF file with nothing after the model.
  ///
  /// - Throws: `FileError`.
  /// - Complexity: O(*n*) in the bytes of the header.
  public func isCopy(of checkpoint: any Checkpoint) throws -> Bool {
    guard checkpoint.format == .gguf, checkpoint.sourceFiles.count == 1,
      let source = checkpoint.sourceFiles.first,
      source.byteCount == byteCount, tensors.allSatisfy({ $0.transform == .copy })
    else { return false }
    let file = try RegularFile(opening: source.path)
    let found = GrowingBuffer()
    var offset: UInt64 = 0
    var isSame = true
    try header.encode { expected in
      guard isSame else { return }
      let bytes = found.bytes(expected.count)
      try file.read(into: bytes, at: offset)
      offset += UInt64(expected.count)
      isSame = bytes.elementsEqual(expected)
    }
    return isSame
  }
}
