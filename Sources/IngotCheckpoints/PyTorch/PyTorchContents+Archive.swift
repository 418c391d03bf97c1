import IngotContainer
import IngotEncodings

extension PyTorchContents {
  /// The names of the pickles that make an archive one of PyTorch.
  private static let pickleName = "data.pkl"

  /// The folder in an archive that PyTorch wrote, with its slash; `nil` where it is another archive.
  ///
  /// - Throws: ``CheckpointError/Code/ambiguous`` where there are several.
  static func prefix(of archive: ZIPArchive, _ file: ReadableBytes) throws(CheckpointError) -> String? {
    let names = Array(archive.lazy.map(\.name).filter { $0.hasSuffix("/" + pickleName) })
    guard let name = names.first else { return nil }
    guard names.count == 1 else {
      throw CheckpointError(
        .ambiguous, file.path, at: archive[names[1]]?.directoryOffset, .member(names[1]),
        found: "a second \(pickleName)", expected: "one")
    }
    return String(name.dropLast(pickleName.count))
  }

  /// Reads the pickles of an archive.
  ///
  /// - Throws: ``CheckpointError``, and what reading throws.
  init(
    _ archive: ZIPArchive, prefix: String, _ file: ReadableBytes, limits: CheckpointLimits, isSurvey: Bool
  ) throws {
    let reader = EntryReader(file)
    let constants = archive[prefix + "constants.pkl"]
    let foreign = PickleMachine.Foreign(areModulesKnown: constants != nil, isListed: isSurvey)
    var table = StorageTable()
    func part(_ entry: ZIPEntry, _ folder: String, _ names: [String]) throws -> Part {
      let (arena, root) = try Self.unpickle(entry, reader, file, limits, foreign)
      let places = try arena.storages.map { storage in
        try table.place(folder + storage.key) {
          try Self.place(of: storage, folder + storage.key, archive, reader, file)
        }
      }
      for (storage, place) in zip(arena.storages, places)
      where storage.byteCount != table.places[place].byteCount {
        throw CheckpointError(
          PickleError(
            .size, at: storage.offset,
            found:
              "a storage of \(storage.elementCount.counted("element")) in \(table.places[place].byteCount.counted("byte"))",
            expected: storage.byteCount.map { $0.counted("byte") } ?? "a size that can be counted"),
          file.path, at: entry.dataOffset, of: entry)
      }
      return Part(
        prefix: names, arena: arena, root: root, start: entry.dataOffset, entry: entry, places: places)
    }
    var parts: [Part] = []
    if let entry = archive[prefix + Self.pickleName] { parts.append(try part(entry, prefix + "data/", [])) }
    if let constants {
      parts.append(try part(constants, prefix + "constants/", ["CONSTANTS"]))
    }
    self.init(
      file: file, parts: parts, places: table.places,
      isBigEndian: try Self.isBigEndian(archive[prefix + "byteorder"], reader, file))
  }

  /// Runs a pickle that is a whole member.
  private static func unpickle(
    _ entry: ZIPEntry, _ reader: EntryReader, _ file: ReadableBytes, _ limits: CheckpointLimits,
    _ foreign: PickleMachine.Foreign
  ) throws -> (PickleArena, PickleValue) {
    let isInflated = entry.method == .deflated
    let allowance = PickleAllowance(storedByteCount: entry.compressedByteCount, limits: limits)
    let bytes = try reader.bytes(
      of: entry, limit: isInflated ? allowance.inflatedByteCount : limits.pickleByteCount)
    var machine = PickleMachine(
      PickleBytes(bytes), limits: limits, foreign: foreign, storedByteCount: entry.compressedByteCount)
    do {
      let root = try machine.run()
      guard machine.input.isAtEnd else {
        throw PickleError(
          .pickle, at: machine.input.position, found: "bytes after the end of the pickle", expected: "nothing"
        )
      }
      return (machine.arena, root)
    } catch let error as PickleError {
      throw CheckpointError(error, file.path, at: entry.dataOffset, of: entry)
    }
  }

  private static func place(
    of storage: PickleStorage, _ name: String, _ archive: ZIPArchive, _ reader: EntryReader,
    _ file: ReadableBytes
  ) throws(CheckpointError) -> Place {
    guard let entry = archive[name] else {
      throw CheckpointError(
        .pickle, file.path, .member(name), found: "no such member",
        expected: "the storage that a pickle refers to")
    }
    let isPlain = entry.method == .stored
    return Place(
      bytes: isPlain ? .file(file, offset: entry.dataOffset) : .member(reader, entry, offset: 0),
      offset: entry.dataOffset, byteCount: entry.byteCount, isPlain: isPlain)
  }

  private static func isBigEndian(
    _ entry: ZIPEntry?, _ reader: EntryReader, _ file: ReadableBytes
  ) throws -> Bool {
    guard let entry else { return false }
    let text = try reader.bytes(of: entry, limit: 16)
    if text.elementsEqual("little".utf8) { return false }
    if text.elementsEqual("big".utf8) { return true }
    throw CheckpointError(
      .value, file.path, at: entry.dataOffset, .member(entry.name), found: "another byte order",
      expected: "little or big")
  }
}
