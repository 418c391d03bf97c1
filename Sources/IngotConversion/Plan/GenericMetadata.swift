import IngotCheckpoints
import IngotContainer
import IngotEncodings

/// The metadata of a container whose tensors keep the names that they have in the checkpoint.
///
/// Specification: `spec/metadata.md`, clauses M1 and M2.
enum GenericMetadata {
  /// The version of the block layouts that `general.quantization_version` states.
  static let quantizationVersion: UInt32 = 2

  /// Metadata that describes the checkpoint and the plan; a GGUF source keeps its own, brought up to date.
  static func make(
    _ checkpoint: any Checkpoint, options: ConversionOptions, types: EncodingCounts,
    originals: OriginalTensors
  ) -> Metadata {
    var metadata = Metadata()
    if checkpoint.format == .gguf {
      metadata = checkpoint.metadata
    } else {
      metadata["general.architecture"] = "generic"
      metadata["general.name"] = .string(checkpoint.name)
    }
    // A copy of a GGUF file keeps what it says; anything else states what its tensors have become.
    if checkpoint.format != .gguf || options.target != .own || !options.rules.isEmpty {
      metadata["general.file_type"] = fileType(options.target, types).map(MetadataValue.uint32)
      metadata["general.quantization_version"] = .uint32(quantizationVersion)
    }
    if checkpoint.format != .gguf { keep(checkpoint.metadata, in: &metadata) }
    originals.write(to: &metadata)
    return metadata
  }

  /// The number that stands for the encoding of most values: that of the encoding asked for, or of the most common one.
  private static func fileType(_ target: ConversionOptions.Target, _ types: EncodingCounts) -> UInt32? {
    if case .encoding(let encoding) = target { return encoding.fileType }
    return types.mostCommon?.fileType
  }

  /// Keeps the free texts of a safetensors header, as two arrays of one length.
  private static func keep(_ texts: Metadata, in metadata: inout Metadata) {
    guard !texts.isEmpty else { return }
    let values = texts.map { entry -> String in
      guard case .string(let text) = entry.value else { return "" }
      return text
    }
    metadata["ingot.checkpoint.metadata.keys"] = .array(MetadataArray(texts.keys))
    metadata["ingot.checkpoint.metadata.values"] = .array(MetadataArray(values))
  }
}
