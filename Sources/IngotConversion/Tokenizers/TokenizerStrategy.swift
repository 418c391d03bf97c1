/// How a family of models asks for its vocabulary: which files are read, in which order, and what stands beside the words.
///
/// Specification: `spec/tokenizers.md`, clause T2.
package enum TokenizerStrategy: Sendable, Hashable, CaseIterable {
  /// Byte pairs as GPT-2 has them: `tokenizer.json`, else `vocab.json` with `merges.txt`.
  case bytePairs
  /// ``bytePairs``, and a text never begins with the token that begins texts: Phi-1 and Phi-2.
  case phi2
  /// ``bytePairs``, with the name that StableLM's pre-tokenizer has.
  case stableLM
  /// ``sentencePiece`` where there is a `tokenizer.model`, else ``bytePairs``: Qwen2 and Qwen3.
  case qwen
  /// `tokenizer.model`, else a `tokenizer.json` that was made of one, else ``bytePairs``: Llama, Mistral, SmolLM, Granite.
  case llama
  /// `tokenizer.model`, without which there is no vocabulary: BitNet.
  case sentencePiece
  /// ``sentencePiece`` without a space in front of texts, and the end of a turn: Gemma 1.
  case gemma
  /// ``sentencePiece`` without a space in front of texts: Gemma 2.
  case gemma2
  /// ``gemma2`` where there is a `tokenizer.model`, else ``bytePairs``: Gemma 3.
  case gemma3
  /// `tokenizer.model` with the added tokens of every file, else ``bytePairs`` where the tokenizer is GPT-2's: Phi-3, Phi-4.
  case phi3
  /// WordPiece: `tokenizer.json`, else `vocab.txt`: BERT, DistilBERT, MiniLM.
  case wordPiece
  /// ``bytePairs`` where there is a `tokenizer.json`, else ``wordPiece``: RoBERTa.
  case roberta
  /// ``bytePairs``, and a text gets the tokens that begin and end it where no file says otherwise: ModernBERT.
  case modernBert
  /// Unigrams: `sentencepiece.bpe.model`, else `tokenizer.json`: XLM-RoBERTa.
  case unigram
  /// ``unigram`` or ``wordPiece``, whichever `tokenizer.json` holds: Nomic-BERT.
  case nomicBert
}
