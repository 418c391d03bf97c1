import IngotContainer
import SystemPackage

/// Reads the JSON of a shard index: clause S7.
struct SafeTensorsIndexParser: ~Copyable {
  private(set) var shards: [SafeTensorsIndex.Shard] = []
  private(set) var tensors: [SafeTensorsIndex.Tensor] = []
  private(set) var places: [ExactName: Int] = [:]

  private var json: JSONReader
  private let path: FilePath
  private let limits: CheckpointLimits
  private var subject = CheckpointError.Subject.file
  private var shardPlaces: [ExactName: Int] = [:]

  init(_ window: consuming ByteWindow, path: FilePath, limits: CheckpointLimits) {
    json = JSONReader(
      window, maximumDepth: min(limits.nesting, 64), maximumTextBytes: limits.textByteCount)
    self.path = path
    self.limits = limits
  }

  /// Reads the whole index.
  mutating func parse() throws {
    do {
      try json.expect(.beginObject, "an object with weight_map")
      let offset = json.offset
      var hasMap = false
      while try json.nextName() {
        guard json.textIs("weight_map") else {
          try json.skipValue()
          continue
        }
        subject = .key("weight_map")
        guard !hasMap else { throw duplicate("weight_map", at: json.offset) }
        hasMap = true
        try parseMap()
        subject = .file
      }
      guard hasMap else {
        throw JSONError(at: offset, found: "an object without weight_map", expected: "an index of shards")
      }
      try json.expect(.end, "the end of the text")
    } catch let error as JSONError {
      throw CheckpointError(error, path, subject)
    }
  }

  private mutating func parseMap() throws {
    try json.expect(.beginObject, "an object of tensors and their shards")
    while try json.nextName() {
      let name = json.textString
      let offset = json.offset
      subject = .tensor(name)
      guard tensors.count < limits.tensorCount else {
        throw error(.limit, at: offset, found: "another tensor", expected: "at most \(limits.tensorCount)")
      }
      guard places.updateValue(tensors.count, forKey: ExactName(name)) == nil else {
        throw duplicate(name, at: offset)
      }
      let shard = try shard(named: json.string("the name of a shard"))
      tensors.append(.init(name: name, shard: shard, offset: offset))
    }
  }

  /// The index of the shard of that name, which is checked when it is new.
  private mutating func shard(named name: String) throws -> Int {
    if let known = shardPlaces[ExactName(name)] { return known }
    let isPlain =
      !name.isEmpty && name != "." && name != ".."
      && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }
    guard isPlain else {
      throw error(
        .path, at: json.offset, found: "the shard \(name.quoted)",
        expected: "the plain name of a file beside the index")
    }
    guard shards.count < limits.shardCount else {
      throw error(.limit, at: json.offset, found: "another shard", expected: "at most \(limits.shardCount)")
    }
    shardPlaces[ExactName(name)] = shards.count
    shards.append(.init(name: name, offset: json.offset))
    return shards.count - 1
  }

  private func duplicate(_ name: String, at offset: UInt64) -> CheckpointError {
    error(.duplicate, at: offset, found: "\(name.quoted) a second time", expected: "each name once")
  }

  private func error(
    _ code: CheckpointError.Code, at offset: UInt64, found: String, expected: String
  ) -> CheckpointError {
    CheckpointError(code, path, at: offset, subject, found: found, expected: expected)
  }
}
