import IngotCheckpoints
import IngotContainer

/// The `tokenizer.*` metadata of a model, made from the files beside its checkpoint.
///
/// Specification: `spec/tokenizers.md`.
package struct ModelTokenizer: Sendable, Hashable {
  /// The keys, in the order in which the reference converter writes them.
  package let metadata: Metadata
  /// What a person should know of the vocabulary: sentences without a full stop.
  package let warnings: [String]
  /// The number of tokens.
  package let tokenCount: Int

  /// Reads the vocabulary of a model.
  ///
  /// - Parameters:
  ///   - strategy: How the family of the model asks for it.
  ///   - folder: The folder of the model.
  ///   - vocabularySize: `vocab_size` of `config.json`: the rows of the embeddings, which the tokens are padded to.
  ///   - modelType: `model_type` of `config.json`, which tells apart what the files alone do not.
  ///   - tokenTypeCount: `type_vocab_size` of `config.json`, for the strategies that write it; 1 where it is missing.
  ///   - preTokenizer: The name to write instead of that which the structure of `tokenizer.json` has.
  /// - Throws: `CheckpointError` for a file that is not what it should be, ``ConversionError`` with
  ///   ``ConversionError/Code/tokenizer`` where the folder has no vocabulary that the strategy can use, and with
  ///   ``ConversionError/Code/preTokenizer`` where its pre-tokenizer is not known, `FileError`.
  package static func load(
    _ strategy: TokenizerStrategy, from folder: ModelFolder, vocabularySize: Int? = nil,
    modelType: String? = nil, tokenTypeCount: Int? = nil, preTokenizer: String? = nil
  ) throws -> ModelTokenizer {
    if let preTokenizer { try PreTokenizerNames.check(preTokenizer) }
    try TokenLimits.check(vocabularySize, folder)
    var assembly = TokenizerAssembly(
      folder: folder, configuration: try TokenizerConfiguration(folder),
      vocabularySize: vocabularySize, modelType: modelType, tokenTypeCount: tokenTypeCount ?? 1,
      preTokenizer: preTokenizer)
    try assembly.load(strategy)
    return ModelTokenizer(
      metadata: assembly.metadata, warnings: assembly.warnings.all, tokenCount: assembly.tokenCount)
  }
}

/// How many tokens and merges are read.
///
/// Specification: `spec/limits.md`.
enum TokenLimits {
  /// The most tokens of a vocabulary; the largest that are known have a quarter.
  static let tokenCount = 1 << 22
  /// The most merges.
  static let mergeCount = 1 << 23
  /// The largest model of SentencePiece, in bytes.
  static let sentencePieceByteCount: UInt64 = 32 << 20

  /// Refuses a `vocab_size` that no vocabulary has.
  static func check(_ vocabularySize: Int?, _ folder: ModelFolder) throws(CheckpointError) {
    guard let vocabularySize else { return }
    let (found, path) = ("\(vocabularySize)", folder.path(of: "config.json"))
    guard vocabularySize > 0 else {
      throw CheckpointError(.value, path, .key("vocab_size"), found: found, expected: "a number of tokens")
    }
    guard vocabularySize <= tokenCount else {
      throw CheckpointError(.limit, path, .key("vocab_size"), found: found, expected: "at most \(tokenCount)")
    }
  }
}
