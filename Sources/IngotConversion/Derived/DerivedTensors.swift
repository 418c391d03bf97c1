import IngotCheckpoints
import IngotEncodings

/// Derived tensors in order.
///
/// It is compact where many are made of one tensor, such as the experts of a block: these are described when they are asked for.
struct DerivedTensors: Sendable {
  private enum Part: Sendable {
    case tensor(DerivedTensor)
    case unstacked(UnstackedTensor)

    var count: Int {
      switch self {
      case .tensor: 1
      case .unstacked(let stack): stack.count
      }
    }
  }

  private var parts: [Part] = []
  /// How many tensors stand before each part, and in all.
  private var starts = [0]

  init() {}

  init(_ tensors: [DerivedTensor]) {
    parts.reserveCapacity(tensors.count)
    for tensor in tensors { append(tensor) }
  }

  mutating func append(_ tensor: DerivedTensor) { append(.tensor(tensor)) }

  /// Appends all tensors that are made of one.
  mutating func append(_ stack: UnstackedTensor) { append(.unstacked(stack)) }

  private mutating func append(_ part: Part) {
    starts.append(count + part.count)
    parts.append(part)
  }

  /// The part that a tensor belongs to, and its number there.
  private func place(of index: Int) -> (part: Int, number: Int) {
    // The last part that starts at or before it: what is empty starts where the next one does.
    var (low, high) = (0, parts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= index { low = middle } else { high = middle }
    }
    return (low, index - starts[low])
  }

  /// The name in the output of the tensor at a place.
  func name(at index: Int) -> String {
    let (part, number) = place(of: index)
    switch parts[part] {
    case .tensor(let tensor): return tensor.name
    case .unstacked(let stack): return stack.name(at: number)
    }
  }

  /// The dimensions of the tensor at a place, slowest first.
  func shape(at index: Int) -> [Int] {
    switch parts[place(of: index).part] {
    case .tensor(let tensor): tensor.shape
    case .unstacked(let stack): stack.shape
    }
  }
}

extension DerivedTensors: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { starts[parts.count] }

  /// The tensor at a place, described anew where it is one of many.
  subscript(index: Int) -> DerivedTensor {
    precondition(index >= 0 && index < count, "no such tensor")
    let (part, number) = place(of: index)
    switch parts[part] {
    case .tensor(let tensor): return tensor
    case .unstacked(let stack): return stack[number]
    }
  }
}

/// A tensor that becomes one for each number of its first dimension.
struct UnstackedTensor: Sendable {
  /// In a list, which all that are made of it share.
  private let sources: [CheckpointTensor]
  /// What stands before, between and after the numbers in the name of each.
  private let nameParts: [String]
  /// How many it becomes.
  let count: Int
  /// The dimensions of each, slowest first.
  let shape: [Int]
  /// The rows of each; of a list each value counts as one.
  private let rowCount: Int

  /// - Parameters:
  ///   - tensor: What is stacked.
  ///   - pattern: The name of each with `{expert}` for its number.
  /// - Returns: `nil` where the rows of all cannot be counted.
  /// - Precondition: The tensor has at least two dimensions.
  init?(_ tensor: CheckpointTensor, named pattern: String) {
    precondition(tensor.shape.count > 1, "nothing is stacked")
    sources = [tensor]
    nameParts = pattern.split(separator: "{expert}", omittingEmptySubsequences: false).map(String.init)
    count = tensor.shape[0]
    shape = Array(tensor.shape.dropFirst())
    guard let size = shape.count == 1 ? shape[0] : Checked.product(of: shape.dropLast()),
      Checked.product(count, size) != nil
    else { return nil }
    rowCount = size
  }

  /// The name in the output of one of them.
  func name(at number: Int) -> String { nameParts.joined(separator: "\(number)") }

  /// The tensor of a number.
  subscript(number: Int) -> DerivedTensor {
    let order = RowOrder.groups(
      source: count * rowCount, offset: number * rowCount, stride: 1, count: rowCount)
    return DerivedTensor(
      label: "\(sources[0].name)[\(number)]", name: name(at: number), shape: shape, type: sources[0].type,
      origin: shape.count == 1 ? .elements(sources, order) : .rows(sources, order),
      change: "number \(number + 1) of \(count)")
  }
}
