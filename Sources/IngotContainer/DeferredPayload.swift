import Synchronization

/// The elements of an array that stand in a file: read a part at a time, or all at once and then kept.
///
/// Whatever is read is checked as a walk over the header does: lengths, text, booleans, and that strings start where they should.
final class DeferredPayload: Sendable {
  let byteCount: Int
  /// Where in the payload the elements 0, 64, 128, … start, if elements vary in size.
  let marks: ElementMarks

  private let elementType: MetadataType
  private let count: Int
  private let offset: UInt64
  private let limits: ParseLimits
  private let subject: ContainerError.Subject
  private let load: DeferredArrays.Load
  /// All elements, or why they could not be read, once somebody has asked for all.
  private let whole = Mutex<Result<MetadataArray, any Error>?>(nil)

  init(
    elementType: MetadataType, count: Int, offset: UInt64, byteCount: Int, marks: ElementMarks,
    limits: ParseLimits,
    subject: ContainerError.Subject, load: @escaping DeferredArrays.Load
  ) {
    self.elementType = elementType
    self.count = count
    self.offset = offset
    self.byteCount = byteCount
    self.marks = marks
    self.limits = limits
    self.subject = subject
    self.load = load
  }

  /// All elements, read the first time and then kept.
  func all() throws -> MetadataArray {
    try whole.withLock { whole in
      if let whole { return whole }
      let result = Result { try part(0..<count) }
      whole = result
      return result
    }.get()
  }

  /// The bytes of all elements; zeros, which are empty strings, if they cannot be read.
  var bytes: [UInt8] { (try? all().payload) ?? blank(count).payload }

  /// Elements that stand next to each other, `index` among them, and the position of the first.
  ///
  /// Of strings these are the 64 between two marks, of numbers `most` from `index` on.
  ///
  /// - Precondition: `index` is an element.
  func part(around index: Int, atMost most: Int) throws -> (part: MetadataArray, first: Int) {
    if let whole = whole.withLock({ $0 }) { return (try whole.get(), 0) }
    let elements = elements(around: index, atMost: most)
    return (try part(elements), elements.lowerBound)
  }

  /// As ``part(around:atMost:)``; empty strings or zeros where the elements cannot be read.
  func partOrBlank(around index: Int, atMost most: Int) -> (part: MetadataArray, first: Int) {
    if let part = try? part(around: index, atMost: most) { return part }
    let elements = elements(around: index, atMost: most)
    return (blank(elements.count), elements.lowerBound)
  }

  private func elements(around index: Int, atMost most: Int) -> Range<Int> {
    guard elementType.byteCount == nil else { return index..<min(count, index + most) }
    let first = index - index % MetadataArray.markStride
    return first..<min(count, first + MetadataArray.markStride)
  }

  private func blank(_ count: Int) -> MetadataArray {
    // The length of an empty string is eight zeros.
    let size = elementType.smallestByteCount
    let marks =
      elementType == .string ? stride(from: 0, to: count, by: MetadataArray.markStride).map { $0 * size } : []
    return MetadataArray(
      elementType: elementType, count: count, payload: [UInt8](repeating: 0, count: count * size), depth: 1,
      marks: marks)
  }
}

// Reading and checking.
extension DeferredPayload {
  /// Reads elements, which begin at a mark and end at one or with the array.
  private func part(_ elements: Range<Int>) throws -> MetadataArray {
    let range = position(of: elements.lowerBound)..<position(of: elements.upperBound)
    var bytes = [UInt8](repeating: 0, count: range.count)
    let start = offset + UInt64(range.lowerBound)
    try bytes.withUnsafeMutableBytes { try load(start, $0) }
    if elementType == .string {
      return try strings(bytes, at: start, count: elements.count, from: elements.lowerBound)
    }
    if elementType == .bool, let fault = bytes.firstIndex(where: { $0 > 1 }) {
      throw error(
        .boolean, at: start + UInt64(fault), found: "a boolean of \(bytes[fault])", expected: "0 or 1")
    }
    return MetadataArray(
      elementType: elementType, count: elements.count, payload: bytes, depth: 1, marks: [])
  }

  /// Walks over strings, the first of which is element `first`.
  private func strings(
    _ bytes: [UInt8], at start: UInt64, count: Int, from first: Int
  ) throws(ContainerError) -> MetadataArray {
    let context = ArrayWalk.Context(
      limits: limits, subject: subject, fileEnd: start + UInt64(bytes.count), report: nil)
    var walk = ArrayWalk(elementType: .string, count: count)
    let walked = try bytes.span.bytes.withUnsafeBytes { buffer throws(ContainerError) in
      try walk.advance(over: buffer, at: start, in: context)
    }
    let group = first / MetadataArray.markStride
    let expected = walk.marks.indices.lazy.map { self.marks[group + $0] - self.marks[group] }
    let wrong = zip(walk.marks, expected).first { $0 != $1 }?.1 ?? (walked == bytes.count ? nil : bytes.count)
    if let wrong {
      throw error(
        .arrayFit, at: start + UInt64(wrong), found: "no string that starts or ends here",
        expected: "strings between the marks of the index")
    }
    return MetadataArray(elementType: .string, count: count, payload: bytes, depth: 1, marks: walk.marks)
  }

  private func position(of index: Int) -> Int {
    if let stride = elementType.byteCount { return index * stride }
    return index == count ? byteCount : marks[index / MetadataArray.markStride]
  }

  private func error(
    _ rule: ContainerRule, at offset: UInt64, found: String, expected: String
  ) -> ContainerError {
    ContainerError(rule, at: offset, subject, found: found, expected: expected)
  }
}
