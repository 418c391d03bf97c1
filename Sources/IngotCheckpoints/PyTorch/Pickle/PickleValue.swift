/// A value that a pickle makes.
///
/// Containers are places in ``PickleArena``, so that what refers to itself is neither walked nor freed in a circle.
enum PickleValue: Sendable, Hashable {
  case none
  case bool(Bool)
  case integer(Int64)
  /// An integer of more than 64 bits; its little-endian bytes are a range of the pickle.
  case longInteger(PickleText)
  case float
  /// A text; its bytes are a range of the pickle.
  case text(PickleText)
  /// Bytes, of which none is needed.
  case bytes
  /// A name that the table knows.
  case global(PickleGlobal)
  /// A class of a TorchScript module.
  case foreign
  /// In a survey a name that the table does not know, by its place among those that are listed.
  case unknown(Int32?)
  /// A tuple, list, dictionary, set or object.
  case node(Int32)
  /// A storage.
  case storage(Int32)
  /// A tensor.
  case tensor(Int32)
}

/// A range of the bytes of a pickle.
struct PickleText: Sendable, Hashable {
  let start: Int32
  let count: Int32

  var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

/// A container that a pickle makes.
struct PickleNode: Sendable {
  enum Kind: Sendable {
    case tuple, list, dictionary, set
    /// An instance of a class: a state follows as a dictionary, of which this is no copy.
    case object
    /// Something that holds no tensors, such as a number of NumPy.
    case opaque
    /// In a survey what a call of an unknown name made; after items were added to it, a list or dictionary.
    case instance, instanceList, instanceDictionary
  }

  var kind: Kind
  /// The elements; of a dictionary keys and values in turn; of an object or instance its state.
  var items: [PickleValue]
  /// The byte of the pickle that made it.
  let offset: Int
}

/// A storage that a pickle refers to.
struct PickleStorage: Sendable {
  /// How many elements it has; of a storage without a type, how many bytes.
  let elementCount: Int
  /// What it is called in the archive or stream.
  let key: PickleText
  let offset: Int32
  /// What its elements are; `nil` where tensors say it.
  let type: StorageType?
}

/// A tensor that a pickle describes.
struct PickleTensor: Sendable {
  /// What PyTorch does to the stored numbers only as they are used, by its names in the metadata of a tensor.
  enum Operation: String, Sendable, CaseIterable {
    case conjugate = "conj"
    case negative = "neg"
  }

  /// The first element.
  let start: Int
  /// Where its dimensions and then its strides stand in the arena.
  let firstNumber: Int32
  let dimensionCount: Int32
  /// How many strides there are; below zero where they are those of elements that follow each other, and are not held.
  let strideCount: Int32
  let storage: Int32
  let offset: Int32
  let type: StorageType
  /// What has still to be done to the elements.
  let pending: Operation?
}

/// Why a pickle is refused.
struct PickleError: Error, Sendable, Hashable {
  let code: CheckpointError.Code
  /// The byte of the pickle.
  let offset: Int
  /// The name that it is about, if it is about one.
  var global: String?
  let found: String
  let expected: String

  init(
    _ code: CheckpointError.Code, at offset: Int, global: String? = nil, found: String, expected: String
  ) {
    self.code = code
    self.offset = offset
    self.global = global
    self.found = found
    self.expected = expected
  }
}
