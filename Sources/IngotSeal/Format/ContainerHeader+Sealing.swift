import IngotContainer

extension ContainerHeader {
  /// The bytes of the shortest file with this header: without the last padding (clause C20).
  package var leastByteCount: UInt64 {
    tensors.last { $0.byteCount > 0 }.map { byteRange(of: $0).upperBound } ?? headerByteCount
  }
}
