import IngotContainer
import IngotEncodings
import SystemPackage

/// Reads the format in which llama.cpp wrote importance matrices before it used GGUF.
///
/// Every count is held against the bytes that are left before anything is allocated for it.
///
/// Specification: `spec/importance.md`, clause I3.
struct LegacyImportanceReader {
  /// The fewest bytes of an entry: three counts, a name of one byte, one value.
  private static let smallestEntry = 17

  private let path: FilePath
  private let byteCount: UInt64
  private let limits: CheckpointLimits
  private let fill: (UInt64, UnsafeMutableRawBufferPointer) throws -> Void
  private var offset: UInt64 = 0
  private var valueCount = 0

  /// - Parameter fill: Fills a buffer with the bytes that start at an offset; only bytes of the file are asked for.
  init(
    _ path: FilePath, byteCount: UInt64, limits: CheckpointLimits,
    fill: @escaping (UInt64, UnsafeMutableRawBufferPointer) throws -> Void
  ) {
    self.path = path
    self.byteCount = byteCount
    self.limits = limits
    self.fill = fill
  }

  /// Reads the whole file.
  mutating func matrix() throws -> ImportanceMatrix {
    let count = try integer("the number of entries")
    guard count > 0, UInt64(count) <= (byteCount - offset) / UInt64(Self.smallestEntry) else {
      throw CheckpointError(
        .magic, path, at: 0,
        found: "\(count) as the number of entries of a file of \(byteCount.counted("byte"))",
        expected: ImportanceMatrix.formats)
    }
    guard count <= limits.tensorCount else {
      throw error(
        .limit, at: 0, found: count.counted("entry", plural: "entries"),
        expected: "at most \(limits.tensorCount)")
    }
    var entries: [ImportanceMatrix.Entry] = []
    var names: Set<ExactName> = []
    for _ in 0..<count {
      let start = offset
      let entry = try nextEntry()
      guard names.insert(ExactName(entry.name)).inserted else {
        throw error(
          .duplicate, at: start, .tensor(entry.name), found: "the name a second time",
          expected: "each name once")
      }
      entries.append(entry)
    }
    var chunkCount: Int?
    var datasets: [String] = []
    // The oldest files end here.
    if offset < byteCount {
      let start = offset
      let last = try integer("the number of the last chunk")
      guard last >= 0 else {
        throw error(.value, at: start, found: last.counted("chunk"), expected: "0 or more")
      }
      chunkCount = last
      datasets = [try text("the name of the data set", orEmpty: true)]
    }
    guard offset == byteCount else {
      throw error(
        .coverage, at: offset, found: "\((byteCount - offset).counted("byte")) more",
        expected: "the end of the file")
    }
    return ImportanceMatrix(datasets: datasets, chunkCount: chunkCount, chunkSize: nil, entries: entries)
  }

  private mutating func nextEntry() throws -> ImportanceMatrix.Entry {
    let name = try text("the name of a tensor", orEmpty: false)
    let calls = try integer("a number of calls", of: name)
    let start = offset
    let count = try integer("a number of values", of: name)
    guard count > 0 else {
      throw error(
        .value, at: start, .tensor(name), found: count.counted("value"), expected: "at least one")
    }
    try need(4 * UInt64(count), count.counted("value"), .tensor(name), at: start)
    valueCount += count
    guard valueCount <= limits.importanceValueCount else {
      throw error(
        .limit, at: start, .tensor(name), found: valueCount.counted("value"),
        expected: "at most \(limits.importanceValueCount)")
    }
    let first = offset
    var weights = try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      try take(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: 4 * count))
      initialized = count
    }
    for index in weights.indices {
      let value = weights[index]
      guard value >= 0 && value.isFinite else {
        throw error(
          .value, at: first + 4 * UInt64(index), .tensor(name), found: "\(value)",
          expected: "a finite number that is not negative")
      }
      if calls > 0 { weights[index] = value / Float(calls) }
    }
    return ImportanceMatrix.Entry(checked: name, weights, expertCount: nil)
  }

  private mutating func text(_ what: String, orEmpty isOptional: Bool) throws -> String {
    let start = offset
    let count = try integer("the length of \(what)")
    guard count >= (isOptional ? 0 : 1) else {
      throw error(.value, at: start, found: "\(count) as the length of \(what)", expected: "a text")
    }
    guard count <= limits.container.nameByteCount else {
      throw error(
        .limit, at: start, found: "\(count.counted("byte")) as \(what)",
        expected: "at most \(limits.container.nameByteCount)")
    }
    try need(UInt64(count), what, .file, at: offset)
    let place = offset
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try take($0) }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw error(
        .utf8, at: place, found: "bytes that are no UTF-8 text as \(what)", expected: "UTF-8 without NUL")
    }
    return text
  }

  private mutating func integer(_ what: String, of name: String? = nil) throws -> Int {
    let subject = name.map(CheckpointError.Subject.tensor) ?? .file
    try need(4, what, subject, at: offset)
    var bytes: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
    let value = try withUnsafeMutableBytes(of: &bytes) { buffer in
      try take(buffer)
      return Int32(littleEndian: buffer.loadUnaligned(as: Int32.self))
    }
    return Int(value)
  }

  private func need(
    _ count: UInt64, _ what: String, _ subject: CheckpointError.Subject, at place: UInt64
  ) throws(CheckpointError) {
    guard count > byteCount - offset else { return }
    throw error(
      .truncated, at: place, subject, found: "\((byteCount - offset).counted("byte")) left", expected: what)
  }

  private mutating func take(_ buffer: UnsafeMutableRawBufferPointer) throws {
    if !buffer.isEmpty { try fill(offset, buffer) }
    offset += UInt64(buffer.count)
  }

  private func error(
    _ code: CheckpointError.Code, at offset: UInt64, _ subject: CheckpointError.Subject = .file,
    found: String,
    expected: String
  ) -> CheckpointError {
    CheckpointError(code, path, at: offset, subject, found: found, expected: expected)
  }
}
