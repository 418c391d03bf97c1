import IngotCheckpoints

/// What the front matter of a model card says, by key.
///
/// Specification: `spec/metadata.md`, clause M14.
struct ModelCard {
  /// A value of the front matter.
  ///
  /// Numbers, dates and truth values are texts as they are written: `version: 1.0` is no number to compute with.
  indirect enum Value: Equatable {
    /// Nothing, or what is too deep to be of use.
    case null
    case text(String)
    case list([Value])
    case members([String: Value])
  }

  /// The values of the keys of ``Detail`` and ``Lineage`` that the front matter has.
  private(set) var values: [String: Value] = [:]

  /// A card that says nothing.
  init() {}

  /// Takes what a front matter says.
  ///
  /// - Throws: ``FrontMatter/Problem``.
  init(_ matter: FrontMatter) throws(FrontMatter.Problem) {
    values = try matter.values(of: Self.keys)
  }

  /// Reads the card in a folder.
  ///
  /// One that cannot be used says nothing, and a warning says why.
  init(of folder: ModelFolder, warnings: inout [String]) {
    self.init()
    do {
      guard let matter = try FrontMatter(of: folder) else { return }
      self = try ModelCard(matter)
    } catch {
      warnings.append("README.md is ignored: \(error)")
    }
  }

  /// The keys that are looked at; others are as good as not there.
  private static let keys = Set(
    Detail.allCases.flatMap(\.cardKeys) + Lineage.allCases.flatMap(\.cardKeys)
      + WordList.allCases.flatMap(\.cardKeys))

  /// The value of a key, also where that is null.
  subscript(key: String) -> Value? { values[key] }

  /// The first text that one of these keys has.
  ///
  /// Nulls and empty texts count as none. So do lists and mappings, with a warning.
  func text(_ keys: [String], warnings: inout [String]) -> String? {
    for key in keys {
      switch values[key] {
      case .text(let text) where !text.isEmpty: return text
      case .list, .members: warnings.append("\(key.quoted) in README.md is ignored: it is not a text")
      case nil, .null, .text: continue
      }
    }
    return nil
  }

  /// The texts of a list, or the one text that stands in place of a list; `nil` where the key has neither.
  func texts(_ key: String, warnings: inout [String]) -> [String]? {
    switch values[key] {
    case .text(let text): return [text]
    case .list(let elements):
      let texts = elements.compactMap { element -> String? in
        if case .text(let text) = element { text } else { nil }
      }
      if texts.count < elements.count {
        warnings.append("\(key.quoted) in README.md has elements that are ignored: they are not texts")
      }
      return texts
    case .members:
      warnings.append("\(key.quoted) in README.md is ignored: it is not a list")
      return nil
    case nil, .null: return nil
    }
  }
}
