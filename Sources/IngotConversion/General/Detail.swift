/// A text that metadata holds about a model, in the order in which they are written.
///
/// Specification: `spec/metadata.md`, clause M11.
enum Detail: String, CaseIterable {
  case name = "general.name"
  case author = "general.author"
  case version = "general.version"
  case organization = "general.organization"
  case fineTune = "general.finetune"
  case baseName = "general.basename"
  case description = "general.description"
  case sizeLabel = "general.size_label"
  case license = "general.license"
  case licenseName = "general.license.name"
  case licenseLink = "general.license.link"
  case sourceURL = "general.source.url"
  case sourceDOI = "general.source.doi"
  case sourceUUID = "general.source.uuid"
  case sourceRepositoryURL = "general.source.repo_url"

  /// The keys of a model card that may state it; the first that has a text does.
  var cardKeys: [String] {
    switch self {
    case .name: ["name", "model_name"]
    case .author: ["author", "model_author", "model_creator"]
    case .version: ["version", "model_version"]
    case .organization: ["organization", "model_organization"]
    case .fineTune: ["finetune", "model_finetune"]
    case .baseName: ["basename", "model_basename", "model_type"]
    case .description: ["description", "model_description"]
    case .sizeLabel: ["size_label", "model_size_label"]
    case .license: ["license"]
    case .licenseName: ["license_name"]
    case .licenseLink: ["license_link"]
    case .sourceURL: ["url", "model_url"]
    case .sourceDOI: ["doi", "model_doi"]
    case .sourceUUID: ["uuid", "model_uuid"]
    case .sourceRepositoryURL: ["repo_url", "model_repo_url"]
    }
  }
}

/// A list of words that metadata holds about a model, in the order in which they are written.
enum WordList: String, CaseIterable {
  case tags = "general.tags"
  case languages = "general.languages"

  /// The keys of a model card whose words make it, one after the other.
  var cardKeys: [String] {
    switch self {
    case .tags: ["tags", "pipeline_tag"]
    case .languages: ["languages", "language"]
    }
  }
}
