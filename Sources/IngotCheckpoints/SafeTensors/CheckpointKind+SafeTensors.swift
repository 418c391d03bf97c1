// A safetensors file starts with the length of its header, of which at least four of eight bytes are zero, since the
// length is limited; a JSON text holds no zero byte. So the two are never mistaken for each other.
extension CheckpointKind {
  /// One safetensors file.
  static let safeTensors = CheckpointKind(
    format: .safetensors, name: "safetensors", usualFileName: "model.safetensors",
    fileNameEnding: ".safetensors",
    recognizes: { start in start.count > 8 && start[8] == UInt8(ascii: "{") && start[..<8].contains(0) },
    open: { try SafeTensorsCheckpoint($0, limits: $1) })

  /// The index of safetensors shards.
  static let safeTensorsIndex = CheckpointKind(
    format: .safetensorsIndex, name: "an index of safetensors shards",
    usualFileName: "model.safetensors.index.json",
    fileNameEnding: nil,
    recognizes: { start in
      let first = start.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      return first == UInt8(ascii: "{") && !start.prefix(8).contains(0)
    },
    open: { try SafeTensorsCheckpoint(index: $0, limits: $1) })
}
