import IngotEncodings

/// Changes container files by their grammar: whole entries come, go and move, numbers lie, and the rest stays right.
enum ContainerMutator {
  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    if random.oneIn(8) { return random.fuzzed(bytes, limit: limit) }
    var sketch = ContainerSketch(bytes) ?? ContainerSketch()
    let isLie = random.oneIn(4)
    if !isLie {
      for _ in 0...random.below(3) { change(&sketch, limit: limit, using: &random) }
      if !random.oneIn(8) { sketch.repair(limit: limit) }
    }
    var output = sketch.output()
    if isLie || random.oneIn(8) { lie(in: &output, using: &random) }
    if random.oneIn(32) { output.bytes.removeLast(random.below(output.bytes.count)) }
    return output.bytes
  }

  private static func change(_ sketch: inout ContainerSketch, limit: Int, using random: inout Random) {
    switch random.below(16) {
    case 0: sketch.version = random.choice(of: [2, 3, UInt32(truncatingIfNeeded: random.edge())])
    case 1: sketch.entries.rearrange(using: &random)
    case 2: sketch.entries.insert(entry(using: &random), at: random.below(sketch.entries.count + 1))
    case 3...4: sketch.entries.changeOne(using: &random) { $0.key = key($0.key, using: &$1) }
    case 5...8: sketch.entries.changeOne(using: &random) { $0.value = $0.value.mutated(using: &$1) }
    case 9: sketch.tensors.rearrange(using: &random)
    case 10: sketch.tensors.insert(tensor(using: &random), at: random.below(sketch.tensors.count + 1))
    case 11...13: sketch.tensors.changeOne(using: &random) { change(&$0, using: &$1) }
    case 14: sketch.rest = random.fuzzed(sketch.rest, limit: limit)
    default: align(&sketch, using: &random)
    }
  }

  private static func key(_ key: [UInt8], using random: inout Random) -> [UInt8] {
    if random.oneIn(4) { return Array(random.choice(of: keys).utf8) }
    return random.fuzzed(key, limit: key.count + 8)
  }

  private static func entry(using random: inout Random) -> ContainerSketch.Entry {
    .init(key: Array(random.choice(of: keys).utf8), value: .random(using: &random, depth: 0))
  }

  private static func align(_ sketch: inout ContainerSketch, using random: inout Random) {
    let alignment = random.oneIn(4) ? random.edge() : UInt64(1) << UInt64(random.below(9))
    sketch.entries.removeAll { $0.key.elementsEqual("general.alignment".utf8) }
    sketch.entries.insert(
      .init(
        key: Array("general.alignment".utf8),
        value: .plain(type: 4, Array(alignment.littleEndianBytes.prefix(4)))),
      at: random.below(sketch.entries.count + 1))
  }

  private static func tensor(using random: inout Random) -> ContainerSketch.Tensor {
    var tensor = ContainerSketch.Tensor(
      name: Array("blk.\(random.below(4)).\(random.choice(of: parts)).weight".utf8), dimensions: [32],
      encoding: 0,
      offset: 0)
    for _ in 0...random.below(3) { change(&tensor, using: &random) }
    return tensor
  }

  private static func change(_ tensor: inout ContainerSketch.Tensor, using random: inout Random) {
    switch random.below(6) {
    case 0: tensor.name = random.fuzzed(tensor.name, limit: random.oneIn(8) ? 80 : tensor.name.count + 4)
    case 1: tensor.dimensions.rearrange(using: &random)
    case 2...3:
      let size =
        random.oneIn(4) ? random.edge() : UInt64(random.choice(of: [0, 1, 2, 3, 32, 64, 128, 256, 512]))
      tensor.dimensions.changeOne(using: &random) { size0, _ in size0 = size }
      if tensor.dimensions.isEmpty { tensor.dimensions = [size] }
    case 4:
      let encoding = random.choice(of: Encoding.allCases)
      tensor.encoding = random.oneIn(8) ? UInt32(truncatingIfNeeded: random.edge()) : encoding.id
      if !tensor.dimensions.isEmpty, !random.oneIn(4) {
        tensor.dimensions[0] = UInt64(encoding.elementsPerBlock)
      }
    default: tensor.offset = random.edge()
    }
  }

  /// Makes one number of the file another one.
  private static func lie(in output: inout ContainerSketch.Output, using random: inout Random) {
    let field = random.choice(of: output.fields)
    let range = field.offset..<field.offset + field.byteCount
    let truth = output.bytes[range].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let value =
      switch random.below(3) {
      case 0: truth &+ 1
      case 1: truth &- 1
      default: random.edge()
      }
    output.bytes.replaceSubrange(range, with: value.littleEndianBytes.prefix(field.byteCount))
  }

  private static let parts = ["attn_q", "attn_k", "attn_norm", "ffn_up", "ffn_down"]
  private static let keys = [
    "general.architecture", "general.alignment", "general.file_type", "general.quantization_version",
    "llama.block_count", "llama.embedding_length", "llama.context_length", "llama.feed_forward_length",
    "llama.attention.head_count", "llama.attention.head_count_kv", "llama.rope.dimension_count",
    "llama.attention.layer_norm_rms_epsilon", "tokenizer.ggml.model", "tokenizer.ggml.tokens",
    "tokenizer.ggml.scores", "tokenizer.ggml.token_type", "tokenizer.ggml.merges",
    "tokenizer.ggml.bos_token_id",
    "tokenizer.chat_template", "split.no", "split.count", "split.tensors.count", "a", "a.b",
  ]
}

extension ContainerSketch {
  /// Makes counts, offsets and the length of the data those that the entries ask for.
  mutating func repair(limit: Int) {
    keyCount = UInt64(entries.count)
    tensorCount = UInt64(tensors.count)
    let aligned = entries.last { $0.key.elementsEqual("general.alignment".utf8) }
    var alignment: UInt64 = 32
    if case .plain(4, let bytes) = aligned?.value {
      alignment = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    guard alignment > 0, alignment <= 1 << 20 else { return }
    var end: UInt64 = 0
    for index in tensors.indices {
      tensors[index].offset = end
      // A tensor without a size leaves the next where it is.
      let padded = tensors[index].byteCount.map { ($0 &+ alignment &- 1) / alignment &* alignment }
      end &+= padded ?? 0
    }
    let data = rest
    rest = []
    let headerByteCount = UInt64(output().bytes.count)
    let whole = (headerByteCount + alignment - 1) / alignment * alignment &+ end
    guard whole >= headerByteCount, whole <= limit else { return rest = data }
    let byteCount = Int(whole - headerByteCount)
    rest = Array(data.prefix(byteCount)) + [UInt8](repeating: 0, count: max(0, byteCount - data.count))
  }
}

extension ContainerSketch.Tensor {
  /// The bytes of the data, if encoding and dimensions have any.
  var byteCount: UInt64? {
    guard let encoding = Encoding(rawValue: encoding) else { return nil }
    let count = dimensions.reduce(UInt64(1)) { $0.multipliedReportingOverflow(by: $1).partialValue }
    return Int(exactly: count).flatMap { encoding.byteCount(elements: $0) }.map(UInt64.init)
  }
}

extension UInt64 {
  /// The eight bytes, the lowest first.
  var littleEndianBytes: [UInt8] { Swift.withUnsafeBytes(of: littleEndian) { Array($0) } }
}
