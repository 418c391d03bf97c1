import IngotContainer
import SystemPackage

/// Reads the JSON of a shard index: clause S7.
///
/// It throws at the first fault. A validator takes the faults that leave the rest readable as reports.
struct SafeTensorsIndexParser: ~Copyable {
  private(set) var shards: [SafeTensorsIndex.Shard] = []
  private(set) var tensors = IndexedTensors()

  private var json: JSONReader
  private let path: FilePath
  private let limits: CheckpointLimits
  private let report: ((SafeTensorsFault) -> Void)?
  private var subject = CheckpointError.Subject.file
  private var shardPlaces: [ExactName: Int] = [:]

  init(
    _ window: consuming ByteWindow, path: FilePath, limits: CheckpointLimits,
    report: ((SafeTensorsFault) -> Void)? = nil
  ) {
    json = JSONReader(
      window, maximumDepth: min(limits.nesting, 64), maximumTextBytes: limits.textByteCount)
    self.path = path
    self.limits = limits
    self.report = report
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
        if try isFirst(!hasMap) { try parseMap() }
        hasMap = true
        subject = .file
      }
      if !hasMap {
        try settle(
          .weightMap, at: offset, found: "a JSON object without weight_map",
          expected: "an index of shards; of a model, name the folder that it is in")
      }
      try json.expect(.end, "the end of the text")
    } catch let error as JSONError {
      throw CheckpointError(error, path, subject, by: .index)
    }
  }

  private mutating func parseMap() throws {
    guard try accept(.beginObject, "an object of tensors and their shards") else { return }
    while try json.nextName() {
      let name = json.textString
      let offset = json.offset
      subject = .tensor(name)
      guard tensors.count < limits.effectiveTensorCount else {
        throw error(
          .indexCount, at: offset, found: "another tensor", expected: "at most \(limits.effectiveTensorCount)"
        )
      }
      guard try isFirst(!tensors.contains(name)), try accept(.string, "the name of a shard"),
        let shard = try shard(named: json.textString)
      else { continue }
      tensors.append(name, shard: shard, offset: offset)
    }
  }

  /// The index of the shard of that name, which is checked when it is new; `nil` if the name is none.
  private mutating func shard(named name: String) throws -> Int? {
    if let known = shardPlaces[ExactName(name)] { return known }
    let isPlain =
      !name.isEmpty && name != "." && name != ".."
      && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }
    guard isPlain else {
      try settle(
        .shardName, at: json.offset, found: "the shard \(name.quoted)",
        expected: "the plain name of a file beside the index")
      return nil
    }
    guard shards.count < limits.shardCount else {
      throw error(
        .indexCount, at: json.offset, found: "another shard", expected: "at most \(limits.shardCount)")
    }
    shardPlaces[ExactName(name)] = shards.count
    shards.append(.init(name: name, offset: json.offset))
    return shards.count - 1
  }

  /// Whether a name that was just read is a new one; of one that is not the value is passed.
  private mutating func isFirst(_ isNew: Bool) throws -> Bool {
    if isNew { return true }
    try settle(
      .uniqueIndexName, at: json.offset, found: "\(json.textString.quoted) a second time",
      expected: "each name once")
    try json.skipValue()
    return false
  }

  /// Whether the next value starts with `token`; another value is reported and passed.
  private mutating func accept(_ token: JSONReader.Token, _ expected: String) throws -> Bool {
    let next = try json.next()
    if next == token { return true }
    try settle(.weightMap, at: json.offset, found: json.describe(next), expected: expected)
    try json.skipRest(of: next)
    return false
  }

  /// Reports a fault after which the walk can go on, or throws it.
  private func settle(
    _ rule: SafeTensorsRule, at offset: UInt64, found: String, expected: String
  ) throws {
    let fault = error(rule, at: offset, found: found, expected: expected)
    guard let report else { throw fault }
    report(.error(fault))
  }

  private func error(
    _ rule: SafeTensorsRule, at offset: UInt64, found: String, expected: String
  ) -> CheckpointError {
    CheckpointError(rule, path, at: offset, subject, found: found, expected: expected)
  }
}
