import IngotContainer
import IngotEncodings

/// What the pickles of one PyTorch file describe, and where its storages are.
///
/// Specification: `spec/pytorch.md`.
struct PyTorchContents {
  /// One pickle.
  struct Part: Sendable {
    /// What stands before the names of its tensors.
    let prefix: [String]
    fileprivate(set) var arena: PickleArena
    let root: PickleValue
    /// Where the pickle begins in the file, and the member that it is.
    let start: UInt64
    let entry: ZIPEntry?
    /// For each storage of the arena its place.
    let places: [Int32]

    /// The error for a fault of the pickle.
    func refuse(_ error: PickleError, in file: ReadableBytes) -> CheckpointError {
      CheckpointError(error, file.path, at: start, of: entry)
    }
  }

  let file: ReadableBytes
  /// The pickles, of which containers are not held any more.
  let parts: [Part]
  let places: PyTorchPlaces
  let isBigEndian: Bool
  /// The tensors that were found in the pickles.
  let search: TensorSearch

  /// Searches the values that pickles made.
  ///
  /// - Throws: ``CheckpointError``: values that hold each other too deep or too often.
  init(
    file: ReadableBytes, parts: consuming [Part], places: PyTorchPlaces, isBigEndian: Bool,
    limits: CheckpointLimits
  ) throws {
    var parts = parts
    search = try TensorSearch(parts, in: file, limits: limits)
    for index in parts.indices { parts[index].arena.removeNodes() }
    self.parts = parts
    self.file = file
    self.places = places
    self.isBigEndian = isBigEndian
  }
}

extension PickleStorage {
  /// The bytes that the storage has by the pickle, or `nil` on overflow.
  var byteCount: UInt64? {
    Checked.product(UInt64(elementCount), UInt64(type?.byteCount ?? 1))
  }
}
