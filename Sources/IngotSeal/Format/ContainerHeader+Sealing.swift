import IngotContainer

extension ContainerHeader {
  /// The bytes of the shortest file with this header: without the last padding (clause C20).
  package var leastByteCount: UInt64 {
    tensors.last { $0.byteCount > 0 }.map { byteRange(of: $0).upperBound } ?? headerByteCount
  }
}

/// What a seal must agree with: where the body ends.
struct SealedBody {
  let byteCount: UInt64
  /// The bytes that a file with this body has at least.
  let leastByteCount: UInt64

  init(_ header: ContainerHeader) {
    self.init(byteCount: header.bodyByteCount, leastByteCount: header.leastByteCount)
  }

  init(byteCount: UInt64, leastByteCount: UInt64) {
    self.byteCount = byteCount
    self.leastByteCount = leastByteCount
  }
}
