import SystemPackage

/// The text of the specification, for tests that hold the code against it.
package enum Specification {
  /// The rows of the first Markdown table in `spec/<file>` whose first column is headed `header`.
  package static func table(of file: String, withHeader header: String) throws -> [[String]] {
    let path = TestData.packageRoot.appending("spec").appending(file)
    let lines = String(decoding: try TestData.bytes(at: path), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let rows = lines.drop { cells(of: $0).first != header }.dropFirst(2)
    return rows.prefix { $0.hasPrefix("|") }.map { cells(of: $0) }
  }

  /// Text without the spaces around it.
  package static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private static func cells(of line: Substring) -> [String] {
    guard line.hasPrefix("|") else { return [] }
    return line.dropFirst().dropLast().split(separator: "|").map(trimmed)
  }
}
