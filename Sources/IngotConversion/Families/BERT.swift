import IngotCheckpoints

extension ModelFamily {
  /// BERT and the sentence encoders that were made of it.
  static let bert = ModelFamily(
    "bert", of: "BERT, MiniLM, BGE, E5",
    classes: ["BertModel", "BertForMaskedLM", "BertForSequenceClassification", "CamembertModel"],
    tokenizer: .wordPiece, defaults: bertDefaults,
    hyperparameters: { configuration, list in
      try list.setCommon(configuration)
      list.set("attention.causal", false)
      try list.setPooling(configuration)
      try list.setClasses(configuration)
    },
    routes: .bert,
    ownName: { name, modelClass in
      name.withoutPrefix("bert.").spellingNorms.classifier(modelClass)
    },
    nameInClass: { name, hasTensor in
      // A layer before the last one is of another class.
      guard hasTensor("cls.output.weight") && !hasTensor("cls.weight") else { return name }
      return name.replacing("classifier.out_proj.", with: "classifier.", maxReplacements: 1)
        .withPrefix("bert.", unless: "classifier.")
    })

  /// RoBERTa, whose first positions mean padding.
  static let roberta = ModelFamily(
    "roberta", of: "RoBERTa", classes: ["RobertaModel", "RobertaForSequenceClassification"],
    architecture: "bert",
    tokenizer: .roberta, defaults: bertDefaults.merging(["pad_token_id": .number("1")]) { $1 },
    complete: { try $0.leaveOutPaddingPositions() },
    hyperparameters: bert.hyperparameters, routes: .bert,
    ownName: { name, _ in name.withoutPrefix("roberta.").spellingNorms },
    nameInClass: { name, hasTensor in
      hasTensor("cls.output.weight") ? name.withPrefix("roberta.", unless: "classifier.") : name
    })

  /// XLM-RoBERTa: the same with a vocabulary of SentencePiece.
  static let xlmRoberta = ModelFamily(
    "xlm-roberta", of: "XLM-RoBERTa, multilingual E5, BGE-M3",
    classes: ["XLMRobertaModel", "XLMRobertaForSequenceClassification"], architecture: "bert",
    tokenizer: .unigram, defaults: bertDefaults.merging(["pad_token_id": .number("1")]) { $1 },
    complete: { try $0.leaveOutPaddingPositions() },
    hyperparameters: bert.hyperparameters, routes: .bert,
    ownName: { name, _ in name.withoutPrefix("roberta.").spellingNorms },
    nameInClass: { name, hasTensor in
      hasTensor("cls.output.weight") ? name.withPrefix("roberta.", unless: "classifier.") : name
    })

  /// What `BertConfig` fills in.
  static let bertDefaults: [String: JSONTree] = [
    "vocab_size": .number("30522"), "hidden_size": .number("768"), "intermediate_size": .number("3072"),
    "num_hidden_layers": .number("12"), "num_attention_heads": .number("12"),
    "max_position_embeddings": .number("512"), "layer_norm_eps": .number("1e-12"),
    "type_vocab_size": .number("2"),
  ]
}

extension HyperparameterList {
  /// The names of the classes that a classifier tells apart, in the order of their numbers.
  mutating func setClasses(_ configuration: ModelConfiguration) throws {
    let names = configuration.classNames()
    if !names.isEmpty { set("classifier.output_labels", names) }
  }
}

extension ModelConfiguration {
  /// The names of classes.
  ///
  /// Two that were never named, which every configuration has, are those of a classifier alone.
  func classNames() -> [String] {
    let entries = self["id2label"]?.members?.compactMap { key, value in
      Int(key.string).flatMap { number in value.string.map { (number, $0) } }
    }
    let names = (entries ?? []).sorted { $0.0 < $1.0 }.map(\.1)
    guard names.isEmpty || names.count == 2 && names[0] == "LABEL_0" else { return names }
    return modelClass?.hasSuffix("ForSequenceClassification") == true ? ["LABEL_0", "LABEL_1"] : []
  }

  /// Positions count from one above the padding token: the ones before it are never used.
  fileprivate mutating func leaveOutPaddingPositions() throws {
    guard let padding = try integer("pad_token_id"), let positions = try integer("max_position_embeddings")
    else {
      return
    }
    set("max_position_embeddings", .number("\(max(positions - padding - 1, 0))"))
    unusedPositions = padding + 1
  }
}

extension String {
  /// The name without a prefix that it may have.
  func withoutPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }

  /// Old checkpoints call the weight of a normalization gamma, and its bias beta.
  fileprivate var spellingNorms: String {
    replacingSuffix(".gamma", by: ".weight").replacingSuffix(".beta", by: ".bias")
  }

  /// The name of a classifier's last layer, which stands alone in these models.
  fileprivate func classifier(_ modelClass: String) -> String {
    self == "classifier.weight" || self == "classifier.bias"
      ? replacing("classifier.", with: "classifier.out_proj.") : self
  }
}

extension [TensorRoute] {
  /// The tensors of BERT; what it predicts masked words with is left out.
  static let bert: Self = [
    .to("token_embd", from: "embeddings.word_embeddings"),
    .to("position_embd", from: "embeddings.position_embeddings", .positions),
    .to("token_types", from: "embeddings.token_type_embeddings"),
    .to("token_embd_norm", from: "embeddings.LayerNorm"),
    .to("blk.{block}.attn_q", from: "encoder.layer.{block}.attention.self.query"),
    .to("blk.{block}.attn_k", from: "encoder.layer.{block}.attention.self.key"),
    .to("blk.{block}.attn_v", from: "encoder.layer.{block}.attention.self.value"),
    .to("blk.{block}.attn_output", from: "encoder.layer.{block}.attention.output.dense"),
    .to("blk.{block}.attn_output_norm", from: "encoder.layer.{block}.attention.output.LayerNorm"),
    .to("blk.{block}.ffn_up", from: "encoder.layer.{block}.intermediate.dense"),
    .to("blk.{block}.ffn_down", from: "encoder.layer.{block}.output.dense"),
    .to("blk.{block}.layer_output_norm", from: "encoder.layer.{block}.output.LayerNorm"),
    .to("cls", from: "classifier.dense"),
    .to("cls.output", from: "classifier.out_proj"),
    .leftOut("embeddings.position_ids"), .leftOut("pooler.dense"),
    .leftOut("cls.predictions.bias"), .leftOut("cls.predictions.decoder"),
    .leftOut("cls.predictions.transform.dense"), .leftOut("cls.predictions.transform.LayerNorm"),
    .leftOut("cls.seq_relationship"), .leftOut("lm_head.dense"), .leftOut("lm_head.layer_norm"),
    .leftOut("lm_head.decoder"), .leftOut("lm_head.bias"), .leftOut("lm_head"),
  ]
}

extension ModelFamily {
  /// Whether the first position that a text has is the one above that of the padding token.
  var countsPositionsFromPadding: Bool { defaults["pad_token_id"] != nil }
}
