import IngotFiles
import SystemPackage

// A safetensors file starts with the length of its header, of which at least four of eight bytes are zero, since the
// length is limited; a JSON text holds no zero byte. So the two are never mistaken for each other.
extension CheckpointKind {
  /// One safetensors file.
  static let safeTensors = CheckpointKind(
    format: .safetensors, usualFileName: "model.safetensors",
    fileNameEndings: [".safetensors"],
    recognizes: { start in start.count > 8 && start[8] == UInt8(ascii: "{") && start[..<8].contains(0) },
    open: { file, _, limits in try SafeTensorsCheckpoint(file, limits: limits) })

  /// The index of safetensors shards.
  static let safeTensorsIndex = CheckpointKind(
    format: .safetensorsIndex,
    usualFileName: "model.safetensors.index.json",
    fileNameEndings: [],
    recognizes: { start in
      let first = start.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      return first == UInt8(ascii: "{") && !start.prefix(8).contains(0)
    },
    open: { file, _, limits in try openIndex(file, limits) })

  /// Opens what an index names.
  static func openIndex(_ file: RegularFile, _ limits: CheckpointLimits) throws -> any Checkpoint {
    let index = try SafeTensorsIndex(of: file, limits: limits)
    return isOfPyTorch(index)
      ? try PyTorchCheckpoint(index: index, limits: limits) : try SafeTensorsCheckpoint(index, limits: limits)
  }

  /// Whether the shards of an index are of PyTorch, which the first of them says.
  static func isOfPyTorch(_ index: SafeTensorsIndex) -> Bool {
    guard let first = index.shards.first,
      let shard = try? RegularFile(opening: index.path.removingLastComponent().appending(first.name)),
      let kind = try? kind(of: shard)
    else { return false }
    return kind.format == .archive || kind.format == .pickle
  }
}
