import IngotCheckpoints

extension HyperparameterList {
  /// How the vectors of a text's tokens become one: what the folder says to Sentence Transformers.
  ///
  /// Specification: `spec/families.md`, clause N2.6.
  mutating func setPooling(_ configuration: ModelConfiguration) throws {
    let modules = try configuration.folder.json("modules.json")?.elements ?? []
    if let module = modules.first(where: { $0["type"]?.string?.hasSuffix("Pooling") ?? false }) {
      let path = (module["path"]?.string ?? "") + "/config.json"
      guard Self.isPlain(path), let pooling = try configuration.folder.json(path) else {
        throw configuration.fault(
          "pooling", found: "no \(path), which modules.json names", expected: "that file")
      }
      try set("pooling_type", kind(pooling, path, configuration))
    }
  }

  /// The number that readers have for a kind of pooling.
  private func kind(
    _ pooling: JSONTree, _ path: String, _ configuration: ModelConfiguration
  ) throws(ConversionError) -> Int {
    let kinds = [
      ("mean", "pooling_mode_mean_tokens", 1), ("cls", "pooling_mode_cls_token", 2),
      ("lasttoken", "pooling_mode_lasttoken", 3),
    ]
    for (_, flag, number) in kinds where pooling[flag]?.boolean == true { return number }
    for (name, _, number) in kinds where pooling["pooling_mode"]?.string == name { return number }
    throw configuration.fault(
      "pooling", found: "another kind in \(path)", expected: "the mean, the first or the last token")
  }

  /// Whether a path stays in the folder.
  private static func isPlain(_ path: String) -> Bool {
    !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
  }
}
