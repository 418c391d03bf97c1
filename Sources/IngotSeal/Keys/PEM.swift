/// Keys as text, as `openssl` reads and writes them: PKCS #8 and SPKI with an Ed25519 key (RFC 8410).
enum PEM {
  enum Kind {
    case privateKey
    case publicKey

    var label: String { self == .privateKey ? "PRIVATE KEY" : "PUBLIC KEY" }

    /// The bytes before the 32 of the key.
    var prefix: [UInt8] {
      switch self {
      case .privateKey:
        [0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]
      case .publicKey: [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
      }
    }
  }

  /// The text of a key of 32 bytes.
  static func text(_ kind: Kind, _ key: [UInt8]) -> String {
    // Either has fewer than 48 bytes or exactly as many: one line.
    "-----BEGIN \(kind.label)-----\n\(Base64.encode(kind.prefix + key))\n-----END \(kind.label)-----\n"
  }

  /// The 32 bytes of the key in a text.
  ///
  /// Lines may end and be cut in any way; spaces are those of ASCII.
  ///
  /// - Throws: `SEAL_KEY` for anything else.
  static func key(_ kind: Kind, in text: String) throws(SealError) -> [UInt8] {
    let words = Array(text.utf8).split { $0 == 0x20 || (0x09...0x0D).contains($0) }
    let lines = Array(words.joined(separator: [0x20]))
    let begin = Array("-----BEGIN \(kind.label)----- ".utf8)
    let end = Array(" -----END \(kind.label)-----".utf8)
    guard lines.starts(with: begin), lines.suffix(end.count).elementsEqual(end),
      lines.count > begin.count + end.count,
      let bytes = Base64.decode(lines.dropFirst(begin.count).dropLast(end.count).filter { $0 != 0x20 })
    else {
      throw SealError(
        .key, .file, found: fault(in: lines, kind, from: begin, to: end),
        expected: "one \(kind.label) in PEM, from BEGIN to END, not encrypted")
    }
    guard bytes.starts(with: kind.prefix), bytes.count == kind.prefix.count + 32 else {
      throw SealError(
        .key, .file,
        found: isSecondVersion(bytes, kind)
          ? "a key of version 2, with its public key" : "a key of another kind",
        expected: kind == .privateKey
          ? "an Ed25519 key of 32 bytes, version 1, not encrypted" : "an Ed25519 key of 32 bytes")
    }
    return Array(bytes.suffix(32))
  }

  /// Whether it is a private Ed25519 key with its public key behind it (RFC 8410, section 10.3).
  private static func isSecondVersion(_ bytes: [UInt8], _ kind: Kind) -> Bool {
    // Without the length of the whole; the version is the byte at 4.
    var prefix = kind.prefix.dropFirst(2)
    prefix[4] = 1
    return kind == .privateKey && bytes.dropFirst(2).starts(with: prefix)
  }

  /// What is wrong with a text that is not one key of a kind.
  private static func fault(
    in lines: [UInt8], _ kind: Kind, from begin: [UInt8], to end: [UInt8]
  ) -> String {
    if let label = label(of: lines), label != kind.label { return "\(label) in PEM" }
    guard let start = lines.firstRange(of: begin) else { return "other text" }
    if lines[start.upperBound...].firstRange(of: begin) != nil { return "two keys" }
    if start.lowerBound > 0 { return "text before BEGIN" }
    guard let stop = lines.firstRange(of: end) else { return "no END" }
    return stop.upperBound < lines.count ? "text after END" : "a key that is not in Base64"
  }

  /// What a text in PEM says that it is.
  private static func label(of lines: [UInt8]) -> String? {
    let begin = "-----BEGIN ".utf8
    guard lines.starts(with: begin) else { return nil }
    let label = lines.dropFirst(begin.count).prefix(40).prefix { $0 == 0x20 || (0x41...0x5A).contains($0) }
    return label.isEmpty ? nil : String(decoding: label, as: UTF8.self)
  }
}
