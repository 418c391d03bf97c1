import IngotContainer
import IngotEncodings

extension PyTorchContents {
  /// The names of the pickles that make an archive one of PyTorch.
  private static let pickleName = "data.pkl"

  /// The folder in an archive that PyTorch wrote, with its slash; `nil` where it is another archive.
  ///
  /// - Throws: ``CheckpointError/Code/ambiguous`` where there are several.
  static func prefix(of archive: ZIPArchive, _ file: ReadableBytes) throws(CheckpointError) -> String? {
    let pickles = Array(archive.lazy.filter { $0.name.hasSuffix("/" + pickleName) }.prefix(2))
    guard let pickle = pickles.first else { return nil }
    guard pickles.count == 1 else {
      throw CheckpointError(
        .ambiguous, file.path, at: pickles[1].directoryOffset, .member(pickles[1].name),
        found: "a second \(pickleName)", expected: "one")
    }
    return String(pickle.name.dropLast(pickleName.count))
  }

  /// Reads the pickles of an archive.
  ///
  /// - Throws: ``CheckpointError``, and what reading throws.
  init(
    _ archive: consuming ZIPArchive, prefix: String, _ file: ReadableBytes, limits: CheckpointLimits,
    isSurvey: Bool
  ) throws {
    let reader = EntryReader(file)
    let constants = archive[prefix + "constants.pkl"]
    let foreign = PickleMachine.Foreign(areModulesKnown: constants != nil, isListed: isSurvey)
    var places = PyTorchPlaces(file)
    var placesOfMembers = [Int32?](repeating: nil, count: archive.count)
    func part(_ entry: ZIPEntry, _ folder: String, _ names: [String]) throws -> Part {
      let (arena, root) = try Self.unpickle(entry, reader, file, limits, foreign)
      let texts = PickleTexts(arena.source)
      let found = try arena.storages.map { storage in
        let name = folder + (try texts.string(storage.key))
        guard let member = archive.index(of: name) else {
          throw CheckpointError(
            .pickle, file.path, .member(name), found: "no such member",
            expected: "the storage that a pickle refers to")
        }
        if let place = placesOfMembers[member] { return place }
        let place = places.append(member: member, of: archive, reader)
        placesOfMembers[member] = place
        return place
      }
      for (storage, place) in zip(arena.storages, found) where storage.byteCount != places[place].byteCount {
        throw CheckpointError(
          PickleError(
            .size, at: Int(storage.offset),
            found:
              "a storage of \(storage.elementCount.counted("element")) in \(places[place].byteCount.counted("byte"))",
            expected: storage.byteCount.map { $0.counted("byte") } ?? "a size that can be counted"),
          file.path, at: entry.dataOffset, of: entry)
      }
      return Part(
        prefix: names, arena: arena, root: root, start: entry.dataOffset, entry: entry, places: found)
    }
    var parts: [Part] = []
    if let entry = archive[prefix + Self.pickleName] { parts.append(try part(entry, prefix + "data/", [])) }
    if let constants {
      parts.append(try part(constants, prefix + "constants/", ["CONSTANTS"]))
    }
    let isBigEndian = try Self.isBigEndian(archive[prefix + "byteorder"], reader, file)
    try self.init(
      file: file, parts: consume parts, places: places, isBigEndian: isBigEndian, limits: limits)
  }

  /// Runs a pickle that is a whole member.
  private static func unpickle(
    _ entry: ZIPEntry, _ reader: EntryReader, _ file: ReadableBytes, _ limits: CheckpointLimits,
    _ foreign: PickleMachine.Foreign
  ) throws -> (PickleArena, PickleValue) {
    let source: PickleSource
    if entry.method == .deflated {
      let allowance = PickleAllowance(storedByteCount: entry.compressedByteCount, limits: limits)
      let bytes = try reader.bytes(of: entry, limit: allowance.inflatedByteCount)
      source = PickleSource(ReadableBytes(bytes, path: file.path))
    } else {
      try reader.check(entry, limit: limits.pickleByteCount)
      source = PickleSource(file, in: entry.dataOffset..<entry.dataEnd)
    }
    var machine = PickleMachine(
      PickleBytes(source, limit: .max), limits: limits, foreign: foreign,
      storedByteCount: entry.compressedByteCount)
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
