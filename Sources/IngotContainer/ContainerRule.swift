/// What the format requires of a file, rule by rule.
///
/// The raw value is the rule's stable id: the clause of `spec/container.md`, and the code of the error that breaks it.
/// Reader, writer and validator name the same rules.
public enum ContainerRule: String, Sendable, Hashable, CaseIterable {
  /// Every field is whole, and every length within the file.
  case field = "C1-TRUNCATED"
  /// The file starts with `GGUF`.
  case magic = "C2-MAGIC"
  /// The magic is whole.
  case wholeMagic = "C2-TRUNCATED"
  /// The file is little-endian.
  case byteOrder = "C3-ENDIAN"
  /// The version is 2 or 3.
  case version = "C3-VERSION"
  /// Both counts are within the limits.
  case countLimit = "C4-LIMIT"
  /// What the counts announce fits the file.
  case countFit = "C4-TRUNCATED"
  /// All metadata together is within its limit.
  case metadataSize = "C5-LIMIT"
  /// A key is at most 65,535 bytes.
  case keyLength = "C6-LIMIT"
  /// A key is ASCII without NUL, and not empty.
  case key = "C6-KEY"
  /// No key occurs twice.
  case uniqueKey = "C7-DUPLICATE"
  /// The alignment is a power of two, of type `UINT32`.
  case alignment = "C8-ALIGN"
  /// The type of a value is known.
  case valueType = "C9-TYPE"
  /// A boolean is 0 or 1.
  case boolean = "C10-VALUE"
  /// A string is at most 16 MiB.
  case stringLength = "C11-LIMIT"
  /// A string is UTF-8.
  case stringText = "C11-UTF8"
  /// The type of an array's elements is known.
  case elementType = "C12-TYPE"
  /// The elements of an array are within the limit.
  case arrayCount = "C12-LIMIT"
  /// The elements of an array fit the file.
  case arrayFit = "C12-TRUNCATED"
  /// Arrays are at most four deep.
  case nesting = "C12-NESTING"
  /// A tensor name is at most 65,535 bytes.
  case nameLength = "C14-LIMIT"
  /// A tensor name has no NUL, and is not empty.
  case name = "C14-NAME"
  /// A tensor name is UTF-8.
  case nameText = "C14-UTF8"
  /// No tensor name occurs twice.
  case uniqueName = "C14-DUPLICATE"
  /// A tensor has at most four dimensions, each below 2^63.
  case dimensions = "C15-DIMS"
  /// The elements of a tensor fit 63 bits.
  case elementCount = "C16-OVERFLOW"
  /// The encoding is known.
  case encoding = "C17-ENCODING"
  /// A row is whole blocks.
  case block = "C17-BLOCK"
  /// The bytes of all tensors so far fit 63 bits.
  case size = "C17-OVERFLOW"
  /// A tensor starts where the one before it ends.
  case offset = "C18-OFFSET"
  /// The data of a tensor is within the file.
  case bounds = "C19-BOUNDS"
  /// The size of the file fits 63 bits.
  case fileSize = "C19-OVERFLOW"
  /// A name that is written has at most 63 bytes.
  case writtenName = "C22-NAME"
  /// A tensor that is written has one to four dimensions.
  case writtenDimensions = "C22-DIMS"
  /// What a file says of its place in a split set makes sense.
  case splitPosition = "C23-SCHEMA"
  /// A value has the type that is asked for.
  case askedType = "C24-SCHEMA"
}

extension ContainerRule {
  /// The clause of `spec/container.md`, such as `C6`.
  public var clause: String { String(rawValue.prefix { $0 != "-" }) }

  /// The code of the error.
  public var code: ContainerError.Code {
    switch self {
    case .field, .wholeMagic, .countFit, .arrayFit: .truncated
    case .magic: .magic
    case .byteOrder: .byteOrder
    case .version: .version
    case .countLimit, .metadataSize, .keyLength, .stringLength, .arrayCount, .nameLength: .limit
    case .key: .key
    case .uniqueKey, .uniqueName: .duplicate
    case .alignment: .alignment
    case .valueType, .elementType: .type
    case .boolean: .value
    case .stringText, .nameText: .utf8
    case .nesting: .nesting
    case .name, .writtenName: .name
    case .dimensions, .writtenDimensions: .dimensions
    case .elementCount, .size, .fileSize: .overflow
    case .encoding: .encoding
    case .block: .block
    case .offset: .offset
    case .bounds: .bounds
    case .splitPosition, .askedType: .schema
    }
  }
}
