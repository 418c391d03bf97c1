import SystemPackage

extension CheckpointKind {
  /// A ZIP archive of PyTorch or of NumPy: which of them its members say.
  static let archive = CheckpointKind(
    format: .archive, name: "an archive of PyTorch or NumPy", usualFileName: "pytorch_model.bin",
    fileNameEndings: [".pt", ".pth", ".npz"],
    // One without members starts with the record of its end.
    recognizes: { $0.starts(with: [0x50, 0x4B, 3, 4]) || $0.starts(with: [0x50, 0x4B, 5, 6]) },
    open: { file, choice, limits in
      let bytes = ReadableBytes(file)
      let archive = try ZIPArchive(bytes, limits: limits)
      if try PyTorchContents.prefix(of: archive, bytes) != nil {
        return try PyTorchCheckpoint(file, choosing: choice, limits: limits)
      }
      if NumPyContents.isOne(archive) { return try NumPyCheckpoint(file, limits: limits) }
      throw CheckpointError(
        .magic, file.path, at: 0, found: "a ZIP archive that neither PyTorch nor NumPy wrote",
        expected: "a data.pkl in a folder, or members that end in .npy")
    })
}
