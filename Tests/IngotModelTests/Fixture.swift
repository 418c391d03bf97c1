import IngotContainer
import IngotEncodings
import IngotFiles
import IngotModel
import IngotTestSupport
import SystemPackage

/// A small model whose blocks are random bytes.
struct Fixture {
  let header: ContainerHeader
  /// The stored bytes of each tensor.
  let blocks: [[UInt8]]

  init(
    _ tensors: [(name: String, dimensions: [Int], encoding: Encoding)], metadata: Metadata = ["a": "b"],
    seed: UInt64 = 1
  ) throws {
    var random = SeededGenerator(seed: seed)
    header = try ContainerHeader(metadata: metadata, tensors: tensors)
    blocks = header.tensors.map { tensor in
      (0..<tensor.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }
  }

  /// One tensor for each encoding that has a codec, each of 3 by 2 rows of 2 blocks.
  static func everyEncoding() throws -> Fixture {
    try Fixture(
      Encoding.allCases.filter(\.canDecode).map { ($0.name, [2 * $0.elementsPerBlock, 3, 2], $0) })
  }

  /// Some hundred bytes with a bit of everything, for tests that break it in thousands of ways.
  static func tiny() throws -> Fixture {
    try Fixture(
      [("a", [32, 2], .q4_0), ("b", [3], .f32), ("c", [1], .f16), ("d", [0, 2], .i8)],
      metadata: [
        "s": "text", "w": .array(MetadataArray(["x", "yz"])), "n": .array(MetadataArray([1, 2] as [Int32])),
      ])
  }

  /// The whole file.
  var bytes: [UInt8] {
    var bytes = header.encoded()
    for (tensor, blocks) in zip(header.tensors, blocks) {
      bytes += blocks
      bytes += [UInt8](repeating: 0, count: Int(header.paddingByteCount(after: UInt64(tensor.byteCount))))
    }
    return bytes
  }

  /// Writes the file.
  @discardableResult
  func write(to name: String, in folder: TemporaryFolder) throws -> FilePath {
    let output = try AtomicFile(replacing: folder.path(name), overwrite: true)
    try output.write(bytes)
    try output.commit()
    return folder.path(name)
  }

  /// What a tensor's blocks decode to, by the codec alone.
  func values(of index: Int) throws -> [Float] {
    let blocks = blocks[index]
    var values = [Float](repeating: 0, count: header.tensors[index].elementCount)
    var span = values.mutableSpan
    try header.tensors[index].encoding.decode(blocks.span.bytes, into: &span)
    return values
  }
}

extension ModelTensor {
  /// The bit patterns of decoded rows; as numbers, NaNs would not be equal.
  func bits(rows: Range<Int>) throws(ModelError) -> [UInt32] { try values(rows: rows).bits }
}

extension Collection<Float> {
  var bits: [UInt32] { map(\.bitPattern) }
}
