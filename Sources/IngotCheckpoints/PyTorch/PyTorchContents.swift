import IngotContainer
import IngotEncodings

/// What the pickles of one PyTorch file describe, and where its storages are.
///
/// Specification: `spec/pytorch.md`.
struct PyTorchContents: Sendable {
  /// A storage, and where its bytes are.
  struct Place: Sendable {
    let bytes: StorageBytes
    /// Where they begin in the file; of a deflated member where that begins.
    let offset: UInt64
    let byteCount: UInt64
    /// Whether they are stored as they are, so that offsets in the storage are offsets in the file.
    let isPlain: Bool
  }

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
    let places: [Int]
  }

  let file: ReadableBytes
  let parts: [Part]
  let places: [Place]
  let isBigEndian: Bool

  /// The error for a fault of a pickle.
  func refuse(_ error: PickleError, in part: Part) -> CheckpointError {
    CheckpointError(error, file.path, at: part.start, of: part.entry)
  }
}

/// Storages by their names: several references to one are one.
struct StorageTable {
  private(set) var places: [PyTorchContents.Place] = []
  private var known: [ExactName: Int] = [:]

  /// The place of a storage, which `find` gives where it is new.
  mutating func place(_ name: String, _ find: () throws -> PyTorchContents.Place) rethrows -> Int {
    if let place = known[ExactName(name)] { return place }
    let index = places.count
    places.append(try find())
    known[ExactName(name)] = index
    return index
  }
}

extension PickleStorage {
  /// The bytes that the storage has by the pickle, or `nil` on overflow.
  var byteCount: UInt64? {
    Checked.product(UInt64(elementCount), UInt64(type?.byteCount ?? 1))
  }
}
