import IngotContainer
import IngotFiles
import IngotSeal
import SystemPackage

/// A model file, open for reading: its metadata, and tensors that decode on demand.
///
/// ```swift
/// let model = try ModelFile(opening: "model.gguf")
/// let name = try model.metadata.string("general.name")
///
/// // One row of the embedding, decoded to 32-bit floats.
/// guard let embedding = model.tensor("token_embd.weight") else { return }
/// let vector = try embedding.values(rows: 42..<43)
///
/// // The same without allocation, into a buffer that is used again and again.
/// var row = [Float](repeating: 0, count: embedding.rowLength)
/// var span = row.mutableSpan
/// try embedding.decode(rows: 42..<43, into: &span)
/// ```
///
/// Opening reads the header and nothing of the data. A vocabulary and other large arrays of the metadata are walked over, and
/// stay in the file: `MetadataArray` reads their elements when they are asked for. A model, and each of its tensors, may be used from any number
/// of threads at once. The files are closed when the model and all tensors taken from it are gone.
///
/// ## Split sets
///
/// To open one file of a set (`model-00001-of-00003.gguf`) is to open the set: its other files must stand next to it. The
/// tensors of all files are those of the model, in order, and its metadata is the first file's. A file that is
/// missing, that states another place in the set, or a tensor that occurs twice refuses the whole.
///
/// ## When a file is cut while it is open
///
/// With ``Access/mapped``, header and tensors are read from the file's pages directly. Opening, and each call, first
/// asks the system whether the file is still whole (one `fstat`), and throws `SHRUNK` if it is not. If a program cuts
/// the file between that question and the last touch of a page, or a disk cannot deliver a page, the system ends the
/// process with `SIGBUS`: no library can turn that into an error. A file that is *replaced* by renaming, as Ingot
/// itself writes files, is never affected. Where other programs cut files in place, or on a network drive, use
/// ``Access/positional``, which turns all of this into errors.
public final class ModelFile: Sendable {
  /// How tensors reach the data.
  public enum Access: Sendable, Hashable, CaseIterable {
    /// Through a mapping: no copy, no memory of its own, pages shared between processes.
    case mapped
    /// By a system call for each read, through a small buffer. Every failure of the file is an error.
    case positional
  }

  /// How much of a file is held to its seal.
  public enum Verification: Sendable, Hashable, CaseIterable {
    /// Nothing of the data. A policy that asks for anything still has the seal and the header checked as the model is opened.
    case never
    /// The header as the model is opened; of the data each chunk before the first touch of it, once. After that, a touch
    /// costs an atomic load.
    case onAccess
    /// Everything as the model is opened, on all cores.
    case fully
  }

  /// The files of the model, in order; one, unless it is a split set.
  public let shards: [ModelShard]
  /// The tensors of all files, in order.
  public let tensors: ModelTensors

  /// The metadata of the model: that of its first file.
  public var metadata: Metadata { shards[0].header.metadata }

  /// Opens a model file, or the split set that it belongs to.
  ///
  /// - Parameters:
  ///   - path: The file; of a set, any of its files.
  ///   - access: How tensors reach the data.
  ///   - limits: What a header may hold. The default accepts every real model.
  ///   - verification: How much is held to the seal of the file. Anything but ``Verification/never`` needs a seal.
  ///   - policy: What is asked of the seal, such as a signature by a key of the app's own.
  ///   - isTrusted: Whether the file is known to be sound, such as the model that comes with the app. Its vocabulary and other
  ///     large arrays are then passed over by the index of its seal, if it has one, and checked when they are read. A
  ///     signature by a key of `policy` has the same effect.
  /// - Throws: ``ModelError``, with the path of the file that is to blame. A folder, pipe or device is refused at once. A seal
  ///   that is missing or refused, and a file that is not what was sealed, have the codes of `spec/seal.md`; where chunks
  ///   are checked on access, whatever reads or decodes a tensor throws `DAMAGED`.
  /// - Complexity: O(*n*) in the bytes of the headers, without those of the arrays that are passed over; the data is not touched, unless it is to be verified ``Verification/fully``.
  public convenience init(
    opening path: FilePath, access: Access = .mapped, limits: ParseLimits = .default,
    verifying verification: Verification = .never, policy: SealPolicy = SealPolicy(), isTrusted: Bool = false
  ) throws(ModelError) {
    try self.init(
      opening: path, access: access, limits: limits, verifying: verification, policy: policy,
      isTrusted: isTrusted, calls: PlatformCalls())
  }

  /// As the public one, through system calls that a test counts or makes fail.
  package init(
    opening path: FilePath, access: Access = .mapped, limits: ParseLimits = .default,
    verifying verification: Verification = .never, policy: SealPolicy = SealPolicy(), isTrusted: Bool = false,
    calls: any SystemCalls
  ) throws(ModelError) {
    shards = try SplitSet(of: path).open(
      access: access, limits: limits,
      seal: SealCheck(verification: verification, policy: policy, isTrusted: isTrusted), calls: calls)
    tensors = try ModelTensors(of: shards)
  }

  /// The tensor of that name, or nil.
  ///
  /// Names are compared byte by byte.
  ///
  /// - Complexity: O(1).
  public func tensor(_ name: String) -> ModelTensor? { tensors[name] }
}
