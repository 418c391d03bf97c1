extension KnownKey {
  /// Keys that say what a file is.
  static let general: [KnownKey] = [
    KnownKey("general.architecture", .one(.string)),
    KnownKey("general.type", .one(.string)),
    KnownKey("general.quantization_version", .one(.uint32)),
    KnownKey("general.file_type", .one(.uint32)),
    KnownKey("general.alignment", .one(.uint32)),
    KnownKey("general.name", .one(.string)),
    KnownKey("general.author", .one(.string)),
    KnownKey("general.version", .one(.string)),
    KnownKey("general.organization", .one(.string)),
    KnownKey("general.basename", .one(.string)),
    KnownKey("general.finetune", .one(.string)),
    KnownKey("general.description", .one(.string)),
    KnownKey("general.quantized_by", .one(.string)),
    KnownKey("general.size_label", .one(.string)),
    KnownKey("general.license", .one(.string)),
    KnownKey("general.license.name", .one(.string)),
    KnownKey("general.license.link", .one(.string)),
    KnownKey("general.url", .one(.string)),
    KnownKey("general.doi", .one(.string)),
    KnownKey("general.uuid", .one(.string)),
    KnownKey("general.repo_url", .one(.string)),
    KnownKey("general.tags", .many(.string)),
    KnownKey("general.languages", .many(.string)),
    KnownKey("general.datasets", .many(.string)),
  ]

  /// Where the model comes from.
  static let sources: [KnownKey] =
    ["url", "doi", "uuid", "repo_url"].map { KnownKey("general.source.\($0)", .one(.string)) }
    + ["base_model", "dataset"].flatMap { kind in
      [KnownKey("general.\(kind).count", .one(.uint32))]
        + ["name", "author", "version", "organization", "description", "url", "doi", "uuid", "repo_url"].map {
          KnownKey("general.\(kind).{id}.\($0)", .one(.string))
        }
    }

  /// How its makers would have tokens chosen.
  static let sampling: [KnownKey] = [
    KnownKey("general.sampling.sequence", .one(.string)),
    KnownKey("general.sampling.top_k", .one(.int32)),
    KnownKey("general.sampling.top_p", .one(.float32)),
    KnownKey("general.sampling.min_p", .one(.float32)),
    KnownKey("general.sampling.xtc_probability", .one(.float32)),
    KnownKey("general.sampling.xtc_threshold", .one(.float32)),
    KnownKey("general.sampling.temp", .one(.float32)),
    KnownKey("general.sampling.penalty_last_n", .one(.int32)),
    KnownKey("general.sampling.penalty_repeat", .one(.float32)),
    KnownKey("general.sampling.mirostat", .one(.int32)),
    KnownKey("general.sampling.mirostat_tau", .one(.float32)),
    KnownKey("general.sampling.mirostat_eta", .one(.float32)),
  ]

  /// Parts of a model, and what other tools and this one leave in a file.
  static let other: [KnownKey] = [
    KnownKey("split.no", .one(.uint16)),
    KnownKey("split.count", .one(.uint16)),
    KnownKey("split.tensors.count", .one(.int32)),
    KnownKey("adapter.type", .one(.string)),
    KnownKey("adapter.lora.alpha", .one(.float32)),
    KnownKey("adapter.lora.task_name", .one(.string)),
    KnownKey("adapter.lora.prompt_prefix", .one(.string)),
    KnownKey("adapter.alora.invocation_tokens", .many(.uint32), .many(.int32)),
    KnownKey("imatrix.chunk_count", .one(.uint32)),
    KnownKey("imatrix.chunk_size", .one(.uint32)),
    KnownKey("imatrix.datasets", .many(.string)),
    KnownKey("quantize.imatrix.file", .one(.string)),
    KnownKey("quantize.imatrix.dataset", .one(.string)),
    KnownKey("quantize.imatrix.entries_count", .one(.uint32), .one(.int32)),
    KnownKey("quantize.imatrix.chunks_count", .one(.uint32), .one(.int32)),
    KnownKey("ingot.original.stored", .many(.string)),
    KnownKey("ingot.original.names", .many(.string)),
    KnownKey("ingot.original.types", .many(.string)),
    KnownKey("ingot.original.shapes", .many(.string)),
    KnownKey("ingot.checkpoint.metadata.keys", .many(.string)),
    KnownKey("ingot.checkpoint.metadata.values", .many(.string)),
  ]
}
