/// Values of known types. Each getter gives `nil` where the key is absent, and throws `SCHEMA`, with the
/// offset of the value, where it is there with another type: a file that means something else by a key is
/// never mistaken for one that is silent.
extension Metadata {
  /// The text of `key`.
  public func string(_ key: String) throws(ContainerError) -> String? {
    try value(key, expected: "STRING") { if case .string(let text) = $0 { text } else { nil } }
  }

  /// The boolean of `key`.
  public func bool(_ key: String) throws(ContainerError) -> Bool? {
    try value(key, expected: "BOOL") { if case .bool(let flag) = $0 { flag } else { nil } }
  }

  /// The integer of `key`, of any integer type; one that does not fit `Int` is `SCHEMA` as well.
  public func integer(_ key: String) throws(ContainerError) -> Int? {
    try value(key, expected: "an integer that fits \(Int.bitWidth) bits", \.integer)
  }

  /// The float of `key`, of either float type.
  public func float(_ key: String) throws(ContainerError) -> Double? {
    try value(key, expected: "FLOAT32 or FLOAT64", \.float)
  }

  /// The array of `key`, of any element type; one that is in a file stays there.
  public func array(_ key: String) throws(ContainerError) -> MetadataArray? {
    try value(key, expected: "ARRAY") { if case .array(let array) = $0 { array } else { nil } }
  }

  /// The strings of `key`, decoded one at a time; an array that is in a file is read now, and kept.
  ///
  /// For a few elements of a large one, `array(_:)` and ``MetadataArray/element(at:)`` read less.
  public func strings(_ key: String) throws(ContainerError) -> MetadataArray.Strings? {
    try loaded(key, expected: "ARRAY of STRING") { $0.elements?.strings }
  }

  /// The numbers of `key`, whose elements must be of exactly the type of `Scalar`, loaded one at a
  /// time; an array that is in a file is read now, and kept.
  public func values<Scalar: MetadataScalar>(
    _ key: String, of type: Scalar.Type
  ) throws(ContainerError) -> MetadataArray.Values<Scalar>? {
    try loaded(key, expected: "ARRAY of \(type.metadataType.name)") { $0.elements?.values(of: type) }
  }

  /// The integers of `key`, whose elements may be of any integer type.
  ///
  /// - Complexity: O(*n*).
  public func integers(_ key: String) throws(ContainerError) -> [Int]? {
    try loaded(key, expected: "ARRAY of integers") { $0.elements?.integers }
  }

  /// The elements of an array, read now if the array is in a file.
  ///
  /// - Throws: the error of the array, or of its file as `TRUNCATED`: ``MetadataArray/load()`` throws that one as it is.
  private func loaded<Result>(
    _ key: String, expected: String, _ convert: (MetadataValue) -> Result?
  ) throws(ContainerError) -> Result? {
    do {
      try self[key]?.elements?.load()
    } catch let error as ContainerError {
      throw error
    } catch {
      throw ContainerError(
        .field, at: offset(of: key), .key(key), found: "\(error)", expected: "a readable array")
    }
    return try value(key, expected: expected, convert)
  }

  private func value<Result>(
    _ key: String, expected: String, _ convert: (MetadataValue) -> Result?
  ) throws(ContainerError) -> Result? {
    guard let value = self[key] else { return nil }
    if let result = convert(value) { return result }
    throw ContainerError(
      .askedType, at: offset(of: key), .key(key), found: value.typeName, expected: expected)
  }
}

extension MetadataValue {
  /// The array, if the value is one.
  fileprivate var elements: MetadataArray? { if case .array(let array) = self { array } else { nil } }

  /// The type in words, with that of the elements.
  fileprivate var typeName: String {
    elements.map { "ARRAY of \($0.elementType.name)" } ?? type.name
  }
}
