import IngotCheckpoints
import IngotEncodings

/// What the user asks of a conversion.
public struct ConversionOptions: Sendable {
  /// The encoding of the tensors that are worth encoding.
  public enum Target: Sendable, Hashable {
    /// The precision that each tensor has in the checkpoint.
    case own
    /// This encoding, or its fallback where rows do not divide into its blocks.
    case encoding(Encoding)
  }

  /// The encoding of the tensors that no rule names.
  public var target: Target
  /// Exceptions by name; the first rule that matches a tensor decides.
  public var rules: [TensorRule]
  /// How hard to search for block parameters.
  public var effort: Effort
  /// The alignment of tensor data in bytes; `nil` keeps that of a GGUF source and is 32 otherwise.
  public var alignment: Int?
  /// How much the error of each column of what is quantized matters; `nil` counts all alike.
  public var importance: ImportanceMatrix?
  /// The second moments of the columns of what is quantized, by which errors make up for each other.
  ///
  /// They stand in for an importance of the same tensor, and need the effort `best`.
  public var secondMoments: SecondMomentFile?

  /// Makes options; the defaults keep every tensor's own precision.
  public init(
    target: Target = .own, rules: [TensorRule] = [], effort: Effort = .balanced, alignment: Int? = nil,
    importance: ImportanceMatrix? = nil, secondMoments: SecondMomentFile? = nil
  ) {
    self.target = target
    self.rules = rules
    self.effort = effort
    self.alignment = alignment
    self.importance = importance
    self.secondMoments = secondMoments
  }
}
