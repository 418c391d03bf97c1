import Synchronization

/// The bytes of an array's elements.
enum ArrayPayload: Sendable {
  /// In memory.
  case bytes([UInt8])
  /// In a file, until somebody asks for them.
  case deferred(DeferredPayload)

  var byteCount: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .deferred(let payload): payload.byteCount
    }
  }

  var bytes: [UInt8] {
    switch self {
    case .bytes(let bytes): bytes
    case .deferred(let payload): payload.loaded.bytes
    }
  }
}

/// The bytes of an array that stand in a file, read once, when they are first asked for.
final class DeferredPayload: Sendable {
  /// What was read; where that failed empty strings or zeros, and the reason.
  struct Loaded: Sendable {
    let bytes: [UInt8]
    /// Where the elements 0, 64, 128, … start in `bytes`, if elements vary in size.
    let marks: [Int]
    var failure: (any Error)?
  }

  var byteCount: Int { entry.byteCount }
  /// Where the elements 0, 64, 128, … start in the file, after the first.
  var marks: [Int] { entry.marks.map { Int($0) } }

  private let elementType: MetadataType
  private let count: Int
  private let offset: UInt64
  private let entry: DeferredArrays.Entry
  private let limits: ParseLimits
  private let subject: ContainerError.Subject
  private let load: DeferredArrays.Load
  private let state = Mutex<Loaded?>(nil)

  init(
    elementType: MetadataType, count: Int, offset: UInt64, entry: DeferredArrays.Entry, limits: ParseLimits,
    subject: ContainerError.Subject, load: @escaping DeferredArrays.Load
  ) {
    self.elementType = elementType
    self.count = count
    self.offset = offset
    self.entry = entry
    self.limits = limits
    self.subject = subject
    self.load = load
  }

  var loaded: Loaded {
    state.withLock { state in
      if let state { return state }
      let result: Loaded
      do {
        result = Loaded(bytes: try read(), marks: marks)
      } catch {
        // The length of an empty string is eight zeros.
        let size = elementType.smallestByteCount
        result = Loaded(
          bytes: [UInt8](repeating: 0, count: count * size),
          marks: marks.indices.map { $0 * MetadataArray.markStride * size }, failure: error)
      }
      state = result
      return result
    }
  }

  /// Reads the elements and checks them as a walk over the header does.
  private func read() throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    try bytes.withUnsafeMutableBytes { try load(offset, $0) }
    let context = ArrayWalk.Context(
      limits: limits, subject: subject, fileEnd: offset + UInt64(byteCount), report: nil)
    if elementType == .bool, let fault = bytes.firstIndex(where: { $0 > 1 }) {
      throw ContainerError(
        .boolean, at: offset + UInt64(fault), subject, found: "a boolean of \(bytes[fault])",
        expected: "0 or 1")
    }
    guard elementType == .string else { return bytes }
    var walk = ArrayWalk(elementType: elementType, count: count)
    let walked = try bytes.span.bytes.withUnsafeBytes { buffer throws(ContainerError) in
      try walk.advance(over: buffer, at: offset, in: context)
    }
    guard walk.isDone, walked == byteCount, walk.marks.elementsEqual(entry.marks.lazy.map { Int($0) }) else {
      throw ContainerError(
        .arrayFit, at: offset - 8, subject, found: "\(count) strings that end or start elsewhere",
        expected: "those of the index, \(byteCount) bytes")
    }
    return bytes
  }
}
