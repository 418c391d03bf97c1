import IngotArchitectures
import IngotCheckpoints
import IngotContainer

/// The keys of an architecture, as a family states them one after the other.
///
/// A key that is stated again keeps its place and gets the new value.
struct HyperparameterList {
  private let architecture: String
  private(set) var metadata = Metadata()
  private let configuration: ModelConfiguration

  init(_ architecture: String, _ configuration: ModelConfiguration) {
    self.architecture = architecture
    self.configuration = configuration
  }

  /// States a whole number.
  mutating func set(_ key: String, _ value: Int) throws(ConversionError) {
    guard let number = UInt32(exactly: value) else {
      throw configuration.fault(key, found: "\(value)", expected: "a number from 0 to \(UInt32.max)")
    }
    self[key] = .uint32(number)
  }

  /// States a whole number if there is one.
  mutating func set(_ key: String, _ value: Int?) throws(ConversionError) {
    if let value { try set(key, value) }
  }

  /// States a number in single precision, if there is one.
  mutating func set(_ key: String, _ value: Double?) {
    if let value { self[key] = .float32(Float(value)) }
  }

  /// States a truth value.
  mutating func set(_ key: String, _ value: Bool) { self[key] = .bool(value) }

  /// States a text.
  mutating func set(_ key: String, _ value: String) { self[key] = .string(value) }

  /// States truth values, one for each block.
  mutating func set(_ key: String, _ values: [Bool]) { self[key] = .array(MetadataArray(values)) }

  /// States texts.
  mutating func set(_ key: String, _ values: [String]) { self[key] = .array(MetadataArray(values)) }

  /// States numbers as signed integers.
  mutating func set(_ key: String, _ values: [Int32]) { self[key] = .array(MetadataArray(values)) }

  /// Takes a key back.
  mutating func remove(_ key: String) { self[key] = nil }

  /// Marks where the encoding of the file stands among the keys.
  mutating func setFileType() { metadata["general.file_type"] = .uint32(0) }

  private subscript(key: String) -> MetadataValue? {
    get { metadata["\(architecture).\(key)"] }
    set { metadata["\(architecture).\(key)"] = newValue }
  }
}
