import IngotContainer
import IngotFiles
import IngotSeal
import SystemPackage

/// Cuts off the seals of model files, and gives back the files that were sealed, byte for byte.
///
/// Only what is known for a seal by its table header or, where that is damaged, by its footer is cut off, whole or unfinished; foreign
/// bytes never are.
public enum ModelUnsealer {
  /// Cuts off the seal of a file, or of all files of the split set that it belongs to.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limits: What a header may hold.
  /// - Returns: The files that had a seal.
  /// - Throws: ``ModelError``, also `SEAL_MISSING` where there is none and `SEAL_POSITION` for foreign bytes; `FileError`.
  public static func unseal(_ path: FilePath, limits: ParseLimits = .default) throws -> [UnsealedFile] {
    try unseal(path, limits: limits, calls: PlatformCalls())
  }

  static func unseal(_ path: FilePath, limits: ParseLimits, calls: any SystemCalls) throws -> [UnsealedFile] {
    let shards = try SplitSet(of: path).open(access: .positional, limits: limits)
    for shard in shards where try shard.place == .foreign {
      throw shard.foreignBytes(expected: "a seal: foreign bytes are not cut off")
    }
    let files = try shards.map { try SealTail($0, calls: calls) }.compactMap { try $0.remove() }
    guard !files.isEmpty else {
      throw shards[0].error(SealError.notSealed(byteCount: shards[0].file.byteCount))
    }
    return files
  }
}
