import IngotCheckpoints
import OrderedCollections

/// Reads from the `post_processor` of `tokenizer.json` which tokens a text gets, and so which have a role.
///
/// Specification: `spec/tokenizers.md`, clause T7.
struct PostProcessor {
  /// Whether a text gets the token of a role.
  private(set) var flags: OrderedDictionary<SpecialRole, Bool> = [:]
  /// The text of the token of each role.
  private(set) var texts: [SpecialRole: String] = [:]
  /// The roles that are asked for, in order.
  private(set) var roles: [SpecialRole]
  private(set) var warnings = Warnings()

  /// The tokens that texts get, as far as they are known; without `tokenizer_config.json` no role is found by text.
  private var bos, eos, sep, cls: String?
  private let hasConfiguration: Bool

  init(_ configuration: TokenizerConfiguration, roles: [SpecialRole]) {
    self.roles = roles
    hasConfiguration = configuration.tree != nil
    for role in SpecialRole.allCases { texts[role] = configuration.text(role) }
  }

  /// Reads a processor, or all of a sequence.
  mutating func read(_ tree: JSONTree?) {
    func known(_ role: SpecialRole) -> String? { texts[role].flatMap { $0.isEmpty ? nil : $0 } }
    (bos, eos, sep, cls) = (known(.bos), known(.eos), known(.sep), known(.cls))
    if bos == nil, cls != nil { set(.bos, cls) }
    if eos == nil, sep != nil { set(.eos, sep) }
    guard let tree else { return }
    for processor in tree["processors"]?.elements ?? [tree] {
      switch processor["type"]?.string {
      case "ByteLevel":
        flags[.bos] = flags[.bos] ?? false
        flags[.eos] = flags[.eos] ?? false
      case "RobertaProcessing": readRoberta(processor)
      case "TemplateProcessing":
        let (first, last) = readSingle(processor["single"]?.elements ?? [])
        readPair(processor["pair"]?.elements ?? [], first: first, last: last)
      default: break
      }
    }
  }

  private mutating func set(_ role: SpecialRole, _ text: String?) {
    if hasConfiguration { texts[role] = text }
    switch role {
    case .bos: bos = text
    case .eos: eos = text
    case .sep: sep = text
    case .cls: cls = text
    case .unk, .pad, .mask, .eot, .eom: break
    }
  }

  private mutating func readRoberta(_ processor: JSONTree) {
    for role in [SpecialRole.bos, .eos, .sep] { flags[role] = true }
    guard hasConfiguration else { return }
    if cls == nil { set(.cls, processor["cls"]?.elements?.first?.string ?? bos) }
    if sep == nil { set(.sep, processor["sep"]?.elements?.first?.string ?? eos) }
  }

  /// Reads what stands around one text.
  private mutating func readSingle(_ single: [JSONTree]) -> (first: String?, last: String?) {
    guard single.count > 1 else { return (nil, nil) }
    let (first, last) = (single.first.flatMap(Self.special), single.last.flatMap(Self.special))
    if let first {
      if !hasConfiguration {
        bos = first
      } else if first != bos, first != cls {
        if bos == nil { set(.bos, first) }
        if cls == nil { set(.cls, first) }
      }
      flags[.bos] = first == bos || first == cls
      if flags[.bos] == false { warnings.append("texts begin with \(first.quoted), which has no role") }
    }
    if let last {
      if !hasConfiguration {
        eos = last
      } else if last != eos {
        replaceEnd(by: last)
      }
      flags[.eos] = true
    }
    return (first, last)
  }

  /// Takes what texts end in for their end, and what was said to be the end for that of a turn or message.
  private mutating func replaceEnd(by last: String) {
    if let free = [SpecialRole.eot, .eom].first(where: { !roles.contains($0) }) {
      roles.append(free)
      texts[free] = eos
    } else {
      warnings.append("texts end in \(last.quoted), and not in eos_token")
    }
    set(.eos, last)
  }

  /// Reads what stands between two texts.
  private mutating func readPair(_ pair: [JSONTree], first: String?, last: String?) {
    var between = pair[...]
    if let first, between.first.flatMap(Self.special) == first { between = between.dropFirst() }
    if let last, between.last.flatMap(Self.special) == last { between = between.dropLast() }
    guard between.count > 2, between.first?["Sequence"]?["id"]?.string == "A",
      between.last?["Sequence"]?["id"]?.string == "B"
    else { return }
    between = between.dropFirst().dropLast()
    func parts(_ tree: JSONTree?) -> Bool {
      guard let text = tree.flatMap(Self.special) else { return false }
      return text == sep || text == eos
    }
    let adds = parts(between.first) && last == nil || between.count == 2 && parts(between.last)
    flags[.sep] = adds
    if adds, sep == nil, hasConfiguration { texts[.sep] = eos }
  }

  /// The text of the token that a part of a template stands for.
  private static func special(_ tree: JSONTree) -> String? {
    tree["SpecialToken"]?["id"]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }
}
