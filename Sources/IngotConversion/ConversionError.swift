/// Why a conversion or a comparison cannot be done.
///
/// Errors of the checkpoint and of the operating system pass through as they are.
public struct ConversionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure; stable across releases.
  public enum Code: String, Sendable, CaseIterable {
    /// A `--tensor` rule cannot be understood.
    case rule = "RULE"
    /// The checkpoint holds no tensor, or two checkpoints have none in common.
    case nothingToDo = "NOTHING_TO_DO"
    /// An encoding that this release cannot decode or encode is asked for.
    case noCodec = "NO_CODEC"
    /// NaN or infinity in a tensor that is to be quantized.
    case notFinite = "NOT_FINITE"
    /// A value that the asked encoding cannot hold.
    case overflow = "OVERFLOW"
    /// The output cannot be described within the limits of the format.
    case layout = "LAYOUT"
    /// No such tensor, or rows outside of it.
    case noSuchTensor = "NO_SUCH_TENSOR"
    /// More values than can be shown at once.
    case limit = "LIMIT"
    /// A stored value that its type does not have, such as a truth value of 2.
    case value = "VALUE"
    /// An importance matrix that does not fit the tensor, or holds what is no importance.
    case importance = "IMPORTANCE"
    /// Second moments without the effort that uses them.
    case effort = "EFFORT"
    /// A model of a family that this release does not know, or a folder that does not say its family.
    case family = "NO_SUCH_FAMILY"
    /// A `config.json` that lacks a number, or has one that cannot be.
    case configuration = "CONFIGURATION"
    /// A tensor that the family does not have.
    case unknownTensor = "UNKNOWN_TENSOR"
    /// A tensor that the family needs, and the checkpoint does not have.
    case missingTensor = "MISSING_TENSOR"
    /// A tensor whose shape contradicts the configuration.
    case shape = "SHAPE"
    /// A folder without a vocabulary that its family can use.
    case tokenizer = "TOKENIZER"
    /// An adapter that cannot be read, or does not fit the model.
    case adapter = "ADAPTER"
    /// A pre-tokenizer that is not known, or a name that readers do not know.
    case preTokenizer = "PRE_TOKENIZER"
  }

  /// The kind of failure.
  public let code: Code
  /// The tensor that it is about, by its name in the checkpoint.
  public let tensor: String?
  /// What was found, what was expected, and what to do.
  public let description: String

  /// Makes an error.
  public init(_ code: Code, tensor: String? = nil, _ description: String) {
    self.code = code
    self.tensor = tensor
    self.description = description
  }
}
