import IngotCheckpoints
import IngotContainer

/// What a tokenizer makes of a token when it puts a text together again: the `decoder` of `tokenizer.json`.
///
/// Readers look for added tokens in a text as it is. One that is looked for before the normalizer is therefore stored as
/// its text comes out: clause T5.
struct TokenDecoder {
  private let steps: [Step]
  private let cleansUp: Bool

  private enum Step {
    case bytes, byteFallback
    case replace(String, String)
    case remove(String)
    case strip(String, start: Int, stop: Int)
    case wordPiece
  }

  /// Reads the steps.
  ///
  /// - Parameter cleansUp: Whether spaces before punctuation are left out of the text as a whole.
  init(_ tree: JSONTree?, cleansUp: Bool) {
    steps = Array(tree.map { Self.steps($0, depth: 0).prefix(Self.stepLimit) } ?? [])
    self.cleansUp = cleansUp
  }

  /// The most steps, and the longest text that one replaces, in bytes: each is done to every added token.
  private static let (stepLimit, patternLimit) = (16, 32)

  /// The decoder of a type that needs no more to be said.
  init(type: String, cleansUp: Bool) {
    self.init(.object([ExactName("type"): .string(type)]), cleansUp: cleansUp)
  }

  /// The decoder of byte pairs whose file says none.
  static let bytes = TokenDecoder(type: "ByteLevel", cleansUp: false)

  private static func steps(_ tree: JSONTree, depth: Int) -> [Step] {
    switch tree["type"]?.string {
    case "Sequence":
      guard depth < 8 else { return [] }
      return tree["decoders"]?.elements?.flatMap { steps($0, depth: depth + 1) } ?? []
    case "ByteLevel": return [.bytes]
    case "ByteFallback": return [.byteFallback]
    case "Metaspace":
      // The first token of a text loses the space that the tokenizer had put in front.
      let sign = tree["replacement"]?.string ?? "\u{2581}"
      guard sign.utf8.count <= patternLimit else { return [] }
      let adds =
        tree["prepend_scheme"]?.string.map { $0 != "never" } ?? tree["add_prefix_space"]?.boolean ?? true
      return [adds ? .remove(sign) : .replace(sign, " ")]
    case "Replace":
      guard let pattern = tree["pattern"]?["String"]?.string, !pattern.isEmpty,
        pattern.utf8.count <= patternLimit
      else { return [] }
      return [.replace(pattern, tree["content"]?.string ?? "")]
    case "Strip":
      let count = (tree["start"]?.exactInteger ?? 0, tree["stop"]?.exactInteger ?? 0)
      return [.strip(tree["content"]?.string ?? " ", start: count.0, stop: count.1)]
    case "BPEDecoder":
      return tree["suffix"]?.string.map { $0.utf8.count <= patternLimit ? [.remove($0)] : [] } ?? []
    case "WordPiece": return tree["cleanup"]?.boolean ?? true ? [.wordPiece] : []
    default: return []
    }
  }

  /// The text of a token that is all of a text.
  func text(of token: String) -> String {
    let text = steps.reduce(token) { text, step in
      switch step {
      case .bytes: ByteAlphabet.text(of: text)
      case .byteFallback: Self.byte(text)
      case .replace(let old, let new): text.replacingBytes(of: old, with: new)
      case .remove(let sign): text.replacingBytes(of: sign, with: "")
      case .strip(let sign, let start, let stop): Self.stripped(text, sign, start: start, stop: stop)
      case .wordPiece: Self.cleaned(text, contractions: [" do not"])
      }
    }
    return cleansUp ? Self.cleaned(text, contractions: []) : text
  }

  /// The byte that a token such as `<0x0A>` stands for.
  private static func byte(_ text: String) -> String {
    guard text.utf8.count == 6, text.hasPrefix("<0x"), text.hasSuffix(">"),
      let byte = UInt8(text.dropFirst(3).dropLast(), radix: 16)
    else { return text }
    return String(decoding: [byte], as: UTF8.self)
  }

  private static func stripped(_ text: String, _ sign: String, start: Int, stop: Int) -> String {
    guard let sign = sign.unicodeScalars.first else { return text }
    var scalars = Substring(text).unicodeScalars
    for _ in 0..<max(0, min(start, scalars.count)) {
      guard scalars.first == sign else { break }
      scalars.removeFirst()
    }
    for _ in 0..<max(0, min(stop, scalars.count)) {
      guard scalars.last == sign else { break }
      scalars.removeLast()
    }
    return String(Substring(scalars))
  }

  /// The text without the spaces before punctuation and English contractions.
  private static func cleaned(_ text: String, contractions: [String]) -> String {
    guard text.utf8.contains(0x20) else { return text }
    var result = text
    for (old, new) in [
      (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
    ] + contractions.map({ ($0, " don't") }) + [(" 's", "'s"), (" 've", "'ve"), (" 're", "'re")] {
      result = result.replacingBytes(of: old, with: new)
    }
    return result
  }
}

/// The alphabet of byte-level tokenizers: each byte as a visible letter.
///
/// The bytes 0x21 to 0x7E, 0xA1 to 0xAC and 0xAE to 0xFF are the scalars of the same number; the 68 others, in their order,
/// are U+0100 to U+0143.
enum ByteAlphabet {
  /// The byte that a letter stands for.
  private static let bytes: [Unicode.Scalar: UInt8] = {
    var bytes: [Unicode.Scalar: UInt8] = [:]
    var next: UInt32 = 0x100
    for byte in UInt8.min...UInt8.max {
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: bytes[Unicode.Scalar(byte)] = byte
      default:
        bytes[Unicode.Scalar(next) ?? " "] = byte
        next += 1
      }
    }
    return bytes
  }()

  /// The text whose bytes the letters stand for; the text itself where one stands for none.
  static func text(of letters: String) -> String {
    var result: [UInt8] = []
    for scalar in letters.unicodeScalars {
      guard let byte = bytes[scalar] else { return letters }
      result.append(byte)
    }
    return String(decoding: result, as: UTF8.self)
  }
}
