import IngotContainer

/// Tensors in order, and the way from a name to its tensor.
struct TensorTable: Sendable {
  private(set) var tensors: [CheckpointTensor] = []
  private var places: [ExactName: Int] = [:]

  /// The number of tensors.
  var count: Int { tensors.count }

  /// Appends a tensor whose name is new.
  ///
  /// - Returns: Whether it was new; nothing is appended if not.
  mutating func append(_ tensor: CheckpointTensor) -> Bool {
    let place = tensors.count
    let known = places.updateValue(place, forKey: ExactName(tensor.name))
    if let known {
      places[ExactName(tensor.name)] = known
      return false
    }
    tensors.append(tensor)
    return true
  }

  /// The tensor of this name.
  subscript(name: String) -> CheckpointTensor? { places[ExactName(name)].map { tensors[$0] } }

  /// Puts the tensors in the order of their locations, those without bytes before those that begin at the same place.
  ///
  /// Tensors that are alike in this keep their order.
  mutating func sortByLocation() {
    func key(_ index: Int) -> (UInt64, Int, Int) {
      (tensors[index].location.offset, tensors[index].byteCount, index)
    }
    if zip(tensors.indices, tensors.indices.dropFirst()).allSatisfy({ key($0) < key($1) }) { return }
    let order = tensors.indices.sorted { key($0) < key($1) }
    var newPlaces = [Int](repeating: 0, count: order.count)
    for (place, index) in order.enumerated() { newPlaces[index] = place }
    tensors = order.map { tensors[$0] }
    for index in places.values.indices { places.values[index] = newPlaces[places.values[index]] }
  }

  /// Changes where each tensor's bytes are.
  mutating func updateLocations(_ update: (inout CheckpointTensor.Location) -> Void) {
    for index in tensors.indices { update(&tensors[index].location) }
  }
}
