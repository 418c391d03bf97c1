import OrderedCollections

/// The metadata of a file: values by key, in the order of the file.
///
/// Keys are compared byte by byte. A key may be any string here; what the format allows is checked when a
/// ``ContainerHeader`` is made.
///
/// Specification: `spec/container.md`, clauses C6 to C12.
public struct Metadata: Sendable {
  /// A value, and where it stands in the file that it was read from.
  struct Entry: Sendable {
    var value: MetadataValue
    var offset: UInt64?
  }

  private(set) var entries: OrderedDictionary<ExactName, Entry> = [:]

  /// Makes metadata without keys.
  public init() {}

  /// The value of `key`.
  ///
  /// Setting a new key appends it, setting a known one keeps its place, `nil` removes it.
  ///
  /// - Complexity: O(1); O(*n*) to remove.
  public subscript(key: String) -> MetadataValue? {
    get { entries[ExactName(key)]?.value }
    set {
      if let newValue {
        entries[ExactName(key)] = Entry(value: newValue)
      } else {
        entries.removeValue(forKey: ExactName(key))
      }
    }
  }

  /// The keys in order.
  public var keys: [String] { entries.keys.map(\.string) }

  /// Where the value of `key` stands in the file; `nil` if there is none, or it was set in memory.
  public func offset(of key: String) -> UInt64? { entries[ExactName(key)]?.offset }

  /// Reads all arrays that are in a file, and keeps them: ``MetadataArray/load()``.
  ///
  /// Whoever writes or compares metadata that was read does this first, and then meets no element that cannot be read.
  ///
  /// - Throws: what kept the first of them from being read.
  public func loadArrays() throws {
    for case .array(let array) in entries.values.lazy.map(\.value) { try array.load() }
  }

  /// Appends a value that was read at `offset`.
  ///
  /// - Precondition: the key is new.
  mutating func append(_ key: String, _ value: MetadataValue, at offset: UInt64) {
    entries.updateValue(
      Entry(value: value, offset: offset), forKey: ExactName(key), insertingAt: entries.count)
  }

  /// Whether `key` has a value.
  func contains(_ key: String) -> Bool { entries[ExactName(key)] != nil }
}

extension Metadata: RandomAccessCollection {
  /// A key and its value.
  public typealias Element = (key: String, value: MetadataValue)
  /// Zero.
  public var startIndex: Int { 0 }
  /// The number of keys.
  public var endIndex: Int { entries.count }

  /// The key and value at `position` in the order of the file.
  ///
  /// - Precondition: `position` is less than `count`.
  public subscript(position: Int) -> Element {
    let (key, entry) = entries.elements[position]
    return (key.string, entry.value)
  }
}

extension Metadata: Hashable {
  /// Whether both have the same keys and values in the same order.
  public static func == (left: Self, right: Self) -> Bool {
    left.entries.keys == right.entries.keys
      && left.entries.values.elementsEqual(right.entries.values) { $0.value == $1.value }
  }

  /// Hashes keys and values in order.
  public func hash(into hasher: inout Hasher) {
    for (key, entry) in entries {
      hasher.combine(key)
      hasher.combine(entry.value)
    }
  }
}

extension Metadata: ExpressibleByDictionaryLiteral {
  /// Makes metadata in the order of the literal.
  ///
  /// - Precondition: no key occurs twice.
  public init(dictionaryLiteral elements: (String, MetadataValue)...) {
    for (key, value) in elements {
      precondition(!contains(key), "duplicate key in a literal")
      self[key] = value
    }
  }
}

extension Metadata {
  /// The bytes of all entries in the file.
  var encodedByteCount: Int {
    entries.reduce(0) { $0 + 8 + $1.key.string.utf8.count + 4 + $1.value.value.encodedByteCount }
  }

  /// Appends the entry at a place as it stands in the file.
  func encode(entryAt position: Int, into bytes: inout [UInt8]) {
    let (key, value) = self[position]
    bytes.append(sized: key)
    bytes.append(littleEndian: value.type.rawValue)
    value.encode(into: &bytes)
  }

  /// Says where each value stands in a file in which the entries start at `offset`.
  mutating func locate(at offset: UInt64) {
    var offset = offset
    for index in entries.elements.indices {
      let (key, entry) = entries.elements[index]
      offset += 8 + UInt64(key.string.utf8.count) + 4
      entries.values[index].offset = offset
      offset += UInt64(entry.value.encodedByteCount)
    }
  }
}
