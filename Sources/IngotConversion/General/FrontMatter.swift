import IngotCheckpoints
import IngotEncodings
import IngotFiles

/// The YAML text at the head of a model card, between two lines `---`.
///
/// Specification: `spec/metadata.md`, clause M14.
struct FrontMatter {
  /// The lines between the marks, with tabs replaced by spaces, which YAML does not indent with.
  let text: String

  /// Why a model card is not used, in words for a warning.
  struct Problem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  /// The longest front matter that is read, in bytes.
  static let maximumByteCount = 1 << 20

  /// Reads the front matter of the model card in a folder; `nil` where there is no card, or it has none.
  ///
  /// - Throws: ``Problem``; what the system reports.
  init?(of folder: ModelFolder) throws {
    guard let file = try folder.file("README.md") else { return nil }
    let byteCount = Int(clamping: min(file.byteCount, UInt64(Self.maximumByteCount) + 16))
    var bytes = [UInt8](repeating: 0, count: byteCount)
    try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    try self.init(bytes, isWhole: UInt64(byteCount) == file.byteCount)
  }

  /// Finds the front matter in the beginning of a text; `nil` where there is none.
  ///
  /// - Parameter isWhole: Whether the text ends with these bytes.
  init?(_ bytes: [UInt8], isWhole: Bool) throws(Problem) {
    var rest = bytes[...]
    guard rest.popLine()?.elementsEqual("---".utf8) == true else { return nil }
    var lines: [UInt8] = []
    var isClosed = false
    while let line = rest.popLine() {
      if line.elementsEqual("---".utf8) {
        isClosed = true
        break
      }
      for byte in line {
        if byte == UInt8(ascii: "\t") {
          lines.append(contentsOf: "  ".utf8)
        } else {
          lines.append(byte)
        }
      }
      lines.append(UInt8(ascii: "\n"))
    }
    // Without a closing mark the whole text is the front matter.
    guard isClosed || isWhole, lines.count <= Self.maximumByteCount else {
      throw Problem("its front matter is longer than \(Self.maximumByteCount.counted("byte"))")
    }
    guard let original = String(validating: lines, as: UTF8.self) else {
      throw Problem("its front matter is not UTF-8")
    }
    let text = original.withLinesEndedByLineFeeds
    let bytes = Array(text.utf8)
    try Self.checkAliases(bytes)
    try Self.checkNesting(bytes)
    self.text = text
  }
}

extension String {
  /// The text with a line feed for the other characters beyond ASCII that end lines, and without byte order marks.
  fileprivate var withLinesEndedByLineFeeds: String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar {
      case "\u{85}", "\u{2028}", "\u{2029}": result.append("\n")
      case "\u{FEFF}": break
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}

extension ArraySlice<UInt8> {
  /// Takes the first line off, without its end; `nil` where nothing is left.
  fileprivate mutating func popLine() -> ArraySlice<UInt8>? {
    guard !isEmpty else { return nil }
    let end = firstIndex(where: \.endsLine) ?? endIndex
    let line = self[startIndex..<end]
    var next = end
    if next < endIndex {
      next += 1
      if self[end] == UInt8(ascii: "\r"), next < endIndex, self[next] == UInt8(ascii: "\n") { next += 1 }
    }
    self = self[next...]
    return line
  }
}

extension UInt8 {
  /// Whether a line ends here: the line feed, and the other controls that separate lines or records.
  fileprivate var endsLine: Bool {
    switch self {
    case 0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E: true
    default: false
    }
  }
}
