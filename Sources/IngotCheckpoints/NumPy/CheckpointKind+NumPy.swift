extension CheckpointKind {
  /// A NumPy array.
  static let numPyArray = CheckpointKind(
    format: .array, usualFileName: nil, fileNameEndings: [".npy"],
    recognizes: { $0.starts(with: NPYArray.magic) },
    open: { file, _, limits in try NumPyCheckpoint(file, limits: limits) })
}
