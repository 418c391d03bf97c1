import Foundation
import IngotContainer
import IngotFiles
import IngotModel
import SystemPackage

/// Model files with and without a large vocabulary, written at first use.
///
/// They go to the folder that `INGOT_BENCHMARK_FOLDER` names, where other programs can open them too, or else to the
/// temporary one.
final class SampleModels {
  struct Missing: Error {}

  static let vocabularyCount = 262_144
  static let tableName = "token_embd.weight"

  /// The tensors that ``names`` lists: a table of 1,024 columns, and small ones as in a model of 32 layers.
  let names = [tableName] + (0..<32).flatMap { layer in (0..<9).map { "blk.\(layer).part_\($0).weight" } }

  private let folder = FilePath(
    ProcessInfo.processInfo.environment["INGOT_BENCHMARK_FOLDER"] ?? NSTemporaryDirectory())
  private var written: [Int: FilePath] = [:]
  private var opened: [ModelFile.Access: ModelFile] = [:]

  /// The file with a vocabulary of that many words.
  func path(vocabulary count: Int) throws -> FilePath {
    if let path = written[count] { return path }
    let path = folder.appending("ingot-benchmark-\(count).gguf")
    try write(vocabulary: count, to: path)
    written[count] = path
    return path
  }

  /// The model without a vocabulary, open.
  func model(_ access: ModelFile.Access) throws -> ModelFile {
    if let model = opened[access] { return model }
    let model = try ModelFile(opening: path(vocabulary: 0), access: access)
    opened[access] = model
    return model
  }

  private func write(vocabulary count: Int, to path: FilePath) throws {
    var metadata: Metadata = ["general.architecture": "llama"]
    if count > 0 {
      metadata["tokenizer.ggml.tokens"] = .array(MetadataArray((0..<count).map { "word-\($0)" }))
      metadata["tokenizer.ggml.scores"] = .array(MetadataArray((0..<count).map { Float(-$0) }))
      metadata["tokenizer.ggml.token_type"] = .array(MetadataArray([Int32](repeating: 1, count: count)))
    }
    let header = try ContainerHeader(
      metadata: metadata,
      tensors: names.map {
        $0 == Self.tableName ? ($0, [1_024, 32_768], .q8_0) : ($0, [32], .f32)
      })
    let file = try AtomicFile(replacing: path, overwrite: true)
    try file.write(header.encoded())
    // Bytes whose two-byte scales are small normal numbers, whatever the position in a block.
    let row = [UInt8](repeating: 0x11, count: 1 << 20)
    var left = Int(header.dataByteCount)
    while left > 0 {
      try file.write(Array(row.prefix(left)))
      left -= min(left, row.count)
    }
    try file.commit()
  }
}
