import IngotContainer
import IngotEncodings
import SystemPackage

/// Reads the JSON of a safetensors header: clauses S2 to S5.
///
/// It throws at the first fault. A validator takes the faults that leave the rest readable as reports, and the walk
/// goes on: `spec/conformance.md`, clauses F.
struct SafeTensorsHeaderParser: ~Copyable {
  /// The tensors in header order, their offsets from the start of the data.
  private(set) var table = CheckpointTensors()
  private(set) var metadata = Metadata()
  private(set) var warnings: [CheckpointWarning] = []
  /// The ranges of all entries, for a validator, which has not all of them in the table.
  private(set) var extents: [TensorExtent] = []
  /// Whether each entry has a range.
  private(set) var areExtentsKnown = true

  var json: JSONReader
  let limits: CheckpointLimits
  /// What is being read.
  var subject = CheckpointError.Subject.file
  private let path: FilePath
  private let report: ((SafeTensorsFault) -> Void)?
  private var hasMetadata = false

  private static let largestWarningCount = 100

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

  /// Reads the whole header.
  mutating func parse() throws {
    do {
      try json.expectBraceFirst()
      try json.expect(.beginObject, "an object")
      while try json.nextName() {
        if json.textIs("__metadata__") { try parseMetadata() } else { try parseTensor() }
        subject = .file
      }
      try json.expectSpacesToTheEnd()
    } catch let error as JSONError {
      throw CheckpointError(error, path, subject, by: .header)
    }
  }

  private mutating func parseMetadata() throws {
    subject = .key("__metadata__")
    guard try isFirst(!hasMetadata) else { return }
    hasMetadata = true
    guard try accept(.beginObject, else: .metadata, "an object of texts") else { return }
    while try json.nextName() {
      let key = json.textString
      subject = .key(key)
      guard try isFirst(metadata[key] == nil), try accept(.string, else: .metadata, "a text") else {
        continue
      }
      metadata[key] = .string(json.textString)
    }
  }

  private mutating func parseTensor() throws {
    let name = json.textString
    let nameOffset = json.offset
    subject = .tensor(name)
    guard table.count < limits.effectiveTensorCount else {
      throw error(
        .tensorCount, at: nameOffset, found: "another tensor",
        expected: "at most \(limits.effectiveTensorCount)")
    }
    // The bits of an entry say nothing of a name that is known.
    guard try isFirst(!table.contains(name)) else { return }
    let entry = try parseEntry()
    if let tensor = try tensor(called: name, by: entry) { _ = table.append(tensor) }
    guard report != nil else { return }
    if let range = entry.range, range.begin <= range.end {
      extents.append(TensorExtent(name: name, begin: range.begin, end: range.end))
    } else {
      areExtentsKnown = false
    }
  }
}

// What entries and metadata have in common.
extension SafeTensorsHeaderParser {
  /// Whether a name that was just read is a new one; of one that is not the value is passed.
  mutating func isFirst(_ isNew: Bool) throws -> Bool {
    if isNew { return true }
    try settle(
      .uniqueName, at: json.offset, found: "\(json.textString.quoted) a second time",
      expected: "each name once")
    try json.skipValue()
    return false
  }

  /// Whether the next value starts with `token`; another value is reported and passed.
  mutating func accept(
    _ token: JSONReader.Token, else rule: SafeTensorsRule, _ expected: String
  ) throws -> Bool {
    let next = try json.next()
    if next == token { return true }
    try settle(rule, at: json.offset, found: json.describe(next), expected: expected)
    try json.skipRest(of: next)
    return false
  }

  mutating func warn(_ found: String) {
    let warning = CheckpointWarning(
      code: .unknownField, path: path, offset: json.offset, subject: subject, found: found)
    report?(.warning(warning))
    if warnings.count < Self.largestWarningCount { warnings.append(warning) }
  }

  /// Reports a fault after which the walk can go on, or throws it.
  func settle(
    _ rule: SafeTensorsRule, at offset: UInt64, found: String, expected: String
  ) throws {
    let fault = error(rule, at: offset, found: found, expected: expected)
    guard let report else { throw fault }
    report(.error(fault))
  }

  func error(
    _ rule: SafeTensorsRule, at offset: UInt64, found: String, expected: String
  ) -> CheckpointError {
    CheckpointError(rule, path, at: offset, subject, found: found, expected: expected)
  }
}
