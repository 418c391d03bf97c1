import IngotContainer
import IngotEncodings

/// The tensors of a checkpoint in their order, and the way from a name to its tensor.
///
/// It is compact: a tensor takes its name and some 60 bytes, 16 more where it has a view, and a ``CheckpointTensor`` is made when it is asked for.
public struct CheckpointTensors: Sendable {
  /// What is the same size for every tensor: 24 bytes.
  private struct Entry: Sendable {
    var offset: UInt64
    // The place of the first dimension has 48 bits, more than there is memory for.
    private let firstDimensionLow: UInt32
    var file: UInt32
    var type: ElementType
    /// The number of dimensions, or ``manyDimensions``.
    let dimensionCount: UInt8
    private let firstDimensionHigh: UInt16

    /// Stands where the number of dimensions does not fit: it is found before the first of them.
    static let manyDimensions = UInt8.max

    init(_ tensor: CheckpointTensor, firstDimension: Int) {
      offset = tensor.location.offset
      firstDimensionLow = UInt32(truncatingIfNeeded: firstDimension)
      file = UInt32(tensor.location.file)
      type = tensor.type
      dimensionCount = UInt8(exactly: tensor.shape.count) ?? Self.manyDimensions
      firstDimensionHigh = UInt16(firstDimension >> 32)
    }

    var firstDimension: Int { Int(firstDimensionHigh) << 32 | Int(firstDimensionLow) }
  }

  private var names = NameTable()
  private var entries: [Entry] = []
  /// The dimensions of each tensor, and after them the strides of its view, where these do not follow from them.
  private var dimensions: [Int] = []
  /// A view for each tensor up to the last that has one.
  private var views: [PackedView] = []

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
    let entry = Entry(tensor, firstDimension: dimensions.count)
    entries.append(entry)
    if entry.dimensionCount == Entry.manyDimensions { dimensions.append(tensor.shape.count) }
    dimensions += tensor.shape
    if let view = tensor.view {
      let areStridesStored = view.strides != TensorView.contiguousStrides(tensor.shape)
      if areStridesStored { dimensions += view.strides }
      setView(PackedView(view, areStridesStored: areStridesStored), at: count - 1)
    }
    return true
  }

  /// Whether there is a tensor of this name.
  package func contains(_ name: String) -> Bool { names.index(of: name) != nil }

  /// The place of the tensor of this name, compared byte by byte.
  package func index(of name: String) -> Int? { names.index(of: name) }

  /// The tensor of this name, compared byte by byte.
  package subscript(name: String) -> CheckpointTensor? { names.index(of: name).map { self[$0] } }

  /// Whether a tensor stands before another one: file by file, in each in the order of the bytes of their names.
  package func precedes(_ left: Int, _ right: Int) -> Bool {
    let (first, second) = (entries[left].file, entries[right].file)
    return first == second ? names.precedes(left, right) : first < second
  }

  /// The same tensors of the types that `type` gives those at each place: names and shapes are shared.
  ///
  /// - Precondition: The bytes of each tensor can be counted.
  package func retyped(
    keepingViews: Bool, _ type: (_ place: Int, _ type: ElementType) -> ElementType
  ) -> CheckpointTensors {
    var result = self
    if !keepingViews { result.views = [] }
    for place in indices {
      let new = type(place, entries[place].type)
      if new != entries[place].type { result.entries[place].type = new }
    }
    return result
  }

  /// Puts the tensors in the order of their locations, those without bytes before those that begin at the same place.
  ///
  /// Tensors that are alike in this keep their order.
  ///
  /// - Returns: For each place the place that its tensor had before; `nil` where all stay.
  @discardableResult
  mutating func sortByLocation() -> [Int]? {
    if indices.dropFirst().allSatisfy({ compare($0 - 1, $0) <= 0 }) { return nil }
    let order = indices.sorted {
      let difference = compare($0, $1)
      return difference < 0 || difference == 0 && $0 < $1
    }
    var sorted = NameTable()
    sorted.reserveCapacity(count)
    for index in order { sorted.append(names[index]) }
    names = sorted
    entries = order.map { entries[$0] }
    if !views.isEmpty { views = order.map { packedView(at: $0) } }
    return order
  }

  /// Compares two tensors by where their bytes begin and how many there are: below zero where `left` comes first.
  private func compare(_ left: Int, _ right: Int) -> Int {
    let (first, second) = (entries[left], entries[right])
    if first.file != second.file { return first.file < second.file ? -1 : 1 }
    if first.offset != second.offset { return first.offset < second.offset ? -1 : 1 }
    return (byteCount(at: left) - byteCount(at: right)).signum()
  }

  /// Gives a tensor a view of a storage in which its elements follow each other.
  ///
  /// - Precondition: It has no view, or one like it.
  mutating func setContiguousView(at position: Int, storage: Int, start: UInt64) {
    setView(PackedView(storage: storage, start: start), at: position)
  }

  private mutating func setView(_ view: PackedView, at position: Int) {
    while views.count <= position { views.append(.none) }
    views[position] = view
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
    let place = shape(at: position)
    let shape = Array(dimensions[place])
    return CheckpointTensor(
      name: names[position], shape: shape, type: entries[position].type,
      elementCount: elementCount(at: position), byteCount: byteCount(at: position),
      location: location(at: position),
      view: packedView(at: position).view(
        shape: shape, strides: dimensions[place.upperBound...].prefix(shape.count)))
  }

  /// Where the dimensions of a tensor are among all.
  private func shape(at position: Int) -> Range<Int> {
    let entry = entries[position]
    let first = entry.firstDimension
    if entry.dimensionCount < Entry.manyDimensions { return first..<first + Int(entry.dimensionCount) }
    return first + 1..<first + 1 + dimensions[first]
  }

  private func packedView(at position: Int) -> PackedView {
    position < views.count ? views[position] : .none
  }

  // Both were counted when the tensor was made.
  package func elementCount(at position: Int) -> Int { dimensions[shape(at: position)].reduce(1, *) }
  package func byteCount(at position: Int) -> Int {
    entries[position].type.byteCount(elements: elementCount(at: position)) ?? 0
  }

  /// The name of the tensor at a place.
  package func name(at position: Int) -> String { names[position] }

  /// What an element of the tensor at a place is.
  package func type(at position: Int) -> ElementType { entries[position].type }

  func location(at position: Int) -> CheckpointTensor.Location {
    CheckpointTensor.Location(file: Int(entries[position].file), offset: entries[position].offset)
  }
}
