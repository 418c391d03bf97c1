import IngotContainer

/// How much a reader of checkpoints accepts before it refuses with `LIMIT`, whatever the bytes promise.
///
/// The defaults and their reasons are in `spec/limits.md`. A caller may lower any of them; raising them gives
/// hostile files more memory and time.
public struct CheckpointLimits: Sendable, Hashable {
  /// The longest header of a safetensors file, the longest shard index, and the longest directory of an archive, in bytes; of an
  /// archive above 2^32 − 1 it counts as that.
  public var headerByteCount: UInt64 = 100_000_000
  /// The largest side file of a model, such as its tokenizer, in bytes.
  public var sideFileByteCount: UInt64 = 256 << 20
  /// The most levels of arrays and objects in a header; above 64 it counts as 64.
  public var nesting = 8
  /// The longest name, text or number in a header, in bytes.
  public var textByteCount = 16 << 20
  /// The most tensors, over all shards; above 2^30 − 1 it counts as that.
  public var tensorCount = 1_000_000
  /// The most dimensions of a tensor.
  public var dimensionCount = 64
  /// The most shards.
  public var shardCount = 10_000
  /// The most values of an importance matrix, all of which are held in memory.
  public var importanceValueCount = 1 << 29
  /// The most columns of a matrix of second moments, one of which is held in memory with 8 bytes a number.
  public var secondMomentColumnCount = 1 << 14
  /// The most members of a ZIP archive.
  public var archiveEntryCount: UInt64 = 1_000_000
  /// The longest pickle, in bytes.
  public var pickleByteCount: UInt64 = 64 << 20
  /// The most entries of a pickle's memo.
  public var pickleMemoCount = 1_000_000
  /// The most values that a pickle makes, and the most that are passed in search of its tensors; fewer of a small file.
  public var pickleValueCount = 4_000_000
  /// The most bytes of the names of all tensors of a pickle, with the ways to them; fewer of a small file.
  public var pickleNameByteCount = 64 << 20
  /// The most marks that are open in a pickle at once, and levels of values within each other.
  public var pickleNesting = 64
  /// The longest header of a NumPy array, in bytes.
  public var arrayHeaderByteCount = 10_000
  /// The most levels of messages in a model of ONNX; above 100 it counts as 100.
  public var messageNesting = 100
  /// The most bytes of the names of all tensors of a model of ONNX, with the paths of inner graphs.
  public var messageNameByteCount = 64 << 20
  /// What is accepted of a GGUF file.
  public var container = ParseLimits()

  /// The defaults of `spec/limits.md`.
  public static let `default` = CheckpointLimits()

  /// Makes the default limits, to be changed.
  public init() {}

  /// `tensorCount`, capped to what a table of names can hold.
  var effectiveTensorCount: Int { min(tensorCount, NameTable.largestCount) }
  /// The longest directory of an archive: `headerByteCount`, capped so that places in it have 32 bits.
  var archiveDirectoryByteCount: UInt64 { min(headerByteCount, UInt64(UInt32.max)) }
  /// `messageNesting`, capped so that no stack overflows.
  var effectiveMessageNesting: Int { min(messageNesting, 100) }
}
