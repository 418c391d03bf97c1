/// What is required of a safetensors file and of an index of shards, rule by rule.
///
/// The raw value is the rule's stable id: the clause of `spec/safetensors.md`, and the code of the error that breaks it.
/// Reader and validator name the same rules.
public enum SafeTensorsRule: String, Sendable, Hashable, CaseIterable {
  /// The file holds its header.
  case frame = "S1.1-TRUNCATED"
  /// The header is at most 100,000,000 bytes.
  case headerSize = "S1.2-LIMIT"
  /// The header is one JSON object, with nothing but spaces after it.
  case object = "S2.1-JSON"
  /// Strings are UTF-8.
  case text = "S2.2-UTF8"
  /// The header is well-formed JSON.
  case json = "S2.2-JSON"
  /// Brackets are at most 8 deep.
  case nesting = "S2.3-NESTING"
  /// A string or number is at most 16 MiB.
  case textLength = "S2.3-LIMIT"
  /// There are at most 1,000,000 tensors.
  case tensorCount = "S3.1-LIMIT"
  /// No name occurs twice.
  case uniqueName = "S3.2-DUPLICATE"
  /// The metadata is an object of strings.
  case metadata = "S3.3-JSON"
  /// An entry is an object with the three fields.
  case entry = "S4.1-JSON"
  /// The element type is known.
  case elementType = "S4.2-DTYPE"
  /// Shapes and ranges are arrays of whole numbers.
  case numbers = "S4.3-JSON"
  /// A tensor has at most 64 dimensions.
  case dimensionCount = "S4.3-LIMIT"
  /// The bits of a tensor fit 63 bits.
  case elementCount = "S5.5-OVERFLOW"
  /// The range is as long as shape and type call for.
  case size = "S5.6-SIZE"
  /// The ranges tile the data.
  case coverage = "S6.1-COVERAGE"
  /// The ranges are within the file.
  case bounds = "S6.1-TRUNCATED"
  /// An index is within the limits.
  case indexLimit = "S7.1-LIMIT"
  /// The strings of an index are UTF-8.
  case indexText = "S7.1-UTF8"
  /// An index is one JSON object.
  case indexJSON = "S7.1-JSON"
  /// The brackets of an index are at most 8 deep.
  case indexNesting = "S7.1-NESTING"
  /// An index has a `weight_map`, an object of strings.
  case weightMap = "S7.2-JSON"
  /// No name occurs twice in an index.
  case uniqueIndexName = "S7.2-DUPLICATE"
  /// An index has at most 10,000 shards and 1,000,000 tensors.
  case indexCount = "S7.2-LIMIT"
  /// A shard's name is that of a file beside the index.
  case shardName = "S7.3-PATH"
  /// Each shard exists.
  case shardFile = "S8.1-SHARD"
  /// Index and shards name the same tensors.
  case shardContent = "S8.2-SHARD"
  /// A tensor is in one shard.
  case uniqueTensor = "S8.2-DUPLICATE"
  /// No shard of the set is forgotten.
  case forgottenShard = "S8.3-SHARD"
}

extension SafeTensorsRule {
  /// The clause of `spec/safetensors.md`, such as `S4.1`.
  public var clause: String { String(rawValue.prefix { $0 != "-" }) }

  /// The code of the error.
  public var code: CheckpointError.Code {
    switch self {
    case .frame, .bounds: .truncated
    case .headerSize, .textLength, .tensorCount, .dimensionCount, .indexLimit, .indexCount: .limit
    case .object, .json, .metadata, .entry, .numbers, .indexJSON, .weightMap: .json
    case .text, .indexText: .utf8
    case .nesting, .indexNesting: .nesting
    case .uniqueName, .uniqueIndexName, .uniqueTensor: .duplicate
    case .elementType: .elementType
    case .elementCount: .overflow
    case .size: .size
    case .coverage: .coverage
    case .shardName: .path
    case .shardFile, .shardContent, .forgottenShard: .shard
    }
  }
}
