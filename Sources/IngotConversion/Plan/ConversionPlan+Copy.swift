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
    let expected = header.encoded()
    let file = try RegularFile(opening: source.path)
    var bytes = [UInt8](repeating: 0, count: expected.count)
    try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    return bytes == expected
  }
}
