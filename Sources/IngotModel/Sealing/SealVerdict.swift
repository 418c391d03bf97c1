import IngotContainer
import IngotSeal
import SystemPackage

/// What a file shows when it is held to its seal.
public struct SealVerdict: Sendable {
  /// A chunk that is not the one that was sealed.
  public struct Damage: Sendable, Hashable {
    /// The bytes of the file.
    public let range: Range<UInt64>
    /// The names of the tensors that have data there.
    public let tensors: [String]
    /// Whether a part of the header is there.
    public let includesHeader: Bool
  }

  /// The file.
  public let path: FilePath
  /// The file that holds the seal: the same, unless the seal is detached.
  public let sealPath: FilePath
  /// The file that the errors are about, in which their offsets count: ``sealPath`` where a detached seal cannot be read.
  public internal(set) var errorPath: FilePath
  /// The bytes of the file.
  public let byteCount: UInt64
  /// The seal, if there is one that can be read.
  public internal(set) var seal: Seal?
  /// What is wrong, the most telling first.
  public internal(set) var errors: [SealError] = []
  /// The damaged chunks, in order.
  public internal(set) var damage: [Damage] = []
  /// Whether the signature was checked, by a key of the policy.
  public internal(set) var isAuthentic = false

  /// Whether the file is what its seal says, and the seal what was asked for.
  public var isValid: Bool { errors.isEmpty }
}
