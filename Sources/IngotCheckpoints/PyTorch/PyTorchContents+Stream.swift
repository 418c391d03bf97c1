import IngotContainer
import IngotEncodings

extension PyTorchContents {
  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
  private static let version: Int64 = 1001
  private static let countByteCount: UInt64 = 8

  /// Reads a file as PyTorch wrote it before 1.6: five pickles, then the storages.
  ///
  /// - Throws: ``CheckpointError``, and what reading throws.
  init(stream file: ReadableBytes, limits: CheckpointLimits, isSurvey: Bool) throws {
    var position: UInt64 = 0
    func next() throws -> (PickleArena, PickleValue, start: UInt64) {
      let start = position
      let input = PickleBytes(
        PickleSource(file, in: start..<file.byteCount), limit: limits.pickleByteCount)
      var machine = PickleMachine(input, limits: limits, foreign: isSurvey ? .listed : .refused)
      do {
        let root = try machine.run()
        position += UInt64(machine.input.position)
        return (machine.arena, root, start)
      } catch let error as PickleError {
        throw CheckpointError(error, file.path, at: start)
      }
    }
    func refuse(
      _ code: CheckpointError.Code, _ offset: UInt64, _ found: String, _ expected: String
    ) -> CheckpointError {
      CheckpointError(code, file.path, at: offset, found: found, expected: expected)
    }
    let first = try next()
    guard case .longInteger(let text) = first.1,
      try PickleTexts(first.0.source).bytes(of: text).elementsEqual(Self.magic)
    else {
      throw refuse(.magic, first.start, "a pickle that is no checkpoint", "the number that begins one")
    }
    let second = try next()
    guard second.1 == .integer(Self.version) else {
      throw refuse(.pickle, second.start, "another version of the stream", "\(Self.version)")
    }
    // What the machine was that wrote it: storages are little-endian on all of them.
    let third = try next()
    guard third.0.node(third.1)?.kind == .dictionary else {
      throw refuse(.pickle, third.start, "no dictionary about the writer", "one")
    }
    let (arena, root, start) = try next()
    let keys = try next()
    guard let list = keys.0.node(keys.1), list.kind == .list else {
      throw refuse(.pickle, keys.start, "no list of storages", "one")
    }
    var stored = StoredList(file, position: position)
    let references = try StorageKeys(arena)
    let texts = PickleTexts(keys.0.source)
    var places = PyTorchPlaces(file)
    var known = [Int32?](repeating: nil, count: references.names.count)
    for item in list.items {
      guard case .text(let text) = item else {
        throw refuse(.pickle, keys.start, "a storage whose name is no text", "texts")
      }
      let key = try texts.string(text)
      guard let name = references.names.index(of: key), known[name] == nil else {
        throw refuse(
          .pickle, keys.start, "the storage \(key.quoted), which no tensor has or which stands there twice",
          "each storage once")
      }
      known[name] = places.append(try stored.next(arena.storages[references.firstStorages[name]], key))
    }
    try stored.finish()
    let found = try zip(arena.storages, references.ofStorages).map { storage, name in
      guard let place = known[Int(name)], storage.byteCount == places[place].byteCount else {
        throw CheckpointError(
          PickleError(
            .size, at: Int(storage.offset), found: "a storage of \(storage.elementCount.counted("element"))",
            expected: "one that the file has, of the same size"), file.path, at: start)
      }
      return place
    }
    let part = Part(prefix: [], arena: arena, root: root, start: start, entry: nil, places: found)
    try self.init(
      file: file, parts: [consume part], places: places, isBigEndian: false, limits: limits)
  }

  /// The different keys that the storages of a pickle have.
  private struct StorageKeys {
    private(set) var names = NameTable()
    /// For each name the first storage that has it, and for each storage its name.
    private(set) var firstStorages: [Int] = []
    private(set) var ofStorages: [Int32] = []

    init(_ arena: PickleArena) throws {
      let texts = PickleTexts(arena.source)
      for (index, storage) in arena.storages.enumerated() {
        let key = try texts.string(storage.key)
        if let name = names.index(of: key) {
          ofStorages.append(Int32(name))
        } else {
          ofStorages.append(Int32(names.count))
          names.append(key)
          firstStorages.append(index)
        }
      }
    }
  }

  /// The storages after the pickles: a number of elements, and their bytes.
  private struct StoredList {
    private let file: ReadableBytes
    private var position: UInt64

    init(_ file: ReadableBytes, position: UInt64) {
      self.file = file
      self.position = position
    }

    mutating func next(_ storage: PickleStorage, _ key: String) throws -> PyTorchPlaces.Place {
      func refuse(_ code: CheckpointError.Code, _ found: String, _ expected: String) -> CheckpointError {
        CheckpointError(
          code, file.path, at: position, found: "\(found) of the storage \(key.quoted)", expected: expected)
      }
      guard file.byteCount - position >= countByteCount else {
        throw refuse(.truncated, "the end of the file before the size", countByteCount.counted("byte"))
      }
      let count = try file.bytes(in: position..<position + countByteCount).littleEndian(at: 0, count: 8)
      guard count == UInt64(storage.elementCount), let byteCount = storage.byteCount else {
        throw refuse(.size, count.counted("element"), "\(storage.elementCount), as the pickle says")
      }
      let start = position + countByteCount
      guard byteCount <= file.byteCount - start else {
        throw refuse(.truncated, "the end of the file within the \(byteCount.counted("byte"))", "all of them")
      }
      position = start + byteCount
      return PyTorchPlaces.Place(offset: start, byteCount: byteCount)
    }

    func finish() throws(CheckpointError) {
      guard position == file.byteCount else {
        throw CheckpointError(
          CheckpointError.Code.coverage, file.path, at: position,
          found: "\((file.byteCount - position).counted("byte")) after the last storage",
          expected: "the end of the file")
      }
    }
  }
}
