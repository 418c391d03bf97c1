/// Texts in order, their bytes one after another: 8 bytes for each beside its own, and no allocation.
package struct TextList: Sendable, Hashable {
  private var bytes: [UInt8] = []
  /// Where each text ends among the bytes.
  private var ends: [Int] = []

  /// Makes an empty list.
  package init() {}

  /// The number of texts.
  package var count: Int { ends.count }

  /// Makes room for the ends of `count` texts.
  package mutating func reserveCapacity(_ count: Int) { ends.reserveCapacity(count) }

  /// Appends a text.
  package mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    ends.append(bytes.count)
  }

  /// The text at a place.
  ///
  /// - Precondition: `index` is less than `count`.
  /// - Complexity: O(*n*) in the bytes of the text.
  package subscript(index: Int) -> String {
    withBytes(at: index) { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether the bytes of one text come before those of another, as bytes are compared.
  ///
  /// - Precondition: Both places are less than `count`.
  package func precedes(_ left: Int, _ right: Int) -> Bool {
    withBytes(at: left) { first in withBytes(at: right) { first.lexicographicallyPrecedes($0) } }
  }

  /// The UTF-8 bytes of the text at a place.
  package func byteCount(at index: Int) -> Int { range(at: index).count }

  /// Lends the UTF-8 bytes of the text at a place.
  package func withBytes<Result>(at index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let range = range(at: index)
    return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  private func range(at index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }
}
