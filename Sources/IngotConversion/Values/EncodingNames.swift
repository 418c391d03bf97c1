import IngotContainer
import IngotEncodings

/// The names of encodings that can be asked for, and what other names may mean.
package enum EncodingNames {
  /// What a name may mean that is no encoding.
  package enum Meaning: Equatable, Sendable {
    /// What llama-quantize makes of several encodings: that of most tensors, and that of those which matter more, if it differs.
    case mixture(of: String, and: String?)
    /// Names that are like it, the likest first.
    case misspelt([String])
  }

  /// The names in lower case, the most bits per weight first.
  package static let all: [String] = Encoding.allCases.filter { $0.canEncode && $0.kind != .integer }
    .sorted { ($1.bitsPerWeight, $0.id) < ($0.bitsPerWeight, $1.id) }.map { $0.name.lowercased() }

  /// What a name that is no encoding may mean; `nil` if nothing is known.
  package static func meaning(of name: String) -> Meaning? {
    let wanted = letters(name)
    if let mixture = mixtures[wanted.hasPrefix("ud") ? String(wanted.dropFirst(2)) : wanted] {
      return mixture
    }
    // Underscores are what is forgotten most.
    let texts = Dictionary(all.map { (letters($0), $0) }) { first, _ in first }
    if let name = texts[wanted] { return .misspelt([name]) }
    let near = NearestNames.nearest(to: wanted, among: texts.keys.sorted(), most: 3).compactMap { texts[$0] }
    return near.isEmpty ? nil : .misspelt(near)
  }

  /// The mixtures of llama-quantize and of those who follow its names, without `_`.
  private static let mixtures: [String: Meaning] = {
    var mixtures: [String: Meaning] = [
      "iq3m": .mixture(of: "iq3_s", and: "q4_k"), "iq3xs": .mixture(of: "iq3_xxs", and: "iq3_s"),
      "iq2m": .mixture(of: "iq2_s", and: "iq3_s"),
    ]
    for (base, finer) in [
      ("q2_k", "q4_k"), ("q3_k", "q5_k"), ("q4_k", "q6_k"), ("q5_k", "q6_k"), ("q6_k", "q8_0"),
    ] {
      for size in ["xs", "s"] { mixtures[letters(base) + size] = .mixture(of: base, and: nil) }
      for size in ["m", "l", "xl"] { mixtures[letters(base) + size] = .mixture(of: base, and: finer) }
    }
    return mixtures
  }()

  private static func letters(_ name: String) -> String {
    name.lowercased().filter { !"_- .".contains($0) }
  }
}

extension EncodingNames.Meaning {
  /// What to write instead, after the name.
  package var advice: String {
    switch self {
    case .mixture(let base, nil): "is a mixture of llama-quantize; the nearest is --encoding \(base)"
    case .mixture(let base, let finer?):
      "is a mixture of llama-quantize; ingot has one encoding and rules: --encoding \(base) --tensor 'ffn_down|attn_v=\(finer)'"
    case .misspelt(let names): "is not an encoding; did you mean \(Self.list(names))?"
    }
  }

  /// What to write instead in a rule, which has one encoding.
  package var adviceForRule: String {
    switch self {
    case .mixture(let base, _): "is a mixture of llama-quantize; a rule has one encoding, such as \(base)"
    case .misspelt: advice
    }
  }

  private static func list(_ names: [String]) -> String { names.map(\.quoted).joined(separator: " or ") }
}
