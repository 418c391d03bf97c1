/// Why a text is not the JSON that is asked for.
package struct JSONError: Error, Sendable, Hashable {
  /// The kind of failure.
  package enum Code: Sendable {
    /// Not JSON.
    case syntax
    /// JSON of another form than the reader of the text requires.
    case form
    /// Arrays and objects are nested deeper than the limit.
    case nesting
    /// A string that is not UTF-8.
    case utf8
    /// A string or number that is longer than the limit.
    case limit
  }

  /// The kind of failure.
  package let code: Code
  /// Where the offending byte or token begins.
  package let offset: UInt64
  /// What stands there.
  package let found: String
  /// What should stand there.
  package let expected: String

  package init(_ code: Code = .syntax, at offset: UInt64, found: String, expected: String) {
    self.code = code
    self.offset = offset
    self.found = found
    self.expected = expected
  }
}

extension JSONError {
  /// The name of a byte in a message.
  static func describe(_ byte: UInt8?) -> String {
    switch byte {
    case nil: "the end of the text"
    case .some(0x21...0x7E): "`\(Character(UnicodeScalar(byte ?? 0)))`"
    case .some(let byte): "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
  }
}
