import IngotCheckpoints
import IngotContainer
import IngotEncodings

/// Tensors that a family makes of those of a checkpoint, in order.
///
/// It is compact, since a model may have tens of thousands of them: what is made of one tensor takes its name and some 25 bytes, and a
/// ``DerivedTensor`` is made when it is asked for.
struct DerivedTensors: Sendable {
  /// What many tensors that are made of one have in common.
  private struct Kind: Sendable, Hashable {
    enum Form: Sendable, Hashable {
      case rows(RowOrder)
      case elements(RowOrder)
      case transposed(RowOrder)
      case sum(Float)
    }

    let form: Form
    /// `nil` where it is that of the source, as the type.
    let shape: [Int]?
    let type: ElementType?
    let change: String?
  }

  private struct Entry: Sendable {
    /// The place of the source in the checkpoint, or of the whole description among all.
    let place: UInt32
    let kind: UInt32

    /// Stands where a tensor is described as a whole.
    static let whole = UInt32.max
    /// From here on the kind is a stack, counted from here, and the place a number in it.
    static let stacks = UInt32(1) << 31
  }

  private let table: CheckpointTensors
  private var entries: [Entry] = []
  /// The names in the output; nothing where a tensor is described as a whole or is one of a stack.
  private var names = TextList()
  /// What reports call them; nothing where it is the name of the source.
  private var labels = TextList()
  private var kinds: [Kind] = []
  private var places: [Kind: UInt32] = [:]
  private var wholes: [DerivedTensor] = []
  private var stacks: [UnstackedTensor] = []

  /// None yet, of a checkpoint with these tensors.
  init(of table: CheckpointTensors) { self.table = table }

  /// Tensors of a checkpoint with the tensors `table`.
  init(_ tensors: some Sequence<DerivedTensor>, of table: CheckpointTensors) {
    self.init(of: table)
    for tensor in tensors { append(tensor) }
  }

  /// Appends a tensor.
  mutating func append(_ tensor: DerivedTensor) {
    guard let (form, source) = Self.form(of: tensor.origin), let place = place(of: source),
      !tensor.label.isEmpty
    else {
      append(Entry(place: UInt32(wholes.count), kind: Entry.whole), "", "")
      wholes.append(tensor)
      return
    }
    let kind = Kind(
      form: form, shape: tensor.shape == source.shape ? nil : tensor.shape,
      type: tensor.type == source.type ? nil : tensor.type, change: tensor.change)
    let number = places[kind] ?? UInt32(kinds.count)
    if Int(number) == kinds.count {
      places[kind] = number
      kinds.append(kind)
    }
    let isSource = tensor.label.utf8.elementsEqual(source.name.utf8)
    append(Entry(place: place, kind: number), tensor.name, isSource ? "" : tensor.label)
  }

  /// Appends all tensors that are made of one.
  mutating func append(_ stack: UnstackedTensor) {
    for number in 0..<UInt32(stack.count) {
      append(Entry(place: number, kind: Entry.stacks + UInt32(stacks.count)), "", "")
    }
    stacks.append(stack)
  }

  private mutating func append(_ entry: Entry, _ name: String, _ label: String) {
    entries.append(entry)
    names.append(name)
    labels.append(label)
  }

  /// Puts the tensors from one on in another order.
  ///
  /// - Parameter order: The places that they have, in the order in which they are wanted.
  mutating func reorder(_ order: [Int], from first: Int) {
    let (oldEntries, oldNames, oldLabels) = (entries, names, labels)
    (entries, names, labels) = ([], TextList(), TextList())
    entries.reserveCapacity(oldEntries.count)
    for position in 0..<first { append(oldEntries[position], oldNames[position], oldLabels[position]) }
    for position in order {
      append(oldEntries[position], oldNames[position], oldLabels[position])
    }
  }

  /// What one tensor becomes another by; `nil` where there are several, or none.
  private static func form(of origin: DerivedTensor.Origin) -> (Kind.Form, CheckpointTensor)? {
    switch origin {
    case .rows(let sources, let order) where sources.count == 1: (.rows(order), sources[0])
    case .elements(let sources, let order) where sources.count == 1: (.elements(order), sources[0])
    case .transposed(let sources, let order) where sources.count == 1: (.transposed(order), sources[0])
    case .sum(let source, let number): (.sum(number), source)
    default: nil
    }
  }

  /// Where a tensor is in the checkpoint; `nil` for one of another.
  private func place(of tensor: CheckpointTensor) -> UInt32? {
    guard let place = table.index(of: tensor.name) else { return nil }
    let known = table[place]
    guard known.shape == tensor.shape, known.type == tensor.type, known.location == tensor.location else {
      return nil
    }
    return UInt32(place)
  }
}

extension DerivedTensors: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { entries.count }

  subscript(position: Int) -> DerivedTensor {
    let entry = entries[position]
    if entry.kind == Entry.whole { return wholes[Int(entry.place)] }
    if let stack = stack(of: entry) { return stack[Int(entry.place)] }
    let (kind, source) = (kinds[Int(entry.kind)], table[Int(entry.place)])
    let origin: DerivedTensor.Origin =
      switch kind.form {
      case .rows(let order): .rows([source], order)
      case .elements(let order): .elements([source], order)
      case .transposed(let order): .transposed([source], order)
      case .sum(let number): .sum(source, number)
      }
    let label = labels[position]
    return DerivedTensor(
      label: label.isEmpty ? source.name : label, name: names[position], shape: kind.shape ?? source.shape,
      type: kind.type ?? source.type, origin: origin, change: kind.change)
  }

  /// The name in the output of the tensor at a place.
  func name(at position: Int) -> String {
    let entry = entries[position]
    if entry.kind == Entry.whole { return wholes[Int(entry.place)].name }
    return stack(of: entry)?.name(at: Int(entry.place)) ?? names[position]
  }

  /// The dimensions of the tensor at a place, slowest first.
  func shape(at position: Int) -> [Int] {
    let entry = entries[position]
    if entry.kind == Entry.whole { return wholes[Int(entry.place)].shape }
    return stack(of: entry)?.shape ?? kinds[Int(entry.kind)].shape ?? table[Int(entry.place)].shape
  }

  /// The stack that a tensor is one of.
  private func stack(of entry: Entry) -> UnstackedTensor? {
    entry.kind >= Entry.stacks && entry.kind != Entry.whole ? stacks[Int(entry.kind - Entry.stacks)] : nil
  }
}
