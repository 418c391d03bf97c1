import IngotCheckpoints

// Compact, since an adapter may have tens of thousands of tensors: each is found by its place, and described when it is asked for.

extension LoRAAdapter {
  /// The pairs by the names of the weights that they belong to, as the model that was trained calls them.
  struct Pairs: Sendable {
    /// Of a pair the places of its tensors, and what is said of it beside them: 16 bytes.
    struct Entry: Sendable {
      let inputs, outputs: UInt32
      let scale: Float
      var isTransposed: Bool
      let isEmbedding: Bool
    }

    private let table: CheckpointTensors
    private var entries: [Entry] = []

    /// None yet, of these tensors of an adapter.
    init(of table: CheckpointTensors) { self.table = table }

    mutating func append(_ entry: Entry) { entries.append(entry) }

    /// Turns a pair so that it is added to a matrix that stands transposed, or not.
    mutating func turn(_ position: Int, isTransposed: Bool) { entries[position].isTransposed = isTransposed }
  }

  /// Tensors that take the place of those of the model: modules that were trained as a whole, biases, and what PEFT saves of a
  /// module beside its pair though nothing trains it, `isBase`: embeddings and the output, whose words may have become more.
  struct Replacements: Sendable {
    private let table: CheckpointTensors
    private var places: [UInt32] = []

    /// None yet, of these tensors of an adapter.
    init(of table: CheckpointTensors) { self.table = table }

    mutating func append(_ place: Int) { places.append(UInt32(place)) }
  }
}

extension LoRAAdapter.Pairs: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { entries.count }

  subscript(position: Int) -> (name: String, pair: LoRAAdapter.Pair) {
    let pair = pair(at: position)
    return ((LoRAAdapter.module(of: pair.inputs.name)?.name ?? "") + ".weight", pair)
  }

  /// The pair at a place, without its name, which takes longer.
  func pair(at position: Int) -> LoRAAdapter.Pair {
    let entry = entries[position]
    return LoRAAdapter.Pair(
      inputs: table[Int(entry.inputs)], outputs: table[Int(entry.outputs)], scale: entry.scale,
      isTransposed: entry.isTransposed, isEmbedding: entry.isEmbedding)
  }
}

extension LoRAAdapter.Replacements: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { places.count }

  subscript(position: Int) -> (name: String, tensor: CheckpointTensor, isBase: Bool) {
    let tensor = tensor(at: position)
    return (LoRAAdapter.ownName(tensor.name), tensor, tensor.name.contains(".base_layer."))
  }

  /// The tensor at a place, without its name in the model, which takes longer.
  func tensor(at position: Int) -> CheckpointTensor { table[Int(places[position])] }
}

extension LoRAAdapter {
  /// A name without what PEFT puts in front.
  static func ownName(_ name: String) -> String {
    let name = name.withoutPrefix("base_model.model.")
    // Hardly a name has them, and to replace what is not there takes as long.
    guard name.hasBytes(of: "base_layer") || name.hasBytes(of: "modules_to_save") else { return name }
    return name.replacing(".base_layer.", with: ".").replacing(".modules_to_save.default.", with: ".")
      .replacing(".modules_to_save.", with: ".")
  }

  /// The module that a tensor belongs to, and which of its tensors it is; `nil` for one that replaces another.
  static func module(of name: String) -> (name: String, part: Part)? { Part.split(ownName(name)) }

  /// Which of the tensors of a module one is.
  enum Part: String, CaseIterable {
    case inputs = "lora_A"
    case outputs = "lora_B"
    case embeddingInputs = "lora_embedding_A"
    case embeddingOutputs = "lora_embedding_B"

    /// Its place among all.
    var number: Int {
      switch self {
      case .inputs: 0
      case .outputs: 1
      case .embeddingInputs: 2
      case .embeddingOutputs: 3
      }
    }

    /// How the names of tensors end.
    private static let endings: [(ending: String, part: Part)] = allCases.flatMap { part in
      [
        ".\(part.rawValue).default.weight", ".\(part.rawValue).weight", ".\(part.rawValue).default",
        ".\(part.rawValue)",
      ].map { ($0, part) }
    }

    /// The module that a tensor belongs to, and which of its tensors it is.
    fileprivate static func split(_ name: String) -> (name: String, part: Part)? {
      for (ending, part) in endings where name.hasSuffix(ending) {
        return (String(name.dropLast(ending.count)), part)
      }
      return nil
    }
  }
}

extension String {
  /// Whether the UTF-8 bytes of a text stand in it.
  fileprivate func hasBytes(of part: String) -> Bool {
    var (text, part) = (self, part)
    return text.withUTF8 { text in
      part.withUTF8 { part in
        text.indices.contains { text[$0] == part[0] && text[$0...].starts(with: part) }
      }
    }
  }
}
