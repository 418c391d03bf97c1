import IngotContainer
import IngotFiles
import SystemPackage

extension QuantizedCheckpoint {
  /// A checkpoint with its quantized weights decoded, by what stands beside it and what its tensors say; the checkpoint itself
  /// where there is nothing to decode.
  ///
  /// - Parameters:
  ///   - checkpoint: As it is stored.
  ///   - folder: Where it is.
  ///   - keepsBlocks: Whether weights of MXFP4 in the form of gpt-oss stay as they are stored.
  ///   - limits: What is accepted of the note.
  /// - Throws: ``CheckpointError``, `FileError`.
  /// - Complexity: O(*n*) in the number of tensors. Where none looks quantized nothing is read.
  static func decoding(
    _ checkpoint: any Checkpoint, in folder: FilePath, keepsBlocks: Bool, limits: CheckpointLimits
  ) throws -> any Checkpoint {
    guard [.safetensors, .pytorch].contains(checkpoint.format) else { return checkpoint }
    let tensors = checkpoint.tensors
    let kinds: [any QuantizationScheme.Type] = [
      GPTQ.self, AWQ.self, FP8.self, CompressedTensors.self, MXFP4.self,
    ]
    let isDescribed = tensors.contains { tensor in kinds.contains { $0.isEvidence(tensor, among: tensors) } }
    let isSuspect = isDescribed || tensors.contains { $0.type.isFloat8 || $0.type == .int8 }
    var schemes: [any QuantizationScheme] = []
    if isSuspect {
      do {
        let note = try QuantizationConfiguration.of(
          ModelFolder(folder.isEmpty ? "." : folder, limits: limits))
        if let scheme = note?.scheme, !(keepsBlocks && scheme is MXFP4) { schemes.append(scheme) }
      } catch {
        // What is wrong with the file is no concern of a checkpoint that does not need it.
        if isDescribed { throw error }
      }
    }
    if tensors.contains(where: { BitsAndBytes.isEvidence($0, among: tensors) }) {
      schemes.append(BitsAndBytes(limits: limits))
    }
    guard !schemes.isEmpty else { return checkpoint }
    return try QuantizedCheckpoint(checkpoint, schemes) ?? checkpoint
  }
}
