import IngotCheckpoints
import IngotTestSupport
import Testing

@testable import IngotConversion

/// Names are those of the class that a container tells: clause X2.5 of `spec/export.md`.
@Suite struct NamesInClassTests {
  /// What tensors of a container are called in a checkpoint of the family.
  private func names(of tensors: [String], _ family: ModelFamily) throws -> [String] {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors(tensors.map { SourceTensor($0, [2, 2], [1, 2, 3, 4]) })
    let plan = try ExportPlan(Checkpoints.open(source), naming: .family(family), format: .npz)
    let names = Dictionary(uniqueKeysWithValues: plan.tensors.map { ($0.source, $0.name) })
    return try tensors.map { try #require(names[$0]) }
  }

  private static let base = ["token_embd.weight", "blk.3.attn_output.bias"]
  private static let classifier = base + ["cls.output.weight", "cls.output.bias"]
  private static let classifierOfTwo = classifier + ["cls.weight", "cls.bias"]
  private static let bert = [
    "embeddings.word_embeddings.weight", "encoder.layer.3.attention.output.dense.bias",
  ]

  @Test func aClassifierOfBERTHasOneLayer() throws {
    #expect(try names(of: Self.base, .bert) == Self.bert)
    for family in [ModelFamily.bert, .jinaBert] {
      #expect(
        try names(of: Self.classifier, family) == Self.bert.map { "bert." + $0 } + [
          "classifier.weight", "classifier.bias",
        ])
    }
    // Another class has a layer before it.
    #expect(
      try names(of: Self.classifierOfTwo, .bert) == Self.bert + [
        "classifier.out_proj.weight", "classifier.out_proj.bias", "classifier.dense.weight",
        "classifier.dense.bias",
      ])
  }

  @Test(arguments: [ModelFamily.roberta, .xlmRoberta].map(\.name))
  func aClassifierOfRoBERTaHasTwoLayers(_ name: String) throws {
    let family = try #require(ModelFamily.named(name))
    #expect(try names(of: Self.base, family) == Self.bert)
    #expect(
      try names(of: Self.classifierOfTwo, family) == Self.bert.map { "roberta." + $0 } + [
        "classifier.out_proj.weight", "classifier.out_proj.bias", "classifier.dense.weight",
        "classifier.dense.bias",
      ])
  }

  @Test func aClassifierOfDistilBERTHasTwoLayers() throws {
    let own = ["embeddings.word_embeddings.weight", "transformer.layer.3.attention.out_lin.bias"]
    #expect(try names(of: Self.base, .distilBert) == own)
    #expect(
      try names(of: Self.classifierOfTwo, .distilBert) == own.map { "distilbert." + $0 } + [
        "classifier.weight", "classifier.bias", "pre_classifier.weight", "pre_classifier.bias",
      ])
  }

  @Test func aModernBERTWithAHeadHasAPrefix() throws {
    let tensors = ["token_embd.weight", "blk.3.attn_qkv.weight"]
    let own = ["embeddings.tok_embeddings.weight", "layers.3.attn.Wqkv.weight"]
    #expect(try names(of: tensors, .modernBert) == own)
    let prefixed = own.map { "model." + $0 } + ["head.dense.weight", "head.norm.weight"]
    let head = tensors + ["cls.weight", "cls.norm.weight"]
    #expect(try names(of: head, .modernBert) == prefixed)
    #expect(
      try names(of: head + ["cls.output.weight"], .modernBert) == prefixed + ["classifier.weight"])
  }

  @Test func embeddingGemmaHasNoHead() throws {
    let tensors = ["token_embd.weight", "blk.0.attn_output.weight", "output_norm.weight"]
    let own = ["embed_tokens.weight", "layers.0.self_attn.o_proj.weight", "norm.weight"]
    #expect(try names(of: tensors, .gemmaEmbedding) == own)
    #expect(try names(of: tensors, .gemma3) == own.map { "model." + $0 })
  }

  /// A name in a class is read again as what it was.
  @Test func namesInAClassAreOnesThatAFamilyKnows() {
    for family in ModelFamily.all {
      for present in [[], ["cls.output.weight"], ["cls.weight"], ["cls.output.weight", "cls.weight"]] {
        for route in family.routes where !route.outputs.isEmpty {
          for suffix in [".weight", ".bias"] {
            let name = family.nameInClass(route.pattern + suffix, present.contains)
            for modelClass in family.classes {
              #expect(family.ownName(name, modelClass) == route.pattern + suffix)
            }
          }
        }
      }
    }
  }
}
