/// What the member of an archive may be called: a relative path that all readers understand alike.
///
/// Specification: `spec/zip.md`, clause Z3.4.
enum ZIPName {
  /// Whether a name is such a path, with or without the `/` of a folder at its end.
  static func isPlain(_ name: some Collection<UInt8>) -> Bool {
    let parts = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return !name.contains { $0 == 0 || $0 == UInt8(ascii: "\\") }
      // Where there are drives, a letter and a colon in front are one; further on a colon is a part of the name.
      && name.dropFirst().first != UInt8(ascii: ":")
      && !parts.dropLast().contains { $0.isEmpty } && !name.isEmpty
      && !parts.contains { $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8) }
  }
}
