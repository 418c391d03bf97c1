import IngotCheckpoints
import IngotContainer

/// What metadata says of a model that is not about its tensors: its name, makers, license, origin and sampling.
///
/// It is put together from the model card, `config.json`, the name of the folder and the number of parameters, as the
/// reference converter does.
///
/// Specification: `spec/metadata.md`, clauses M11 to M16.
package struct GeneralMetadata: Sendable {
  /// The keys `general.*` in their order, without `general.architecture`, `general.file_type` and
  /// `general.quantization_version`.
  package private(set) var metadata: Metadata
  /// What was not used and why, in sentences for people.
  package private(set) var warnings: [String] = []

  /// Makes the metadata of the model in a folder.
  ///
  /// Nothing in the card or in `generation_config.json` fails it: what cannot be used becomes a warning.
  ///
  /// - Parameters:
  ///   - folder: The folder of the model.
  ///   - configuration: Its `config.json`, as it is.
  ///   - parameters: The number of values of the tensors that are written.
  package static func make(
    folder: ModelFolder, configuration: JSONTree, parameters: ParameterCount
  ) -> GeneralMetadata {
    var warnings: [String] = []
    let card = ModelCard(of: folder, warnings: &warnings)
    var metadata = Metadata()
    metadata["general.type"] = "model"
    SamplingDefaults.write(of: folder, to: &metadata, warnings: &warnings)

    var details: [Detail: String] = [:]
    for detail in Detail.allCases {
      details[detail] =
        detail == .license
        ? license(of: card, warnings: &warnings) : card.text(detail.cardKeys, warnings: &warnings)
    }
    for identifier in identifiers(configuration, folder, parameters: parameters) {
      details.merge(identifier.details) { stated, _ in stated }
    }
    if details[.sizeLabel] == nil { details[.sizeLabel] = parameters.sizeLabel }
    for detail in Detail.allCases {
      if let text = details[detail] { metadata[detail.rawValue] = .string(text) }
    }

    for lineage in Lineage.allCases {
      lineage.write(card, parameters: parameters.total, to: &metadata, warnings: &warnings)
    }
    for list in WordList.allCases {
      let words = list.cardKeys.flatMap { card.texts($0, warnings: &warnings) ?? [] }
      if !words.isEmpty { metadata[list.rawValue] = .array(MetadataArray(words)) }
    }
    return GeneralMetadata(metadata: metadata, warnings: warnings)
  }

  /// A card may list several licenses.
  private static func license(of card: ModelCard, warnings: inout [String]) -> String? {
    let text = card.texts("license", warnings: &warnings)?.joined(separator: ",")
    return text?.isEmpty == true ? nil : text
  }

  /// The names that the model has, the one to believe most first.
  private static func identifiers(
    _ configuration: JSONTree, _ folder: ModelFolder, parameters: ParameterCount
  ) -> [ModelIdentifier] {
    var names = [folder.name]
    // With more than one slash it is a path on the machine of whoever trained the model.
    if let name = configuration["_name_or_path"]?.string,
      name.utf8.count(where: { $0 == UInt8(ascii: "/") }) <= 1
    {
      names.insert(name, at: 0)
    }
    return names.map { ModelIdentifier($0, parameters: parameters.total) }
  }
}

extension ModelIdentifier {
  /// What it states, without empty texts.
  fileprivate var details: [Detail: String] {
    let all: [Detail: String?] = [
      .name: Title.of(name), .organization: organization.map(Title.of), .baseName: baseName,
      .fineTune: fineTune, .version: version, .sizeLabel: sizeLabel,
    ]
    return all.compactMapValues { $0 }.filter { !$0.value.isEmpty }
  }
}
