import IngotCheckpoints

extension SafeTensorsRule {
  /// The rule as a validator states it.
  var rule: Rule { Rule(rawValue, title: text.title, mend: text.mend) }

  private var text: (title: String, mend: String) {
    switch self {
    case .frame: ("The file holds the header whose length it states.", Self.cut)
    case .headerSize: ("The header has at most 100,000,000 bytes.", Self.damaged)
    case .object:
      ("The header is one JSON object, from its first byte on, with only spaces after it.", Self.rewrite)
    case .text: ("Strings are UTF-8.", Self.rewrite)
    case .json: ("The header is JSON by RFC 8259.", Self.rewrite)
    case .nesting: ("Brackets are at most 8 deep.", Self.damaged)
    case .textLength: ("A string or number has at most 16 MiB.", Self.damaged)
    case .tensorCount: ("There are at most 1,000,000 tensors.", Self.damaged)
    case .uniqueName: ("No name occurs twice.", "Remove one of the two: readers differ in which they take.")
    case .metadata: ("__metadata__ is an object of strings.", Self.rewrite)
    case .entry: ("An entry is an object with dtype, shape and data_offsets.", Self.rewrite)
    case .elementType: ("The dtype is one that the format has.", Self.rewrite)
    case .numbers: ("Shapes and ranges are arrays of whole numbers in plain digits.", Self.rewrite)
    case .dimensionCount: ("A tensor has at most 64 dimensions.", Self.damaged)
    case .elementCount: ("The bits of a tensor are below 2^63.", Self.damaged)
    case .size: ("The range is as long as shape and dtype call for.", Self.damaged)
    case .coverage:
      ("The ranges tile the data, without hole and overlap, to the end of the file.", Self.rewrite)
    case .bounds: ("The ranges are within the file.", Self.cut)
    case .indexLimit: ("An index, its strings and its numbers are within the limits.", Self.damaged)
    case .indexText: ("Strings are UTF-8.", Self.index)
    case .indexJSON: ("An index is one JSON object by RFC 8259.", Self.index)
    case .indexNesting: ("Brackets are at most 8 deep.", Self.index)
    case .weightMap: ("An index has a weight_map, an object of strings.", Self.index)
    case .uniqueIndexName: ("No name occurs twice.", Self.index)
    case .indexCount: ("An index has at most 10,000 shards and 1,000,000 tensors.", Self.index)
    case .shardName:
      (
        "A shard is named by the plain name of a file beside the index.",
        "Do not load it: a path can lead anywhere."
      )
    case .shardFile: ("Each shard exists.", "Get the missing file, into the folder of the index.")
    case .shardContent:
      ("Index and shards name the same tensors.", "Get index and shards again, all of one version.")
    case .uniqueTensor: ("A tensor is in one shard.", "Get index and shards again, all of one version.")
    case .forgottenShard:
      (
        "No file beside the index is a shard that it does not name.",
        "Get the index again, or move the other file away."
      )
    }
  }

  private static let cut = "Get the file again: it is cut, or its header is damaged."
  private static let damaged = "Get the file again: it is damaged, or was made to do harm."
  private static let rewrite = "Save the checkpoint again, with a current version of safetensors."
  private static let index = "Get the index again, or let the tool that saved the shards write it."
}
