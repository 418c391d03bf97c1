import IngotFiles
import SystemPackage

extension CheckpointKind {
  /// A ZIP archive of PyTorch or of NumPy: which of them its members say.
  static let archive = CheckpointKind(
    format: .archive, usualFileName: "pytorch_model.bin",
    fileNameEndings: [".pt", ".pth", ".npz"],
    // One without members starts with the record of its end.
    recognizes: { $0.starts(with: [0x50, 0x4B, 3, 4]) || $0.starts(with: [0x50, 0x4B, 5, 6]) },
    open: { try checkpoint($0, $1, $2, isSurvey: false) },
    survey: { try checkpoint($0, .onlyOrAll, $1, isSurvey: true) })

  private static func checkpoint(
    _ file: RegularFile, _ choice: StateDictionaryChoice, _ limits: CheckpointLimits, isSurvey: Bool
  ) throws -> any SurveyedCheckpoint {
    let bytes = ReadableBytes(file)
    let archive = try ZIPArchive(bytes, limits: limits)
    if let prefix = try PyTorchContents.prefix(of: archive, bytes) {
      return try PyTorchCheckpoint(
        file, consume archive, prefix: prefix, choosing: choice, limits: limits, isSurvey: isSurvey)
    }
    if NumPyContents.isOne(archive) {
      return try NumPyCheckpoint(file, archive, limits: limits, isSurvey: isSurvey)
    }
    throw CheckpointError(
      .magic, file.path, at: 0, found: "a ZIP archive of another kind",
      expected:
        "a data.pkl in a folder, as torch.save writes it (not torch.export or torch.package), or members of NumPy that end in .npy"
    )
  }
}
