/// Arrays of a header that are passed over, by an index that is trusted, and read when they are asked for.
///
/// The index decides nothing but how far to skip: key, element type and count are those of the file, and what is read
/// later is checked as if it had been read at once.
package struct DeferredArrays: Sendable {
  /// Where the elements of an array are.
  package struct Entry: Sendable {
    /// The bytes of the elements.
    package let byteCount: Int
    /// Of strings, where the elements 0, 64, 128, … start.
    package let marks: [UInt32]

    /// Makes an entry.
    package init(byteCount: Int, marks: [UInt32]) {
      self.byteCount = byteCount
      self.marks = marks
    }
  }

  /// Fills the buffer with the bytes of the file from the offset on, or throws; called from any thread.
  package typealias Load =
    @Sendable (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void

  let entries: [UInt64: Entry]
  let load: Load

  /// Arrays by the offset of their first element.
  package init(_ entries: [UInt64: Entry], load: @escaping Load) {
    self.entries = entries
    self.load = load
  }

  /// The array whose elements start at `offset`, if the index has one that its head allows; else it is read at once.
  func array(_ head: ArrayHead, at offset: UInt64, in context: ArrayWalk.Context) -> MetadataArray? {
    guard let entry = entries[offset], entry.byteCount >= 0 else { return nil }
    if let stride = head.elementType.byteCount {
      guard entry.marks.isEmpty, head.count * stride == entry.byteCount else { return nil }
    } else {
      guard head.elementType == .string, Self.isPossible(entry, count: head.count) else { return nil }
    }
    let payload = DeferredPayload(
      elementType: head.elementType, count: head.count, offset: offset, entry: entry, limits: context.limits,
      subject: context.subject, load: load)
    return MetadataArray(
      elementType: head.elementType, count: head.count, payload: .deferred(payload), depth: 1, marks: [])
  }

  /// Whether strings can start where the marks say: each takes eight bytes or more.
  private static func isPossible(_ entry: Entry, count: Int) -> Bool {
    let stride = MetadataArray.markStride
    guard count > 0, entry.marks.count == (count + stride - 1) / stride, entry.marks.first == 0 else {
      return false
    }
    var end = entry.byteCount
    for (index, mark) in entry.marks.enumerated().reversed() {
      let strings = min(stride, count - index * stride)
      guard Int(mark) <= end - 8 * strings else { return false }
      end = Int(mark)
    }
    return true
  }
}
