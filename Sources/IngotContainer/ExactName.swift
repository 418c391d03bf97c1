/// A name that is the same as another only if their UTF-8 bytes are.
///
/// Two `String`s are equal when they are canonically equivalent: "é" in one scalar and in two, or "K" and the
/// Kelvin sign. In a file those are different names, so dictionaries by name have keys of this type.
///
/// Specification: `spec/container.md`, clause C6.
package struct ExactName: Hashable, Sendable {
  /// The name as text.
  package let string: String

  /// Wraps a name.
  package init(_ string: String) {
    var contiguous = string
    contiguous.makeContiguousUTF8()
    self.string = contiguous
  }

  package static func == (left: Self, right: Self) -> Bool { left.string.hasSameBytes(as: right.string) }

  package func hash(into hasher: inout Hasher) { string.hashBytes(into: &hasher) }
}

extension String {
  /// Whether both have the same UTF-8 bytes.
  func hasSameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }

  /// Adds the UTF-8 bytes and their number to `hasher`.
  func hashBytes(into hasher: inout Hasher) {
    hasher.combine(utf8.count)
    var contiguous = self
    contiguous.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
