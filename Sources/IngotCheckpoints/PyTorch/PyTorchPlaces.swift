import IngotContainer

/// Where the storages of one PyTorch file are, each once however many tensors it has.
struct PyTorchPlaces: Sendable {
  /// A storage.
  struct Place: Sendable {
    /// Where its bytes begin in the file; of a deflated member where that begins.
    let offset: UInt64
    let byteCount: UInt64
  }

  private let file: ReadableBytes
  private var places: [Place] = []
  /// The archive and what inflates its members, where there are such.
  private var deflated: (archive: ZIPArchive, reader: EntryReader)?
  /// For storages that are deflated the indexes of their members.
  private var members: [Int32: Int] = [:]

  init(_ file: ReadableBytes) { self.file = file }

  /// How many there are.
  var count: Int { places.count }
  /// Whether the bytes of all are stored as they are.
  var isPlain: Bool { deflated == nil }

  /// The storage at an index.
  subscript(index: Int32) -> Place { places[Int(index)] }

  /// Whether the bytes of a storage are stored as they are, so that offsets in it are offsets in the file.
  func isPlain(_ index: Int32) -> Bool { members[index] == nil }

  /// Adds a storage.
  mutating func append(_ place: Place) -> Int32 {
    places.append(place)
    return Int32(places.count - 1)
  }

  /// Adds the storage that a member of an archive is.
  mutating func append(member index: Int, of archive: ZIPArchive, _ reader: EntryReader) -> Int32 {
    let entry = archive[index]
    let place = append(Place(offset: entry.dataOffset, byteCount: entry.byteCount))
    if entry.method == .deflated {
      if deflated == nil { deflated = (archive, reader) }
      members[place] = index
    }
    return place
  }

  /// The bytes of the storage at an index.
  func bytes(of index: Int32) -> StorageBytes {
    guard let member = members[index], let deflated else { return .file(file, offset: self[index].offset) }
    return .member(deflated.reader, deflated.archive[member], offset: 0)
  }
}
