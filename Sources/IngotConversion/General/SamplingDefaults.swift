import IngotCheckpoints
import IngotContainer

/// How a model's makers would have it sampled, from `generation_config.json`.
///
/// Specification: `spec/metadata.md`, clause M16.
enum SamplingDefaults {
  /// Writes what the file in a folder says.
  ///
  /// One that is not JSON says nothing, and a warning says why.
  static func write(of folder: ModelFolder, to metadata: inout Metadata, warnings: inout [String]) {
    let file = "generation_config.json"
    let configuration: JSONTree
    do {
      guard let tree = try folder.json(file) else { return }
      configuration = tree
    } catch {
      warnings.append("\(file) is ignored: \(error)")
      return
    }
    guard configuration.members != nil else {
      warnings.append("\(file) is ignored: it is \(configuration.kind), not an object")
      return
    }
    for (name, type, keys) in rows {
      guard let key = keys.first(where: { configuration[$0] != nil }), let value = configuration[key] else {
        continue
      }
      if value == .string("") { continue }
      if let value = convert(value, to: type) {
        metadata["general.sampling.\(name)"] = value
      } else {
        warnings.append("\(key.quoted) in \(file) is ignored: it is \(value.kind), not of type \(type.name)")
      }
    }
  }

  /// The key after `general.sampling.`, its type, and the members that state it, of which the first counts.
  private static let rows: [(name: String, type: MetadataType, keys: [String])] = [
    ("sequence", .string, ["sequence"]),
    ("top_k", .int32, ["top_k"]),
    ("top_p", .float32, ["top_p"]),
    ("min_p", .float32, ["min_p"]),
    ("xtc_probability", .float32, ["xtc_probability"]),
    ("xtc_threshold", .float32, ["xtc_threshold"]),
    ("temp", .float32, ["temperature"]),
    ("penalty_last_n", .int32, ["penalty_last_n"]),
    ("penalty_repeat", .float32, ["penalty_repeat", "repetition_penalty"]),
    ("mirostat", .int32, ["mirostat"]),
    ("mirostat_tau", .float32, ["mirostat_tau"]),
    ("mirostat_eta", .float32, ["mirostat_eta"]),
  ]

  private static func convert(_ value: JSONTree, to type: MetadataType) -> MetadataValue? {
    switch type {
    case .string: return value.string.map(MetadataValue.string)
    case .int32: return value.integer.flatMap { Int32(exactly: $0) }.map(MetadataValue.int32)
    default:
      guard let number = value.number.map({ Float($0) }), number.isFinite else { return nil }
      return .float32(number)
    }
  }
}
