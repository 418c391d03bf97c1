/// Arrays of a header that stay in its file until somebody asks for their elements.
///
/// Either they were walked, and are valid in the file as it was then; or they are passed over, by an index that is trusted. The
/// index decides nothing but how far to skip: key, element type and count are those of the file. What is read later is checked
/// as if it had been read at once, either way, for a file can change.
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

  /// Arrays with fewer bytes are kept in memory.
  static let smallestByteCount = 4096

  let entries: [UInt64: Entry]
  package let load: Load

  /// The arrays of a file that is read through `load`.
  ///
  /// - Parameters:
  ///   - entries: Those that are passed over, by the offset of their first element.
  ///   - load: Gives the bytes of the file.
  package init(_ entries: [UInt64: Entry] = [:], load: @escaping Load) {
    self.entries = entries
    self.load = load
  }

  /// The array whose elements start at `offset`, if it need not be looked at: the index has one that its head allows, or any
  /// bytes would be valid.
  func unwalked(_ head: ArrayHead, at offset: UInt64, in context: ArrayWalk.Context) -> MetadataArray? {
    let entry = entries[offset]
    guard let stride = head.elementType.byteCount else {
      guard let entry, head.elementType == .string, Self.isPossible(entry, count: head.count) else {
        return nil
      }
      return array(
        head, at: offset, byteCount: entry.byteCount, marks: .indexed(entry.marks), in: context)
    }
    // An announced count has been compared with what remains, so the product fits.
    let byteCount = head.count * stride
    let isIndexed = entry.map { $0.marks.isEmpty && $0.byteCount == byteCount } ?? false
    guard byteCount >= Self.smallestByteCount, isIndexed || head.elementType != .bool else { return nil }
    return array(head, at: offset, byteCount: byteCount, marks: .indexed([]), in: context)
  }

  /// An array that stays in the file; of strings, one that was walked or whose marks are possible.
  func array(
    _ head: ArrayHead, at offset: UInt64, byteCount: Int, marks: ElementMarks, in context: ArrayWalk.Context
  ) -> MetadataArray {
    let payload = DeferredPayload(
      elementType: head.elementType, count: head.count, offset: offset, byteCount: byteCount, marks: marks,
      limits: context.limits, subject: context.subject, load: load)
    return MetadataArray(
      elementType: head.elementType, count: head.count, payload: .deferred(payload), depth: 1, marks: [])
  }

  /// Whether strings can start where the marks say: each takes eight bytes or more.
  private static func isPossible(_ entry: Entry, count: Int) -> Bool {
    let (stride, size) = (MetadataArray.markStride, MetadataType.string.smallestByteCount)
    guard count > 0, entry.marks.count == (count + stride - 1) / stride, entry.marks.first == 0 else {
      return false
    }
    // Of the last group there may be fewer.
    let rest = count - (entry.marks.count - 1) * stride
    return Self.areApart(entry.marks, by: UInt32(stride * size))
      && Int(entry.marks.last ?? 0) <= entry.byteCount - rest * size
  }

  /// Whether each mark is larger than the one before by `distance` or more.
  package static func areApart(_ marks: [UInt32], by distance: UInt32) -> Bool {
    // Without branches, for there are many.
    var faults: UInt32 = 0
    for index in marks.indices.dropFirst() {
      let (last, next) = (marks[index - 1], marks[index])
      faults |= (next <= last ? 1 : 0) | (next &- last < distance ? 1 : 0)
    }
    return faults == 0
  }
}
