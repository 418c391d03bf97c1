import IngotFiles
import SystemPackage

extension CheckpointKind {
  /// A ZIP archive of PyTorch or of NumPy: which of them its members say.
  static let archive = CheckpointKind(
    format: .archive, usualFileName: "pytorch_model.bin",
    fileNameEndings: [".pt", ".pth", ".npz"],
    // One without members starts with the record of its end.
    recognizes: { $0.starts(with: [0x50, 0x4B, 3, 4]) || $0.starts(with: [0x50, 0x4B, 5, 6]) },
    open: { file, choice, limits in
      guard let archive = try numPyArchive(of: file, limits) else {
        return try PyTorchCheckpoint(file, choosing: choice, limits: limits)
      }
      return try NumPyCheckpoint(file, archive, limits: limits)
    },
    survey: { file, limits in
      guard let archive = try numPyArchive(of: file, limits) else {
        return try PyTorchCheckpoint(file, choosing: .onlyOrAll, limits: limits, isSurvey: true)
      }
      return try NumPyCheckpoint(file, archive, limits: limits, isSurvey: true)
    })

  /// The archive, if NumPy wrote it; `nil` of one of PyTorch.
  private static func numPyArchive(of file: RegularFile, _ limits: CheckpointLimits) throws -> ZIPArchive? {
    let bytes = ReadableBytes(file)
    let archive = try ZIPArchive(bytes, limits: limits)
    if try PyTorchContents.prefix(of: archive, bytes) != nil { return nil }
    if NumPyContents.isOne(archive) { return archive }
    throw CheckpointError(
      .magic, file.path, at: 0, found: "a ZIP archive of another kind",
      expected:
        "a data.pkl in a folder, as torch.save writes it (not torch.export or torch.package), or members of NumPy that end in .npy"
    )
  }
}
