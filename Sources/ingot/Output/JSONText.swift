#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The machine-readable form of a result: sorted keys, so that equal results are equal texts.
enum JSONText {
  /// The JSON text of a value; numbers that JSON cannot state become the texts `NaN`, `Infinity` and `-Infinity`.
  static func of(_ value: some Encodable) throws -> String {
    String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Prints the JSON text of a value with a long list.
  static func print<Elements>(
    _ value: some Encodable, listing list: LongList<Elements>, as key: String
  ) throws {
    try write(value, listing: list, as: key) { Swift.print($0, terminator: "") }
    Swift.print()
  }

  /// Passes on the JSON text of a value piece by piece: the elements of its list need not fit into memory together.
  ///
  /// - Parameters:
  ///   - value: A structure that has the list as one of its members.
  ///   - list: The list.
  ///   - key: The name of that member.
  /// - Precondition: The value has such a member.
  static func write<Elements>(
    _ value: some Encodable, listing list: LongList<Elements>, as key: String,
    to body: (Substring) -> Void
  ) throws {
    let text = try of(value)
    // No text in JSON has an end of line: at this depth the name can only be that of the member.
    let opening = "\n  \"\(key)\" : ["
    guard let place = text.utf8.firstRange(of: opening.utf8) else {
      preconditionFailure("no list is called \(key)")
    }
    body(text[..<place.upperBound])
    let encoder = encoder
    var isFirst = true
    for element in list.elements {
      var bytes = Array((isFirst ? "" : ",").utf8)
      for line in try encoder.encode(element).split(
        separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      {
        bytes.append(UInt8(ascii: "\n"))
        // An empty line, such as that of an empty list, stays so.
        if !line.isEmpty { bytes += "    ".utf8 }
        bytes += line
      }
      body(Substring(decoding: bytes, as: UTF8.self))
      isFirst = false
    }
    // An empty list shows an empty line, which one with elements does not have.
    body(text[place.upperBound...].dropFirst(isFirst ? 0 : 1))
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return encoder
  }
}

/// A list that may be too long to be encoded at once: it is encoded as an empty one, and ``JSONText`` fills it.
struct LongList<Elements: RandomAccessCollection>: Encodable where Elements.Element: Encodable {
  let elements: Elements

  init(_ elements: Elements) { self.elements = elements }

  func encode(to encoder: any Encoder) throws { _ = encoder.unkeyedContainer() }
}
