import IngotEncodings

/// What a pickle has made.
///
/// Most of it are arguments of calls, which nothing refers to once they were carried out: such containers are taken out
/// now and then.
struct PickleArena: Sendable {
  /// How many values are made before the first sweep.
  private static let sweepingDistance = 1 << 14

  /// Where the pickle is, which has the texts.
  let source: PickleSource
  private(set) var storages: [PickleStorage] = []
  /// Of storages that are parts of others, which elements.
  private(set) var parts: [Int32: Range<Int>] = [:]
  private(set) var tensors: [PickleTensor] = []
  /// The shapes and strides of tensors.
  private var numbers: [Int] = []
  /// In a survey the classes of tensors where they are unknown ones.
  private(set) var unknownClasses: [Int32: String] = [:]
  /// The names that the table does not know, in a survey.
  var unknown = UnknownNames()
  /// What the pickle may cost.
  let allowance: PickleAllowance
  private var nodes: [PickleNode] = []
  /// The places of `nodes` that are free.
  private var free: [Int32] = []
  /// How many values were made since the last sweep, and how many that kept.
  private var madeCount = 0
  private var keptCount = 0

  init(_ source: PickleSource, allowance: PickleAllowance) {
    self.source = source
    self.allowance = allowance
  }
}

// Containers.
extension PickleArena {
  /// The most containers that were held at once.
  var nodeCount: Int { nodes.count }

  /// The node that a value is, if it is one.
  func node(_ value: PickleValue) -> PickleNode? {
    if case .node(let index) = value { nodes[Int(index)] } else { nil }
  }

  /// The node at a place that a value names.
  subscript(node index: Int32) -> PickleNode { nodes[Int(index)] }

  /// Whether a value is an unknown name, or what one made.
  func isUnknown(_ value: PickleValue) -> Bool {
    switch value {
    case .unknown: true
    case .node(let index):
      switch nodes[Int(index)].kind {
      case .instance, .instanceList, .instanceDictionary: true
      case .tuple, .list, .dictionary, .set, .object, .opaque: false
      }
    default: false
    }
  }

  /// Makes a container.
  mutating func makeNode(_ kind: PickleNode.Kind, _ items: [PickleValue], at offset: Int) -> PickleValue {
    madeCount += items.count + 1
    let node = PickleNode(kind: kind, items: items, offset: offset)
    if let place = free.popLast() {
      nodes[Int(place)] = node
      return .node(place)
    }
    nodes.append(node)
    return .node(Int32(nodes.count - 1))
  }

  /// Adds items to a container.
  mutating func append(_ items: [PickleValue], to index: Int32) {
    madeCount += items.count
    nodes[Int(index)].items += items
  }

  /// Drops all containers: the values that name them name nothing any more.
  mutating func removeNodes() { (nodes, free) = ([], []) }

  /// Changes what a container is.
  mutating func change(_ index: Int32, to kind: PickleNode.Kind) { nodes[Int(index)].kind = kind }

  /// Whether so much was made that a sweep is worth its cost, which stays in proportion to all that is made.
  var isSweepDue: Bool { madeCount > Self.sweepingDistance + keptCount / 4 }

  /// Takes out the containers that can not be reached from `roots`.
  ///
  /// - Complexity: O(*n*) in all that is held.
  mutating func sweep(keeping roots: some Sequence<PickleValue>) {
    var isReached = [Bool](repeating: false, count: nodes.count)
    var reached: [Int32] = []
    func reach(_ value: PickleValue) {
      guard case .node(let index) = value, !isReached[Int(index)] else { return }
      isReached[Int(index)] = true
      reached.append(index)
    }
    for root in roots { reach(root) }
    (madeCount, keptCount) = (0, 0)
    while let index = reached.popLast() {
      let items = nodes[Int(index)].items
      keptCount += items.count + 1
      for item in items { reach(item) }
    }
    free.removeAll(keepingCapacity: true)
    for (index, isReached) in isReached.enumerated() where !isReached {
      nodes[index].items = []
      free.append(Int32(index))
    }
  }
}

// Storages and tensors.
extension PickleArena {
  /// Adds a storage.
  ///
  /// - Parameter part: The part of a root storage that this is, in elements.
  mutating func append(_ storage: PickleStorage, part: Range<Int>?) -> PickleValue {
    let index = Int32(storages.count)
    storages.append(storage)
    parts[index] = part
    return .storage(index)
  }

  /// Adds a tensor.
  mutating func appendTensor(
    of storage: Int32, at start: Int, shape: [Int], strides: [Int], type: StorageType,
    pending: PickleTensor.Operation?, offset: Int
  ) -> PickleValue {
    let areFollowing = Self.areContiguous(strides, shape)
    tensors.append(
      PickleTensor(
        start: start, firstNumber: Int32(numbers.count), dimensionCount: Int32(shape.count),
        strideCount: areFollowing ? -1 : Int32(strides.count), storage: storage, offset: Int32(offset),
        type: type, pending: pending))
    numbers += shape
    if !areFollowing { numbers += strides }
    return .tensor(Int32(tensors.count - 1))
  }

  /// Whether the strides are those of elements that follow each other, of a shape that may be anything.
  private static func areContiguous(_ strides: [Int], _ shape: [Int]) -> Bool {
    guard strides.count == shape.count else { return false }
    var stride: Int? = 1
    for (given, dimension) in zip(strides, shape).reversed() {
      guard given == stride else { return false }
      stride = Checked.product(given, max(dimension, 1))
    }
    return true
  }

  /// Adds a tensor once more, of a class that is unknown.
  mutating func appendTensor(_ index: Int32, ofUnknownClass name: String) -> PickleValue {
    tensors.append(tensors[Int(index)])
    unknownClasses[Int32(tensors.count - 1)] = name
    return .tensor(Int32(tensors.count - 1))
  }

  /// The dimensions of a tensor.
  func shape(of tensor: PickleTensor) -> [Int] { numbers(tensor.firstNumber, tensor.dimensionCount) }

  /// The elements from one to the next of each dimension.
  func strides(of tensor: PickleTensor) -> [Int] {
    tensor.strideCount < 0
      ? TensorView.contiguousStrides(shape(of: tensor))
      : numbers(tensor.firstNumber + tensor.dimensionCount, tensor.strideCount)
  }

  private func numbers(_ first: Int32, _ count: Int32) -> [Int] {
    Array(numbers[Int(first)..<Int(first + count)])
  }
}
