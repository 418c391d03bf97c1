import IngotContainer

/// Clause C6: keys are words of lower-case letters, digits, `_` and `-`, joined by dots.
enum KeyStyle: ContainerHeaderRule {
  static let rule = Rule(
    "C6-STYLE", .note, title: "A key is lower-case words joined by dots.",
    mend: "Nothing needs to be done; a new key is found more easily in the usual form.")

  static func check(_ file: JudgedContainer, _ report: (Finding) -> Void) {
    for key in file.examination.metadata.keys where !isUsual(key) {
      // A key that is no ASCII text breaks a rule of its own.
      guard key.utf8.allSatisfy({ $0 > 0 && $0 < 0x80 }), !key.isEmpty else { continue }
      let offset = file.examination.metadata.offset(of: key).map { $0 - 12 - UInt64(key.utf8.count) }
      report(
        Finding(
          rule, at: offset, .key(key), found: "another form",
          expected: "words of lower-case letters, digits, _ and -, joined by single dots"))
    }
  }

  private static func isUsual(_ key: String) -> Bool {
    key.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { word in
      !word.isEmpty
        && word.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
          default: false
          }
        }
    }
  }
}
