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
  public private(set) var entries = Entries()

  /// What an earlier conversion changed, and the names in the container that is now the source.
  private var earlier = Entries()
  private var earlierNames = NameTable()
  private let isContainer: Bool
  /// Whether there is anything to write that the source does not say already, word for word.
  private var isNew = false

  /// Starts a record for the conversion of a checkpoint, which may be a container with a record of its own.
  init(earlierIn checkpoint: any Checkpoint) {
    isContainer = checkpoint.format == .gguf
    guard isContainer else { return }
    earlier = OriginalTensors(checkpoint.metadata).entries
    for entry in earlier { earlierNames.append(entry.stored) }
  }

  /// Notes a tensor that has to change; of one that an earlier conversion changed, what it was at first.
  mutating func note(_ tensor: CheckpointTensor, as planned: PlannedTensor) {
    let isRenamed = planned.name != tensor.name
    if let place = earlierNames.index(of: tensor.name) {
      let first = earlier[place]
      isNew = isNew || isRenamed
      entries.append(Entry(stored: planned.name, name: first.name, type: first.type, shape: first.shape))
    } else if isRenamed || planned.dimensions != tensor.shape.reversed() || !tensor.type.isEncoding
      || !isContainer && Self.isKeptWider(tensor, planned)
    {
      isNew = true
      entries.append(
        Entry(stored: planned.name, name: tensor.name, type: tensor.type.name, shape: tensor.shape))
    }
  }

  /// Whether it is in single precision since it is small or readers want it so, not since anyone asked for that.
  private static func isKeptWider(_ tensor: CheckpointTensor, _ planned: PlannedTensor) -> Bool {
    guard tensor.type == .float16 || tensor.type == .bfloat16, planned.encoding == .f32 else { return false }
    return [.oneDimension, .norm, .reader].contains(planned.reason.code)
  }

  static let storedKey = "ingot.original.stored"
  static let nameKey = "ingot.original.names"
  static let typeKey = "ingot.original.types"
  static let shapeKey = "ingot.original.shapes"

  /// Reads what a container says; arrays that do not belong together, as another tool may leave them, count as none.
  public init(_ metadata: Metadata) {
    isContainer = true
    let columns = [Self.storedKey, Self.nameKey, Self.typeKey, Self.shapeKey].compactMap {
      key -> MetadataArray.Strings? in
      guard case .array(let array)? = metadata[key] else { return nil }
      return array.strings
    }
    guard columns.count == 4, Set(columns.map(\.count)).count == 1,
      columns[0].count <= NameTable.largestCount
    else { return }
    for (names, (type, shape)) in zip(zip(columns[0], columns[1]), zip(columns[2], columns[3])) {
      guard let shape = Self.shape(shape) else { continue }
      entries.append(Entry(stored: names.0, name: names.1, type: type, shape: shape))
    }
  }

  /// Adds the arrays to the metadata of a container, unless no tensor had to change now.
  func write(to metadata: inout Metadata) {
    guard isNew else { return }
    metadata[Self.storedKey] = .array(MetadataArray(entries.lazy.map(\.stored)))
    metadata[Self.nameKey] = .array(MetadataArray(entries.lazy.map(\.name)))
    metadata[Self.typeKey] = .array(MetadataArray(entries.lazy.map(\.type)))
    metadata[Self.shapeKey] = .array(MetadataArray(entries.lazy.map { Self.text($0.shape) }))
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
