import IngotCheckpoints

extension FileReport {
  struct Tensor: Encodable {
    let name: String
    let type: String
    /// Slowest dimension first, as checkpoints state it.
    let shape: [Int]
    /// Fastest dimension first, as GGUF states it.
    let dimensions: [Int]
    let values: Int
    let byteCount: Int
    /// What is done to it on the way, such as decoding; none for a tensor that is read as it is stored.
    let change: String?
    let file: Int
    /// Where the data begins in the file; of a member that is deflated, where that begins.
    let offset: UInt64
    /// The storage that the tensor lies in, where the format has storages.
    let storage: Storage?
  }

  /// How a tensor lies in a storage.
  struct Storage: Encodable {
    /// The number of the storage: tensors with the same one share bytes, or could.
    let index: Int
    /// The first byte of the tensor in the storage.
    let start: UInt64
    /// The elements from one of each dimension to the next; slowest dimension first.
    let strides: [Int]
    let isContiguous: Bool
    let isBigEndian: Bool
    /// How many tensors of the file lie in the storage.
    var tensors = 1

    init?(_ tensor: CheckpointTensor) {
      guard let view = tensor.view else { return nil }
      index = view.storage
      start = view.start
      strides = view.strides
      isContiguous = view.isContiguous(tensor.shape)
      isBigEndian = view.isBigEndian
    }
  }

  /// The tensors of a checkpoint, each described when it is asked for: all together would take many times the memory of their table.
  struct Tensors: RandomAccessCollection {
    private let checkpoint: any Checkpoint
    private let table: CheckpointTensors
    /// How many tensors lie in each storage.
    private let sharing: [Int: Int]

    init(_ checkpoint: any Checkpoint) {
      self.checkpoint = checkpoint
      table = checkpoint.tensors
      sharing = table.lazy.compactMap(\.view).reduce(into: [:]) { $0[$1.storage, default: 0] += 1 }
    }

    var startIndex: Int { table.startIndex }
    var endIndex: Int { table.endIndex }

    subscript(position: Int) -> Tensor {
      let tensor = table[position]
      var storage = Storage(tensor)
      if let index = storage?.index { storage?.tensors = sharing[index] ?? 1 }
      return Tensor(
        name: tensor.name, type: tensor.type.name, shape: tensor.shape, dimensions: tensor.shape.reversed(),
        values: tensor.elementCount, byteCount: tensor.byteCount, change: checkpoint.change(of: tensor.name),
        file: tensor.location.file, offset: tensor.location.offset, storage: storage)
    }
  }
}

extension FileReport.Storage {
  /// What is unusual about how the tensor lies in its storage, in a few words.
  var note: String {
    var words: [String] = []
    if tensors > 1 { words.append("\(index), shared by \(tensors)") }
    if start > 0 { words.append("from byte \(start)") }
    if !isContiguous { words.append("strides \(strides.map(String.init).joined(separator: ", "))") }
    if isBigEndian { words.append("big-endian") }
    return words.joined(separator: "; ")
  }
}
