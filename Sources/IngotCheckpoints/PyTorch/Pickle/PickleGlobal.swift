/// A name of the fixed table: all that a pickle may name.
///
/// None is ever imported or called: each stands for what the machine does itself when the pickle calls it.
///
/// Specification: `spec/pytorch.md`, clause P4.
enum PickleGlobal: Sendable, Hashable {
  /// `torch._utils._rebuild_tensor`, and with a number the later forms.
  case rebuildTensor(version: Int)
  /// `torch._utils._rebuild_parameter`, with and without a state.
  case rebuildParameter
  /// `torch._tensor._rebuild_from_type_v2`.
  case rebuildFromType
  /// A class of tensors, which `_rebuild_from_type_v2` is given.
  case tensorClass
  /// A class of storages; `nil` is the one without a type.
  case storage(StorageType?)
  /// A type of elements.
  case elementType(StorageType)
  case orderedDictionary, defaultDictionary, counter
  case size
  /// Something that stands for no data: a device, a memory format, a number of NumPy.
  case opaque
  /// A class of containers or numbers of Python.
  case set, list, dictionary, tuple, number, text
  case byteArray
  case encode
  /// A list of numbers of TorchScript.
  case buildList
  /// `torch.jit._pickle.restore_type_tag`.
  case restoreTypeTag

  /// The entry of the table, or `nil`.
  init?(module: String, name: String) {
    if let global = Self.table["\(module) \(name)"] {
      self = global
    } else if module == "torch", let type = StorageType(named: name) {
      self = .elementType(type)
    } else if module == "torch" || module == "torch.cuda", let type = StorageType(storageClass: name) {
      self = .storage(type)
    } else {
      return nil
    }
  }

  private static let table: [String: PickleGlobal] = {
    var table: [String: PickleGlobal] = [
      "torch._utils _rebuild_tensor": .rebuildTensor(version: 1),
      "torch._utils _rebuild_tensor_v2": .rebuildTensor(version: 2),
      "torch._utils _rebuild_tensor_v3": .rebuildTensor(version: 3),
      "torch._utils _rebuild_parameter": .rebuildParameter,
      "torch._utils _rebuild_parameter_with_state": .rebuildParameter,
      "torch._tensor _rebuild_from_type_v2": .rebuildFromType,
      "torch Tensor": .tensorClass,
      "torch._tensor Tensor": .tensorClass,
      "torch.nn.parameter Parameter": .tensorClass,
      "torch.nn.parameter Buffer": .tensorClass,
      "torch.storage UntypedStorage": .storage(nil),
      "torch UntypedStorage": .storage(nil),
      "torch Size": .size,
      "torch device": .opaque,
      "torch.serialization _get_layout": .opaque,
      "torch contiguous_format": .opaque,
      "torch preserve_format": .opaque,
      "torch channels_last": .opaque,
      "torch strided": .opaque,
      "collections OrderedDict": .orderedDictionary,
      "collections defaultdict": .defaultDictionary,
      "collections Counter": .counter,
      "_codecs encode": .encode,
      "torch.jit._pickle build_intlist": .buildList,
      "torch.jit._pickle build_doublelist": .buildList,
      "torch.jit._pickle build_boollist": .buildList,
      "torch.jit._pickle build_tensorlist": .buildList,
      "torch.jit._pickle restore_type_tag": .restoreTypeTag,
    ]
    for module in ["builtins", "__builtin__"] {
      for name in ["set", "frozenset"] { table["\(module) \(name)"] = .set }
      for name in ["int", "long", "float", "bool", "complex"] { table["\(module) \(name)"] = .number }
      for name in ["str", "unicode", "bytes"] { table["\(module) \(name)"] = .text }
      table["\(module) list"] = .list
      table["\(module) dict"] = .dictionary
      table["\(module) tuple"] = .tuple
      table["\(module) bytearray"] = .byteArray
    }
    for module in ["numpy.core.multiarray", "numpy._core.multiarray"] {
      for name in ["scalar", "_reconstruct"] { table["\(module) \(name)"] = .opaque }
    }
    for name in ["dtype", "ndarray"] { table["numpy \(name)"] = .opaque }
    return table
  }()
}
