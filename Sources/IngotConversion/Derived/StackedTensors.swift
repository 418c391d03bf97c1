import IngotCheckpoints

/// Tensors of a checkpoint that become one, such as the experts of a block.
///
/// It is compact, since a model may have tens of thousands of them: a tensor takes 4 bytes, and is described when it is asked for.
struct StackedTensors: Sendable {
  private let table: CheckpointTensors
  private let places: [UInt32]

  /// Takes the tensors at these places of a table.
  init(_ places: [UInt32], of table: CheckpointTensors) {
    self.places = places
    self.table = table
  }
}

extension StackedTensors: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { places.count }
  subscript(number: Int) -> CheckpointTensor { table[Int(places[number])] }
}
