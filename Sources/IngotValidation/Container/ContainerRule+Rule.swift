import IngotContainer

extension ContainerRule {
  /// The rules that a file can break; the others are those of a writer and of a caller.
  static let judged: [ContainerRule] = allCases.filter {
    ![.writtenName, .writtenDimensions, .askedType].contains($0)
  }

  /// The rule as a validator states it.
  var rule: Rule { Rule(rawValue, title: text.title, mend: text.mend) }

  private var text: (title: String, mend: String) {
    switch self {
    case .field: ("Every field is whole, and what a length announces is there.", Self.cut)
    case .magic:
      ("A file starts with the bytes GGUF.", "Check that this is a model file: its kind is not known.")
    case .wholeMagic: ("The magic has four bytes.", Self.cut)
    case .byteOrder: ("Numbers are little-endian.", "Convert the model again, for a little-endian machine.")
    case .version: ("The version is 3, or 2.", "Convert the model again with a current tool.")
    case .countLimit: ("The counts of tensors and keys are within the limits.", Self.damaged)
    case .countFit: ("The tensors and keys that are announced fit the file.", Self.cut)
    case .metadataSize: ("All metadata takes at most 256 MiB.", "Write the file again with less metadata.")
    case .keyLength: ("A key has at most 65,535 bytes.", Self.damaged)
    case .key: ("A key is ASCII without NUL, and not empty.", "Rename the key, with the tool that wrote it.")
    case .uniqueKey: ("No key occurs twice.", "Remove one of the two: readers differ in which they take.")
    case .alignment:
      (
        "general.alignment is a UINT32, a power of two of at most 1 MiB.",
        "Write the file again with an alignment of 32."
      )
    case .valueType: ("The type of a value is 0 to 12.", Self.damaged)
    case .boolean: ("A boolean is 0 or 1.", "Write the value as 0 or 1.")
    case .stringLength: ("A string has at most 16 MiB.", Self.damaged)
    case .stringText:
      ("A string is well-formed UTF-8.", "Write the text in UTF-8; raw bytes belong into arrays of UINT8.")
    case .elementType: ("The type of an array's elements is 0 to 12.", Self.damaged)
    case .arrayCount: ("An array has at most 64 Mi elements.", Self.damaged)
    case .arrayFit: ("The elements that an array announces fit the file.", Self.cut)
    case .nesting: ("Arrays are at most four deep.", "Write the values in fewer levels.")
    case .nameLength: ("A tensor name has at most 65,535 bytes.", Self.damaged)
    case .name:
      ("A tensor name has no NUL, and is not empty.", "Rename the tensor, with the tool that wrote it.")
    case .nameText: ("A tensor name is well-formed UTF-8.", "Rename the tensor, with the tool that wrote it.")
    case .uniqueName:
      ("No tensor name occurs twice.", "Rename or remove one of the two: readers differ in which they take.")
    case .dimensions: ("A tensor has at most 4 dimensions, each below 2^63.", Self.damaged)
    case .elementCount: ("The number of a tensor's elements is below 2^63.", Self.damaged)
    case .encoding:
      (
        "The encoding is one of the table in spec/encodings.md.",
        "Convert the model again with a current tool."
      )
    case .block:
      (
        "The first dimension is whole blocks.",
        "Convert the tensor to an encoding whose block divides its rows."
      )
    case .size: ("The bytes of all tensors are below 2^63.", Self.damaged)
    case .offset:
      (
        "A tensor starts where the one before it ends, aligned.",
        "Write the file again: its tensors overlap, leave a gap or are out of order."
      )
    case .bounds: ("The data of every tensor is within the file.", Self.cut)
    case .fileSize: ("The size of the file is below 2^63.", Self.damaged)
    case .splitPosition:
      ("The keys split.* are integers that make sense.", "Split the model again, or correct the keys.")
    case .writtenName, .writtenDimensions, .askedType: ("A writer and a caller keep it.", "")
    }
  }

  private static let cut = "Get the file again: it is cut, or a length in it is damaged."
  private static let damaged = "Get the file again: it is damaged, or was made to do harm."
}
