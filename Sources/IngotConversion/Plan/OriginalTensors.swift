import IngotCheckpoints
import IngotContainer

/// What the container could not say of the checkpoint's tensors, kept so that an export can undo it.
///
/// Stored as four arrays of strings of one length, an element for each tensor whose name, shape or type had to change.
///
/// Specification: `spec/metadata.md`, clause M4.
public struct OriginalTensors: Sendable, Hashable {
  /// A tensor that had to change.
  public struct Entry: Sendable, Hashable {
    /// The name in the container.
    public let stored: String
    /// The name in the checkpoint.
    public let name: String
    /// The element type in the checkpoint.
    public let type: String
    /// The shape in the checkpoint, slowest dimension first.
    public let shape: [Int]

    /// The numbers that an element is: 2 for a complex one, else 1.
    var valuesPerElement: Int { ElementType(name: type)?.valuesPerElement ?? 1 }
  }

  /// The tensors that had to change, in the order of the container.
  public private(set) var entries: [Entry] = []

  /// Starts without any.
  public init() {}

  mutating func append(_ entry: Entry) { entries.append(entry) }

  static let storedKey = "ingot.original.stored"
  static let nameKey = "ingot.original.names"
  static let typeKey = "ingot.original.types"
  static let shapeKey = "ingot.original.shapes"

  /// Reads what a container says; arrays that do not belong together, as another tool may leave them, count as none.
  public init(_ metadata: Metadata) {
    let columns = [Self.storedKey, Self.nameKey, Self.typeKey, Self.shapeKey].map { key -> [String] in
      guard case .array(let array)? = metadata[key] else { return [] }
      return array.strings.map(Array.init) ?? []
    }
    guard Set(columns.map(\.count)).count == 1 else { return }
    for index in columns[0].indices {
      guard let shape = Self.shape(columns[3][index]) else { continue }
      entries.append(
        Entry(stored: columns[0][index], name: columns[1][index], type: columns[2][index], shape: shape))
    }
  }

  /// Adds the arrays to the metadata of a container, or nothing where no tensor had to change.
  func write(to metadata: inout Metadata) {
    guard !entries.isEmpty else { return }
    metadata[Self.storedKey] = .array(MetadataArray(entries.map(\.stored)))
    metadata[Self.nameKey] = .array(MetadataArray(entries.map(\.name)))
    metadata[Self.typeKey] = .array(MetadataArray(entries.map(\.type)))
    metadata[Self.shapeKey] = .array(MetadataArray(entries.map { Self.text($0.shape) }))
  }

  /// A shape as text: `[2,3,4]`, and `[]` for none.
  static func text(_ shape: [Int]) -> String {
    "[" + shape.map(String.init).joined(separator: ",") + "]"
  }

  /// The shape that the text states, or `nil`.
  static func shape(_ text: String) -> [Int]? {
    guard text.hasPrefix("["), text.hasSuffix("]") else { return nil }
    let inside = text.dropFirst().dropLast()
    guard !inside.isEmpty else { return [] }
    var shape: [Int] = []
    for part in inside.split(separator: ",", omittingEmptySubsequences: false) {
      guard let dimension = Int(part), dimension >= 0 else { return nil }
      shape.append(dimension)
    }
    return shape
  }
}
