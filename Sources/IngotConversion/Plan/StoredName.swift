/// The name that a tensor gets in the output where its own does not fit.
///
/// Readers of the format keep names in 64 bytes with a terminator, so a name may have at most 63.
///
/// Specification: `spec/metadata.md`, clause M3.
enum StoredName {
  /// The longest name in bytes that every reader takes.
  static let longestByteCount = 63

  /// Whether `name` can be stored as it is.
  static func fits(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= longestByteCount && !name.utf8.contains(0)
  }

  /// `name` if it fits; otherwise its beginning and a digest of the whole, the same on every machine and in every run.
  ///
  /// - Parameter attempt: counts up where two long names give the same short one.
  static func stored(_ name: String, attempt: UInt8 = 0) -> String {
    guard !fits(name) else { return name }
    let suffix = hexadecimal(digest(name.utf8, attempt: attempt))
    var kept = ""
    for character in name.unicodeScalars where character != "\0" {
      guard kept.utf8.count + UTF8.width(character) + 1 + suffix.utf8.count <= longestByteCount else { break }
      kept.unicodeScalars.append(character)
    }
    return kept + "~" + suffix
  }

  /// The 64-bit FNV-1a digest of the bytes, followed by `attempt` if that is not zero.
  static func digest(_ bytes: some Sequence<UInt8>, attempt: UInt8) -> UInt64 {
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    func absorb(_ byte: UInt8) { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01b3 }
    bytes.forEach(absorb)
    if attempt > 0 { absorb(attempt) }
    return digest
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
