extension CheckpointKind {
  /// A GGUF file, or a split set of them.
  static let gguf = CheckpointKind(
    name: "GGUF", usualFileName: nil, fileNameEnding: ".gguf",
    recognizes: { $0.starts(with: "GGUF".utf8) },
    open: { try GGUFCheckpoint(opening: $0.path, limits: $1) })
}
