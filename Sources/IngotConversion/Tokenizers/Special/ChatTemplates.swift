import IngotCheckpoints
import IngotContainer
import IngotFiles
import OrderedCollections

/// The templates that turn a conversation into text.
///
/// Specification: `spec/tokenizers.md`, clause T9.
struct ChatTemplates {
  /// The template without a name, or that which is called `default`.
  private(set) var main: String?
  /// The others, by their names with nothing but letters, digits and `_`.
  private(set) var named: OrderedDictionary<String, String> = [:]

  /// Finds the templates: a member `chat_template` of `tokenizer_config.json`, also if it is null, goes before files.
  init?(_ configuration: TokenizerConfiguration, _ folder: ModelFolder, warnings: inout Warnings) throws {
    guard let members = configuration.tree?.members else { return nil }
    if let tree = members[ExactName("chat_template")] {
      guard tree != .null, add(tree, warnings: &warnings) else { return nil }
    } else if let text = try folder.text(of: "chat_template.jinja") {
      main = Self.lines(text)
      try addFiles(folder)
    } else if let tree = try folder.json("chat_template.json")?["chat_template"] {
      guard add(tree, warnings: &warnings) else { return nil }
    } else {
      return nil
    }
  }

  /// Adds a text, or an array of texts with names.
  private mutating func add(_ tree: JSONTree, warnings: inout Warnings) -> Bool {
    if let text = tree.string {
      main = text
      return true
    }
    guard let elements = tree.elements else {
      warnings.append("chat_template is \(tree.kind), which is no template, and was left out")
      return false
    }
    for element in elements {
      guard let name = element["name"]?.string, let text = element["template"]?.string else { continue }
      add(text, name: name)
    }
    return true
  }

  private mutating func addFiles(_ folder: ModelFolder) throws {
    let path = folder.path(of: "additional_chat_templates")
    guard folder.has("additional_chat_templates"), try Folder.isFolder(path) else { return }
    let templates = try ModelFolder(path)
    for file in templates.names where file.hasSuffix(".jinja") && file != ".jinja" {
      guard let text = try templates.text(of: file) else { continue }
      add(Self.lines(text), name: String(file.dropLast(6)))
    }
  }

  /// Adds a template; one that is called like another replaces it.
  private mutating func add(_ text: String, name: String) {
    let plain = String(
      String.UnicodeScalarView(
        name.unicodeScalars.map { $0.isASCII && $0.properties.isAlphanumeric ? $0 : "_" }))
    guard !plain.isEmpty else { return }
    if plain == "default" {
      main = text
    } else {
      named[plain] = text
    }
  }

  /// The text with lines that end in a line feed, whatever they ended in.
  private static func lines(_ text: String) -> String {
    text.replacingBytes(of: "\r\n", with: "\n").replacingBytes(of: "\r", with: "\n")
  }

  /// Writes the keys.
  func write(to metadata: inout Metadata) {
    for (name, text) in named { metadata["tokenizer.chat_template.\(name)"] = .string(text) }
    if !named.isEmpty {
      metadata["tokenizer.chat_templates"] = .array(MetadataArray(named.keys))
    }
    if let main { metadata["tokenizer.chat_template"] = .string(main) }
  }
}

extension Unicode.Scalar.Properties {
  fileprivate var isAlphanumeric: Bool { isAlphabetic || numericType != nil }
}
