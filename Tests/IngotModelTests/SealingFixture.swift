import IngotContainer
import IngotTestSupport

/// A folder with a model of some chunks, `m.gguf`, whose last tensor has padding.
struct SealingFixture {
  let folder: TemporaryFolder
  let header: ContainerHeader
  let body: [UInt8]
  let paddingByteCount: Int

  init(words: Int = 1000) throws {
    folder = try TemporaryFolder()
    var metadata: Metadata = ["general.architecture": .string("generic")]
    metadata["tokenizer.ggml.tokens"] = .array(MetadataArray((0..<words).map { "word \($0)" }))
    metadata["tokenizer.ggml.scores"] = .array(MetadataArray((0..<words).map(Float.init)))
    metadata["general.name"] = .string("fixture")
    header = try ContainerHeader(
      metadata: metadata, tensors: [("a", [64, 1500], .f32), ("b", [5], .f32)])
    body = Self.body(of: header, seed: 1)
    paddingByteCount = 12
    try folder.write(body, to: "m.gguf")
  }

  /// Writes a set of two files, `s-0000N-of-00002.gguf`.
  func writeSet(seed: UInt64) throws {
    for index in 0..<2 {
      let header = try ContainerHeader(
        metadata: [
          "split.no": .uint16(UInt16(index)), "split.count": .uint16(2), "split.tensors.count": .int32(2),
        ], tensors: [("t\(index)", [32], .f32)])
      try folder.write(
        Self.body(of: header, seed: seed + UInt64(index) * 100), to: "s-0000\(index + 1)-of-00002.gguf")
    }
  }

  private static func body(of header: ContainerHeader, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var bytes = header.encoded()
    for tensor in header.tensors {
      bytes += (0..<tensor.byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
      bytes += [UInt8](repeating: 0, count: Int(header.paddingByteCount(after: UInt64(tensor.byteCount))))
    }
    return bytes
  }
}
