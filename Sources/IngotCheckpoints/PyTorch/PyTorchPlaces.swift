import IngotContainer

/// Where the storages of one PyTorch file are, each once however many tensors it has.
struct PyTorchPlaces: Sendable {
  /// A storage.
  struct Place: Sendable {
    /// Where its bytes begin in the file; of a deflated member where that begins.
    let offset: UInt64
    let byteCount: UInt64
    /// The index of the member that is inflated; `nil` where the bytes are stored as they are, so that offsets in the storage are
    /// offsets in the file.
    var member: Int32?
  }

  private let file: ReadableBytes
  private var places: [Place] = []
  /// The archive and what inflates its members, where there are such.
  private var deflated: (archive: ZIPArchive, reader: EntryReader)?

  init(_ file: ReadableBytes) { self.file = file }

  /// How many there are.
  var count: Int { places.count }
  /// Whether the bytes of all are stored as they are.
  var isPlain: Bool { deflated == nil }

  /// The storage at an index.
  subscript(index: Int32) -> Place { places[Int(index)] }

  /// Adds a storage.
  mutating func append(_ place: Place) -> Int32 {
    places.append(place)
    return Int32(places.count - 1)
  }

  /// Adds the storage that a member of an archive is.
  mutating func append(member index: Int, of archive: ZIPArchive, _ reader: EntryReader) -> Int32 {
    let entry = archive[index]
    if entry.method == .stored {
      return append(Place(offset: entry.dataOffset, byteCount: entry.byteCount))
    }
    if deflated == nil { deflated = (archive, reader) }
    return append(Place(offset: entry.dataOffset, byteCount: entry.byteCount, member: Int32(index)))
  }

  /// The bytes of the storage at an index.
  func bytes(of index: Int32) -> StorageBytes {
    let place = self[index]
    guard let member = place.member, let deflated else { return .file(file, offset: place.offset) }
    return .member(deflated.reader, deflated.archive[Int(member)], offset: 0)
  }
}
