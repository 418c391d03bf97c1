import IngotContainer
import IngotEncodings

/// What the pickles of one PyTorch file describe, and where its storages are.
///
/// Specification: `spec/pytorch.md`.
struct PyTorchContents: Sendable {
  /// One pickle.
  struct Part: Sendable {
    /// What stands before the names of its tensors.
    let prefix: [String]
    let arena: PickleArena
    let root: PickleValue
    /// Where the pickle begins in the file, and the member that it is.
    let start: UInt64
    let entry: ZIPEntry?
    /// For each storage of the arena its place.
    let places: [Int32]
  }

  let file: ReadableBytes
  let parts: [Part]
  let places: PyTorchPlaces
  let isBigEndian: Bool

  /// The error for a fault of a pickle.
  func refuse(_ error: PickleError, in part: Part) -> CheckpointError {
    CheckpointError(error, file.path, at: part.start, of: part.entry)
  }
}

extension PickleStorage {
  /// The bytes that the storage has by the pickle, or `nil` on overflow.
  var byteCount: UInt64? {
    Checked.product(UInt64(elementCount), UInt64(type?.byteCount ?? 1))
  }
}
