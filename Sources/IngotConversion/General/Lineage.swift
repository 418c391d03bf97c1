import IngotContainer
import IngotEncodings

/// What a model was made from: other models, or data.
///
/// Specification: `spec/metadata.md`, clause M15.
enum Lineage: String, CaseIterable {
  case baseModels = "general.base_model"
  case datasets = "general.dataset"

  /// The keys of a model card that may state it; the first that is there does.
  var cardKeys: [String] {
    switch self {
    case .baseModels: ["base_model", "base_models", "base_model_sources"]
    case .datasets: ["datasets", "dataset", "dataset_sources"]
    }
  }

  /// Writes what a model card says; nothing where it has none of the keys.
  func write(_ card: ModelCard, parameters: Int, to metadata: inout Metadata, warnings: inout [String]) {
    guard let key = cardKeys.first(where: { card[$0] != nil }), let value = card[key] else { return }
    var elements: [ModelCard.Value]
    switch value {
    case .text: elements = [value]
    case .list(let list): elements = list
    case .null: elements = []
    case .members:
      warnings.append("\(key.quoted) in README.md is ignored: it is not a list")
      elements = []
    }
    if elements.count > Self.maximumCount {
      warnings.append(
        "\(key.quoted) in README.md has \(elements.count.counted("element")); the first \(Self.maximumCount) are used"
      )
      elements.removeLast(elements.count - Self.maximumCount)
    }
    metadata["\(rawValue).count"] = .uint32(UInt32(clamping: elements.count))
    for (index, element) in elements.enumerated() {
      let facts: [String: String]
      switch element {
      case .text(let reference): facts = Self.facts(of: reference, parameters: parameters)
      case .members(let members):
        facts = members.compactMapValues { if case .text(let text) = $0 { text } else { nil } }
      case .null, .list:
        warnings.append(
          "\(key.quoted) in README.md has an element that says nothing: it is not a text or mapping")
        facts = [:]
      }
      for name in Self.names {
        if let text = facts[name], !text.isEmpty { metadata["\(rawValue).\(index).\(name)"] = .string(text) }
      }
    }
  }

  /// The most elements that are written: each is up to nine keys, of which readers take a limited number.
  static let maximumCount = 1000

  /// The last parts of the keys of an element, in the order in which they are written.
  private static let names = [
    "name", "author", "version", "organization", "description", "url", "doi", "uuid", "repo_url",
  ]

  /// What an identifier such as `owner/name`, or an address, says.
  private static func facts(of reference: String, parameters: Int) -> [String: String] {
    var facts: [String: String] = [:]
    var identifier = reference
    let isAddress = ["http://", "https://", "ssh://"].contains { reference.utf8.starts(with: $0.utf8) }
    if isAddress {
      facts["repo_url"] = reference
      guard let path = pathOfHub(reference) else { return facts }
      identifier = path
    }
    let parts = ModelIdentifier(identifier, parameters: parameters)
    facts["name"] = Title.of(parts.name)
    facts["organization"] = parts.organization.map(Title.of)
    facts["version"] = parts.version
    if !isAddress, let organization = parts.organization {
      facts["repo_url"] = "https://huggingface.co/\(organization)/\(parts.name)"
    }
    return facts
  }

  /// The `owner/name` of an address of the Hugging Face hub that has nothing after it.
  private static func pathOfHub(_ address: String) -> String? {
    for beginning in ["https://huggingface.co/", "http://huggingface.co/"] {
      guard address.utf8.starts(with: beginning.utf8) else { continue }
      let path = address.utf8.dropFirst(beginning.utf8.count)
      let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      return parts.count == 2 && !parts.contains(where: \.isEmpty) ? String(path) : nil
    }
    return nil
  }
}
