import IngotContainer
import IngotEncodings

/// The tensors of a checkpoint in their order, and the way from a name to its tensor.
///
/// It is compact: a tensor takes its name and some 60 bytes, and a ``CheckpointTensor`` is made when it is asked for.
public struct CheckpointTensors: Sendable {
  private struct Entry: Sendable {
    var offset: UInt64
    var firstDimension: Int
    var file: UInt32
    var dimensionCount: UInt32
    var type: ElementType
  }

  private var names = NameTable()
  private var entries: [Entry] = []
  private var dimensions: [Int] = []
  /// The views, of tensors that have one.
  private var views: [Int: TensorView] = [:]

  /// Makes an empty table.
  package init() {}

  /// Makes room for `count` tensors.
  package mutating func reserveCapacity(_ count: Int) {
    entries.reserveCapacity(count)
    names.reserveCapacity(count)
  }

  /// Appends a tensor whose name is new.
  ///
  /// - Returns: Whether it was new; nothing is appended if not.
  package mutating func append(_ tensor: CheckpointTensor) -> Bool {
    guard names.index(of: tensor.name) == nil else { return false }
    names.append(tensor.name)
    entries.append(
      Entry(
        offset: tensor.location.offset, firstDimension: dimensions.count,
        file: UInt32(tensor.location.file), dimensionCount: UInt32(tensor.shape.count), type: tensor.type))
    dimensions += tensor.shape
    views[count - 1] = tensor.view
    return true
  }

  /// Whether there is a tensor of this name.
  package func contains(_ name: String) -> Bool { names.index(of: name) != nil }

  /// The place of the tensor of this name, compared byte by byte.
  package func index(of name: String) -> Int? { names.index(of: name) }

  /// The tensor of this name, compared byte by byte.
  package subscript(name: String) -> CheckpointTensor? { names.index(of: name).map { self[$0] } }

  /// Puts the tensors in the order of their locations, those without bytes before those that begin at the same place.
  ///
  /// Tensors that are alike in this keep their order.
  mutating func sortByLocation() {
    let keys = indices.map { (entries[$0].offset, byteCount(at: $0)) }
    if zip(keys, keys.dropFirst()).allSatisfy({ $0 <= $1 }) { return }
    let order = indices.sorted { (keys[$0].0, keys[$0].1, $0) < (keys[$1].0, keys[$1].1, $1) }
    var sorted = NameTable()
    sorted.reserveCapacity(count)
    for index in order { sorted.append(names[index]) }
    names = sorted
    entries = order.map { entries[$0] }
    if !views.isEmpty {
      views = Dictionary(
        uniqueKeysWithValues: order.enumerated().compactMap { new, old in views[old].map { (new, $0) } })
    }
  }

  /// Changes where each tensor's bytes are.
  mutating func updateLocations(_ update: (inout CheckpointTensor.Location) -> Void) {
    for index in entries.indices {
      var location = location(at: index)
      update(&location)
      entries[index].file = UInt32(location.file)
      entries[index].offset = location.offset
    }
  }
}

extension CheckpointTensors: RandomAccessCollection {
  /// Zero.
  public var startIndex: Int { 0 }
  /// The number of tensors.
  public var endIndex: Int { entries.count }

  /// The tensor at a place.
  ///
  /// - Precondition: `position` is less than `count`.
  /// - Complexity: O(*n*) in the bytes of the name.
  public subscript(position: Int) -> CheckpointTensor {
    let elementCount = elementCount(at: position)
    return CheckpointTensor(
      name: names[position], shape: Array(shape(at: position)), type: entries[position].type,
      elementCount: elementCount, byteCount: byteCount(at: position), location: location(at: position),
      view: views[position])
  }

  private func shape(at position: Int) -> ArraySlice<Int> {
    let first = entries[position].firstDimension
    return dimensions[first..<first + Int(entries[position].dimensionCount)]
  }

  // Both were counted when the tensor was made.
  private func elementCount(at position: Int) -> Int { shape(at: position).reduce(1, *) }
  private func byteCount(at position: Int) -> Int {
    entries[position].type.byteCount(elements: elementCount(at: position)) ?? 0
  }

  private func location(at position: Int) -> CheckpointTensor.Location {
    CheckpointTensor.Location(file: Int(entries[position].file), offset: entries[position].offset)
  }
}
