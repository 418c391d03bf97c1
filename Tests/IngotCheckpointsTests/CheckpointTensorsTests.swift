import Testing

@testable import IngotCheckpoints

/// The table of tensors gives back what it was given.
@Suite struct CheckpointTensorsTests {
  private static func tensor(
    _ name: String, _ shape: [Int], file: Int = 0, at offset: UInt64 = 0, _ view: TensorView? = nil
  ) -> CheckpointTensor {
    let count = shape.reduce(1, *)
    return CheckpointTensor(
      name: name, shape: shape, type: .uint16, elementCount: count, byteCount: 2 * count,
      location: .init(file: file, offset: offset), view: view)
  }

  private static func view(_ storage: Int, _ start: UInt64, _ strides: [Int], isBigEndian: Bool = false)
    -> TensorView
  {
    TensorView(storage: storage, start: start, strides: strides, isBigEndian: isBigEndian)
  }

  /// Tensors with views and without, some of many dimensions, in the order of their bytes.
  private static let tensors = [
    tensor("none", [2, 3]),
    tensor("contiguous", [2, 3], at: 12, view(0, 12, [3, 1])),
    tensor("scalar", [], at: 30, view(1, 0, [])),
    tensor("also none", [5], at: 40),
    tensor("transposed", [2, 3], at: 50, view(0, 24, [1, 2])),
    tensor("large", [1], at: 60, view(1 << 40, .max, [1], isBigEndian: true)),
    tensor(
      "reversed, and of many dimensions", many, at: 70, view(7, 2, many.map { $0 + 4 }, isBigEndian: true)),
    tensor("of many dimensions", many, at: 80, view(8, 0, TensorView.contiguousStrides(many))),
    tensor("none of many dimensions", many, file: 1),
    tensor("none of 254", [Int](repeating: 1, count: 254), file: 1, at: 5),
    tensor("last", [3, 2, 2], file: 2, view(0, 0, [4, 2, 1])),
  ]
  private static let many = [3] + [Int](repeating: 1, count: 299) + [2]

  private static func table(_ tensors: some Sequence<CheckpointTensor>) -> CheckpointTensors {
    var table = CheckpointTensors()
    for tensor in tensors {
      let isNew = table.append(tensor)
      #expect(isNew)
    }
    return table
  }

  private static func check(_ table: CheckpointTensors, _ expected: [CheckpointTensor]) {
    #expect(table.map(\.name) == expected.map(\.name))
    for (index, tensor) in expected.enumerated() {
      let found = table[index]
      #expect(found.shape == tensor.shape && found.location == tensor.location && found.type == tensor.type)
      #expect(found.elementCount == tensor.elementCount && found.byteCount == tensor.byteCount)
      #expect(found.view == tensor.view)
      #expect(table.index(of: tensor.name) == index && table[tensor.name]?.view == tensor.view)
    }
  }

  @Test func viewsAreAsTheyWere() {
    Self.check(Self.table(Self.tensors), Self.tensors)
    Self.check(Self.table(Self.tensors.reversed()), Self.tensors.reversed())
  }

  @Test func aNameIsAppendedOnce() {
    var table = Self.table(Self.tensors)
    let isNew = table.append(Self.tensor("last", [1], Self.view(3, 3, [1])))
    #expect(!isNew)
    Self.check(table, Self.tensors)
  }

  @Test func sortingKeepsWhatBelongsTogether() {
    var table = Self.table(Self.tensors.reversed())
    let order = table.sortByLocation()
    #expect(order == Self.tensors.indices.reversed())
    Self.check(table, Self.tensors)
    let again = table.sortByLocation()
    #expect(again == nil)
  }

  @Test func whatBeginsAtTheSamePlaceIsSortedBySize() {
    let sorted = [
      Self.tensor("empty", [0], at: 4), Self.tensor("small", [1], at: 4), Self.tensor("first", [2], at: 4),
      Self.tensor("second", [2], at: 4), Self.tensor("next file", [1], file: 1, at: 2),
    ]
    var table = Self.table([4, 2, 1, 3, 0].map { sorted[$0] })
    let order = table.sortByLocation()
    #expect(order == [4, 2, 1, 3, 0])
    Self.check(table, sorted)
  }

  @Test func aViewIsGivenLater() {
    var table = Self.table(Self.tensors.map { Self.tensor($0.name, $0.shape) })
    #expect(table.allSatisfy { $0.view == nil })
    table.setContiguousView(at: 3, storage: 2, start: 9)
    #expect(table.map(\.view).indices.filter { table[$0].view != nil } == [3])
    #expect(table[3].view == Self.view(2, 9, [1]))
    table.setContiguousView(at: 0, storage: 2, start: 1)
    #expect(table[0].view == Self.view(2, 1, [3, 1]) && table[1].view == nil)
  }
}
