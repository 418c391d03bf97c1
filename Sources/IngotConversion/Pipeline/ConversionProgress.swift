import SystemPackage

/// How far a conversion or a comparison has come.
public struct ConversionProgress: Sendable, Hashable {
  /// The bytes that are done.
  public var completedByteCount: UInt64
  /// The bytes in all.
  public internal(set) var byteCount: UInt64
  /// The tensors that are done.
  public var completedTensors: Int
  /// The tensors in all.
  public internal(set) var tensorCount: Int
  /// The tensor at hand, by its name in the checkpoint.
  public var tensor: String
}

/// What a conversion did.
public struct ConversionReport: Sendable, Hashable {
  /// A file that was written.
  public struct Output: Sendable, Hashable {
    /// Where it stands.
    public let path: FilePath
    /// Its size in bytes, with its seal.
    public let byteCount: UInt64
  }

  /// The files that were written, in the order of the tensors.
  public let outputs: [Output]
  /// The size of the output in bytes.
  public var byteCount: UInt64 { outputs.reduce(0) { $0 + $1.byteCount } }
  /// The number of tensors in the output.
  public let tensorCount: Int
  /// The time that it took.
  public let duration: Duration
  /// What second moments did, for each tensor that has some.
  public let feedback: [TensorFeedback]
}
