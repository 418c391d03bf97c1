import IngotContainer

extension CheckpointKind {
  /// A GGUF file, or a split set of them.
  static let gguf = CheckpointKind(
    format: .gguf, usualFileName: nil, fileNameEndings: [".gguf"],
    // A part of the magic alone is such a file, cut.
    recognizes: { !$0.isEmpty && ContainerFormat.magic.starts(with: $0.prefix(4)) },
    open: { file, _, limits in try GGUFCheckpoint(opening: file.path, limits: limits) })
}
