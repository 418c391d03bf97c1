/// Serialized as the name of the encoding, which people can read and edit.
extension Encoding: Codable {
  /// Reads a name, in upper or lower case.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let encoding = Encoding(name: name) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\"\(name)\" is not an encoding")
    }
    self = encoding
  }

  /// Writes ``name``.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
