import IngotContainer
import IngotEncodings

/// The tensors of a model, in the order of its files.
public struct ModelTensors: RandomAccessCollection, Sendable {
  private let shards: [ModelShard]
  /// For each file, how many tensors stand in those before it; and, at the end, in all.
  private let starts: [Int]
  /// The positions by name in a split set.
  ///
  /// A single file's header has its own.
  private let positions: NameTable

  /// Joins the tensors of the files of a set.
  init(of shards: [ModelShard]) throws(ModelError) {
    self.shards = shards
    var starts = [0]
    var count = 0
    for shard in shards {
      count += shard.header.tensors.count
      starts.append(count)
    }
    self.starts = starts
    guard shards.count > 1 else {
      positions = NameTable()
      return
    }

    guard count <= NameTable.largestCount else {
      throw ModelError(
        .container(
          ContainerError(
            .countLimit, found: "\(count.counted("tensor")) in all files",
            expected: "at most \(NameTable.largestCount)"
          )),
        shards[0].file.path)
    }
    var positions = NameTable()
    positions.reserveCapacity(count)
    for shard in shards {
      for (index, tensor) in shard.header.tensors.enumerated() {
        if let first = positions.index(of: tensor.name) {
          let other = shards[Self.shardIndex(of: first, starts)]
          throw ModelError(
            .duplicateTensor(
              otherFile: other.file.path, offset: shard.header.entryOffset(ofTensorAt: index)),
            shard.file.path, tensor: tensor.name)
        }
        positions.append(tensor.name)
      }
    }
    self.positions = positions
  }

  /// Zero.
  public var startIndex: Int { 0 }
  /// The number of tensors.
  public var endIndex: Int { starts[shards.count] }

  /// The tensor at a position.
  ///
  /// - Precondition: The position is within the collection.
  /// - Complexity: O(1) in the number of tensors.
  public subscript(position: Int) -> ModelTensor {
    precondition(indices.contains(position), "no such tensor")
    let index = Self.shardIndex(of: position, starts)
    return ModelTensor(shards[index].header.tensors[position - starts[index]], in: shards[index])
  }

  /// The tensor of that name, or nil.
  ///
  /// Names are compared byte by byte.
  ///
  /// - Complexity: O(1).
  public subscript(name: String) -> ModelTensor? {
    let position = shards.count == 1 ? shards[0].header.index(ofTensor: name) : positions.index(of: name)
    return position.map { self[$0] }
  }

  /// The file that holds the tensor at `position`: the last one that starts at or before it.
  private static func shardIndex(of position: Int, _ starts: [Int]) -> Int {
    var (low, high) = (0, starts.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= position { low = middle } else { high = middle }
    }
    return low
  }
}
