import IngotContainer

/// The tensors that an index names, in its order, each with its shard.
struct IndexedTensors: Sendable {
  /// A tensor, the index of its shard, and the offset of its name.
  struct Element: Sendable {
    let name: String
    let shard: Int
    let offset: UInt64
  }

  private var names = NameTable()
  private var places: [(shard: UInt32, offset: UInt64)] = []

  /// Whether there is a tensor of this name.
  func contains(_ name: String) -> Bool { names.index(of: name) != nil }

  /// The index of the shard that holds the tensor of this name.
  func shard(of name: String) -> Int? { names.index(of: name).map { Int(places[$0].shard) } }

  /// Appends a tensor whose name is new.
  mutating func append(_ name: String, shard: Int, offset: UInt64) {
    names.append(name)
    places.append((UInt32(shard), offset))
  }

  /// Changes the index of each tensor's shard.
  mutating func updateShards(_ update: (Int) -> Int) {
    for index in places.indices { places[index].shard = UInt32(update(Int(places[index].shard))) }
  }
}

extension IndexedTensors: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { places.count }

  subscript(position: Int) -> Element {
    Element(
      name: names[position], shard: Int(places[position].shard), offset: places[position].offset)
  }
}
