/// A value that a pickle makes.
///
/// Containers are places in ``PickleArena``, so that what refers to itself is neither walked nor freed in a circle.
enum PickleValue: Sendable, Hashable {
  case none
  case bool(Bool)
  case integer(Int64)
  /// An integer of more than 64 bits; its little-endian bytes are a range of the pickle.
  case longInteger(PickleText)
  case float(Double)
  /// A text; its bytes are a range of the pickle.
  case text(PickleText)
  /// Bytes, which are a range of the pickle.
  case bytes(PickleText)
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
  var items: [PickleValue] = []
  /// The byte of the pickle that made it.
  let offset: Int
}

/// A storage that a pickle refers to.
struct PickleStorage: Sendable {
  /// What it is called in the archive or stream.
  let key: String
  /// What its elements are; `nil` where tensors say it.
  let type: StorageType?
  /// How many elements it has; of a storage without a type, how many bytes.
  let elementCount: Int
  /// In an old stream the part of a root storage that this is, in elements.
  let part: Range<Int>?
  let offset: Int
}

/// A tensor that a pickle describes.
struct PickleTensor: Sendable {
  /// What PyTorch does to the stored numbers only as they are used, by its names in the metadata of a tensor.
  enum Operation: String, Sendable, CaseIterable {
    case conjugate = "conj"
    case negative = "neg"
  }

  let storage: Int
  /// The first element.
  let start: Int
  let shape: [Int]
  let strides: [Int]
  let type: StorageType
  /// What has still to be done to the elements.
  let pending: Operation?
  /// In a survey the class of the tensor where it is an unknown one.
  var unknownClass: String?
  let offset: Int
}

/// What a pickle has made.
struct PickleArena: Sendable {
  /// The bytes of the pickle.
  var bytes: [UInt8] = []
  var nodes: [PickleNode] = []
  var storages: [PickleStorage] = []
  var tensors: [PickleTensor] = []
  /// The names that the table does not know, in a survey.
  var unknown = UnknownNames()
  /// What the pickle may cost.
  let allowance: PickleAllowance

  init(allowance: PickleAllowance) { self.allowance = allowance }

  func text(_ text: PickleText) -> String { String(decoding: bytes[text.range], as: UTF8.self) }

  /// The node that a value is, if it is one.
  func node(_ value: PickleValue) -> PickleNode? {
    if case .node(let index) = value { nodes[Int(index)] } else { nil }
  }

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
