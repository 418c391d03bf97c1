import IngotContainer
import IngotFiles
import SystemPackage

/// A checkpoint of PyTorch: an archive or an older stream, or several that an index names.
///
/// Opening runs the pickles on descriptions alone: nothing that a pickle names is imported or called. What it names besides
/// the few that checkpoints need is refused. The data is read when it is asked for; views are gathered.
///
/// Specification: `spec/pytorch.md`.
public struct PyTorchCheckpoint: Checkpoint, SurveyedCheckpoint {
  /// ``CheckpointFormat/pytorch``.
  public let format = CheckpointFormat.pytorch
  /// The name of the file without its ending; of shards and of a `pytorch_model.bin`, the folder's.
  public let name: String
  /// None.
  public var metadata: Metadata { Metadata() }
  /// None.
  public var warnings: [CheckpointWarning] { [] }
  /// The file, or the shards in the order of their names, byte by byte.
  public let sourceFiles: [RegularFile]
  /// In a survey the names that the table does not have, and the tensors that cannot be read, each an error; otherwise none.
  package let refusals: [CheckpointError]
  /// Where the storages of each file are that has deflated ones, and the index of the first of them; of other files a tensor says
  /// it itself.
  private let deflated: [Int: (places: PyTorchPlaces, firstStorage: Int)]
  private let tiles = TileCache(.transposed)
  private let table: CheckpointTensors

  /// The tensors by file, then by offset.
  public var tensors: CheckpointTensors { table }

  /// The tensor of this name, compared byte by byte, or `nil` if there is none.
  public func tensor(named name: String) -> CheckpointTensor? { table[name] }

  /// Opens a file that PyTorch wrote.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - choice: Which of its dictionaries.
  ///   - limits: What is accepted.
  /// - Throws: ``CheckpointError``, with ``CheckpointError/Code/global`` and the name for a pickle that would run code;
  ///   `FileError`.
  public init(
    opening path: FilePath, choosing choice: StateDictionaryChoice = .only,
    limits: CheckpointLimits = .default
  ) throws {
    try self.init(RegularFile(opening: path), choosing: choice, limits: limits)
  }

  init(
    _ file: RegularFile, choosing choice: StateDictionaryChoice, limits: CheckpointLimits,
    isSurvey: Bool = false
  ) throws {
    let contents = try PyTorchContents(ReadableBytes(file), limits: limits, isSurvey: isSurvey)
    try self.init(file, contents, choosing: choice, isSurvey: isSurvey)
  }

  /// Opens an archive whose directory has been read.
  ///
  /// - Parameter prefix: The folder in it, with its slash.
  init(
    _ file: RegularFile, _ archive: consuming ZIPArchive, prefix: String,
    choosing choice: StateDictionaryChoice,
    limits: CheckpointLimits, isSurvey: Bool
  ) throws {
    let contents = try PyTorchContents(
      consume archive, prefix: prefix, ReadableBytes(file), limits: limits, isSurvey: isSurvey)
    try self.init(file, contents, choosing: choice, isSurvey: isSurvey)
  }

  private init(
    _ file: RegularFile, _ contents: PyTorchContents, choosing choice: StateDictionaryChoice, isSurvey: Bool
  ) throws {
    name = CheckpointName.of(file.path)
    sourceFiles = [file]
    var refusals = SurveyRefusals(contents)
    deflated = contents.places.isPlain ? [:] : [0: (contents.places, 0)]
    let maker = PyTorchTensors(contents: contents, file: 0, firstStorage: 0)
    table = try maker.table(choosing: choice, listing: isSurvey ? { refusals.add($0) } : nil)
    self.refusals = refusals.all
  }

  /// Opens the shards that a `pytorch_model.bin.index.json` names.
  init(index: SafeTensorsIndex, limits: CheckpointLimits) throws {
    name = CheckpointName.of(index.path)
    var files: [RegularFile] = []
    var table = CheckpointTensors()
    var deflated: [Int: (places: PyTorchPlaces, firstStorage: Int)] = [:]
    var storageCount = 0
    for (place, shard) in index.shards.enumerated() {
      let file = try Self.open(shard, of: index)
      let contents = try PyTorchContents(ReadableBytes(file), limits: limits, isSurvey: false)
      let maker = PyTorchTensors(contents: contents, file: place, firstStorage: storageCount)
      if !contents.places.isPlain { deflated[place] = (contents.places, storageCount) }
      storageCount += contents.places.count
      for tensor in try maker.table(choosing: .only) {
        guard index.tensors.shard(of: tensor.name) == place else {
          throw CheckpointError(
            .shardContent, file.path, at: tensor.location.offset, .tensor(tensor.name),
            found: "a tensor that the index does not name in this shard",
            expected: "only tensors of the index")
        }
        _ = table.append(tensor)
      }
      files.append(file)
    }
    for entry in index.tensors where table[entry.name] == nil {
      throw CheckpointError(
        .shardContent, index.path, at: entry.offset, .tensor(entry.name), found: "the tensor in no shard",
        expected: "it in \(index.shards[entry.shard].name.quoted)")
    }
    sourceFiles = files
    refusals = []
    self.deflated = deflated
    self.table = table
  }

  private static func open(
    _ shard: SafeTensorsIndex.Shard, of index: SafeTensorsIndex
  ) throws -> RegularFile {
    do {
      return try RegularFile(opening: index.path.removingLastComponent().appending(shard.name))
    } catch  where error.code == .notFound {
      throw CheckpointError(
        .shardFile, index.path, at: shard.offset, .shard(shard.name), found: "no such file",
        expected: "a file beside the index")
    }
  }

  /// Fills `buffer` with a range of a tensor's bytes in row-major order, little-endian.
  ///
  /// - Parameters:
  ///   - tensor: A tensor of this checkpoint.
  ///   - range: Which of its bytes.
  ///   - buffer: Receives them; as long as the range.
  /// - Throws: `FileError`; ``CheckpointError`` for a damaged deflated member.
  /// - Precondition: `range` is within `0..<tensor.byteCount`, and `buffer` is as long.
  /// - Complexity: O(*n*) in the length of the range where elements follow each other; views are read with one read for
  ///   elements that lie close together, and one for each that does not.
  public func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    guard let view = tensor.view else { preconditionFailure("not a tensor of this checkpoint") }
    let file = tensor.location.file
    let storage: StorageBytes =
      if let deflated = deflated[file] {
        deflated.places.bytes(of: Int32(view.storage - deflated.firstStorage))
      } else {
        .file(ReadableBytes(sourceFiles[file]), offset: tensor.location.offset - view.start)
      }
    try storage.read(tensor, bytes: range, into: buffer, tiles: tiles)
  }
}

extension PyTorchContents {
  /// Reads a file of either form.
  init(_ file: ReadableBytes, limits: CheckpointLimits, isSurvey: Bool) throws {
    let start = try file.bytes(in: 0..<min(4, file.byteCount))
    guard start.starts(with: Array("PK".utf8)) else {
      try self.init(stream: file, limits: limits, isSurvey: isSurvey)
      return
    }
    let archive = try ZIPArchive(file, limits: limits)
    guard let prefix = try Self.prefix(of: archive, file) else {
      throw CheckpointError(
        .magic, file.path, at: 0, found: "a ZIP archive without a data.pkl",
        expected: "one that PyTorch wrote")
    }
    try self.init(archive, prefix: prefix, file, limits: limits, isSurvey: isSurvey)
  }
}
