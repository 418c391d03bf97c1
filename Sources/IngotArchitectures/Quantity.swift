/// A number that shapes follow from; the raw value is the key that states it.
///
/// Keys stand after the name of the architecture, as `block_count` in `llama.block_count`, but for
/// ``tokenTypes``, which is a whole key, and ``vocabulary``, which is the number of tokens where a file has a
/// vocabulary.
///
/// Specification: `spec/metadata.md`, clause M8.
public enum Quantity: String, CaseIterable, Sendable, Hashable {
  /// The blocks of the model, one above the other.
  case blocks = "block_count"
  /// The tokens that the model was trained to attend to.
  case context = "context_length"
  /// The length of the vector that stands for a token between two blocks.
  case embedding = "embedding_length"
  /// The width of a feed-forward network.
  case feedForward = "feed_forward_length"
  /// The heads of an attention.
  case heads = "attention.head_count"
  /// The heads that keys and values have, which several of ``heads`` may share.
  case keyValueHeads = "attention.head_count_kv"
  /// The length of a key in one head, and of a query.
  case keyLength = "attention.key_length"
  /// The length of a value in one head.
  case valueLength = "attention.value_length"
  /// How much of a key is rotated by its position.
  case rotary = "rope.dimension_count"
  /// The experts of a block.
  case experts = "expert_count"
  /// The experts that a token is given to.
  case expertsUsed = "expert_used_count"
  /// The width of one expert.
  case expertFeedForward = "expert_feed_forward_length"
  /// The width of the expert that every token is given to.
  case sharedFeedForward = "expert_shared_feed_forward_length"
  /// The words of the vocabulary.
  case vocabulary = "vocab_size"
  /// The kinds of text that a token can be part of, such as question and answer.
  case tokenTypes = "tokenizer.ggml.token_type_count"
  /// The classes that a classifier tells apart: the number of its labels.
  case classes = "classifier.output_labels"
  /// The tokens that the convolution of a state space sees.
  case convolution = "ssm.conv_kernel"
  /// The width of a state space.
  case inner = "ssm.inner_size"
  /// The state of one channel.
  case state = "ssm.state_size"
  /// The rank of the projection that gives the time step.
  case timeStepRank = "ssm.time_step_rank"

  /// The key in a file of `architecture`.
  public func key(in architecture: String) -> String {
    self == .tokenTypes ? rawValue : "\(architecture).\(rawValue)"
  }
}
