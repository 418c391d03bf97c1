import IngotArchitectures
import IngotContainer
import Testing

/// What the tables must be in themselves, and how names and numbers are looked up.
@Suite struct ArchitectureTests {
  let llama: Metadata = [
    "llama.block_count": .uint32(2), "llama.embedding_length": .uint32(64),
    "llama.attention.head_count": .array(MetadataArray([Int32(4), 8])),
    "llama.feed_forward_length": .uint32(96),
    "llama.vocab_size": .uint32(300), "tokenizer.ggml.tokens": .array(MetadataArray(["a", "b", "c"])),
  ]

  @Test func everyArchitectureIsFoundByItsName() {
    for architecture in Architecture.all {
      #expect(Architecture.named(architecture.name)?.name == architecture.name)
    }
    #expect(Architecture.named("generic") == nil)
  }

  @Test func noNameStandsTwiceInATable() {
    for architecture in Architecture.all {
      #expect(
        Set(architecture.tensors.map(\.name)).count == architecture.tensors.count, "\(architecture.name)")
      #expect(Set(architecture.hyperparameters.map(\.key)).count == architecture.hyperparameters.count)
    }
    #expect(Set(KnownKey.all.map(\.pattern)).count == KnownKey.all.count)
  }

  @Test func everyAlternativeIsATensorOfTheTable() {
    for architecture in Architecture.all {
      for case .unless(let other) in architecture.tensors.map(\.presence) {
        #expect(architecture.template(named: other) != nil, "\(architecture.name) \(other)")
      }
    }
  }

  @Test func everyHyperparameterIsAKnownKey() {
    for architecture in Architecture.all {
      for parameter in architecture.hyperparameters {
        let key = parameter.quantity?.key(in: architecture.name) ?? "\(architecture.name).\(parameter.key)"
        #expect(KnownKey.of(key, architecture: architecture.name) != nil, "\(key)")
      }
    }
  }

  @Test func everyQuantityOfAShapeIsStatedOrFollows() {
    for architecture in Architecture.all {
      var metadata: Metadata = ["tokenizer.ggml.tokens": .array(MetadataArray(["a"]))]
      for parameter in architecture.hyperparameters where parameter.isRequired {
        guard let quantity = parameter.quantity else { continue }
        metadata[quantity.key(in: architecture.name)] = .uint32(64)
      }
      for tensor in architecture.expectedTensors(architecture.hyperparameters(from: metadata)) {
        #expect(tensor.shape != nil || tensor.presence == .optional, "\(architecture.name) \(tensor.name)")
      }
    }
  }

  @Test func absentQuantitiesFollowFromOthersBlockByBlock() throws {
    let numbers = try #require(Architecture.named("llama")).hyperparameters(from: llama)
    #expect(numbers.value(.keyLength, block: 0) == 16)
    #expect(numbers.value(.keyLength, block: 1) == 8)
    #expect(numbers.value(.keyValueHeads, block: 1) == 8)
    #expect(numbers.value(.heads, block: 2) == nil)
    #expect(numbers.value(.experts) == 0)
    #expect(numbers.value(.context) == nil)
    #expect(numbers.value(of: .embedding / 0) == nil)
  }

  @Test func vocabularyIsTheNumberOfTokensAndElseTheKey() throws {
    let architecture = try #require(Architecture.named("llama"))
    #expect(architecture.hyperparameters(from: llama).value(.vocabulary) == 3)
    var silent = llama
    silent["tokenizer.ggml.tokens"] = nil
    #expect(architecture.hyperparameters(from: silent).value(.vocabulary) == 300)
  }

  @Test func numbersThatOverflowAreUnknown() throws {
    var huge = llama
    huge["llama.attention.key_length"] = .uint64(UInt64(Int64.max))
    let numbers = try #require(Architecture.named("llama")).hyperparameters(from: huge)
    #expect(numbers.value(.keyLength) == Int.max)
    #expect(numbers.value(of: .heads * .keyLength) == nil)
    #expect(numbers.value(of: .keyLength + 1) == nil)
    huge["llama.attention.key_length"] = .int32(-1)
    #expect(Architecture.named("llama")?.hyperparameters(from: huge).value(.keyLength) == 16)
  }

  @Test func blocksBeyondWhatReadersHoldAreNotListed() throws {
    var huge = llama
    huge["llama.block_count"] = .uint32(.max)
    let architecture = try #require(Architecture.named("llama"))
    let blocks = architecture.expectedTensors(architecture.hyperparameters(from: huge))
      .count { $0.name.hasSuffix("attn_norm.weight") }
    #expect(blocks == Architecture.largestBlockCount)
  }

  @Test(arguments: [
    ("blk.1.attn_norm.weight", true), ("blk.2.attn_norm.weight", false), ("blk.01.attn_norm.weight", false),
    ("blk.-1.attn_norm.weight", false), ("blk..attn_norm.weight", false), ("blk.1", false),
    ("blk.{block}.attn_norm.weight", false), ("attn_norm.weight", false), ("token_embd.weight", true),
    ("blk.0.token_embd.weight", false), ("blk.0.attn_q.scale", true), ("blk.0.attn_q.input_scale", true),
    ("blk.0.attn_norm.scale", false), ("blk.0.ffn_gate_exps.weight", false), ("", false),
  ]) func tensorIsKnownByItsWholeName(name: String, isKnown: Bool) throws {
    let architecture = try #require(Architecture.named("llama"))
    let found = architecture.expectedTensor(named: name, architecture.hyperparameters(from: llama))
    #expect((found?.name == name) == isKnown)
  }

  @Test func onesAtTheEndOfAShapeSayNothing() throws {
    let architecture = try #require(Architecture.named("llama"))
    let numbers = architecture.hyperparameters(from: llama)
    let norm = try #require(architecture.expectedTensor(named: "output_norm.weight", numbers))
    #expect(norm.accepts([64]))
    #expect(norm.accepts([64, 1, 1]))
    #expect(!norm.accepts([1, 64]))
    #expect(!norm.accepts([]))
    #expect(!norm.accepts([64, 2]))
  }

  @Test(arguments: [
    (ValueType.one(.uint32), ValueType.one(.uint32), ValueType.Likeness.exact),
    (.one(.uint64), .one(.uint32), .kind), (.one(.int8), .one(.uint32), .kind),
    (.one(.float64), .one(.float32), .kind), (.one(.uint32), .one(.float32), .none),
    (.one(.bool), .one(.uint8), .none), (.many(.uint32), .many(.int32), .kind),
    (.many(.uint8), .many(.float32), .none), (.many(.float64), .many(.float32), .none),
    (.many(.uint32), .one(.uint32), .none), (.many(.string), .many(.string), .exact),
  ]) func typesAreComparedByKindAndWidth(found: ValueType, known: ValueType, likeness: ValueType.Likeness) {
    #expect(found.likeness(to: known) == likeness)
  }

  @Test(arguments: [
    ("llama.block_count", "{arch}.block_count"), ("qwen2.block_count", nil),
    ("general.base_model.0.name", "general.base_model.{id}.name"), ("general.base_model..name", nil),
    ("general.base_model.x.name", nil),
    ("tokenizer.chat_template.tool_use", "tokenizer.chat_template.{name}"),
    ("{arch}.block_count", nil), ("split.no", "split.no"), ("llama", nil), ("llama.", nil), ("", nil),
  ]) func keyIsKnownByItsPattern(key: String, pattern: String?) {
    #expect(KnownKey.of(key, architecture: "llama")?.pattern == pattern)
  }
}
