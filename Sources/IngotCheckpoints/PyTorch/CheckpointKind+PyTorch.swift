extension CheckpointKind {
  /// A file as PyTorch wrote it before 1.6.
  static let pyTorchStream = CheckpointKind(
    format: .pickle, usualFileName: nil, fileNameEndings: [],
    // A pickle of a protocol with a header: which it is, and whether it is one of PyTorch, its reader says.
    recognizes: { $0.count >= 2 && $0[0] == PickleOpcode.proto.rawValue && (2...5).contains($0[1]) },
    open: { try PyTorchCheckpoint($0, choosing: $1, limits: $2) },
    survey: { try PyTorchCheckpoint($0, choosing: .onlyOrAll, limits: $1, isSurvey: true) })

  /// The index of shards of PyTorch, which is of the form that one of safetensors shards has.
  static let pyTorchIndex = CheckpointKind(
    format: .safetensorsIndex,
    usualFileName: "pytorch_model.bin.index.json", fileNameEndings: [], recognizes: { _ in false },
    open: { file, _, limits in try openIndex(file, limits) })
}
