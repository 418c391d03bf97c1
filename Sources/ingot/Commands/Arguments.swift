import ArgumentParser
import IngotContainer
import IngotConversion
import IngotEncodings
import IngotSeal
import SystemPackage

extension FilePath: @retroactive ExpressibleByArgument {
  /// Any text but the empty one is a path.
  public init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    self.init(argument)
  }

  /// Paths are completed from the file system.
  public static var defaultCompletionKind: CompletionKind { .file() }
}

/// Where an output is to appear.
struct OutputArgument: ExpressibleByArgument {
  let path: FilePath
  /// Whether the text ends in `/`, which a path does not keep.
  private let namesFolder: Bool

  /// Any text but the empty one.
  init?(argument: String) {
    guard let path = FilePath(argument: argument) else { return nil }
    self.path = path
    namesFolder = argument.hasSuffix("/")
  }

  static var defaultCompletionKind: CompletionKind { .file() }

  /// Refuses `-`, which elsewhere means standard output: a stream cannot appear complete or not at all.
  ///
  /// - Parameter mayBeFolder: Whether a folder can be written.
  func check(mayBeFolder: Bool = false) throws {
    if path.string == "-" {
      throw ValidationError("Name a file: standard output cannot be written all at once. (./- is a file.)")
    }
    if namesFolder, !mayBeFolder { throw ValidationError("\(path)/ names a folder: name a file.") }
  }
}

/// The name of a release.
struct ReleaseNameArgument: ExpressibleByArgument {
  let text: String

  /// Any text but one that is not UTF-8: what stands in its place would be written into a signed seal, or never match one.
  init?(argument: String) {
    guard !argument.unicodeScalars.contains("\u{FFFD}") || Self.isUTF8(argument) else { return nil }
    text = argument
  }

  /// Whether the argument of the process is what its bytes say, not mended.
  private static func isUTF8(_ argument: String) -> Bool {
    (0..<Int(CommandLine.argc)).contains { index in
      guard let bytes = CommandLine.unsafeArgv[index] else { return false }
      return String(validatingCString: bytes)?.hasSuffix(argument) == true
    }
  }
}

/// An encoding by name, or the checkpoint's own precision.
struct TargetArgument: CustomStringConvertible {
  let target: ConversionOptions.Target

  init(_ target: ConversionOptions.Target) { self.target = target }

  /// - Throws: `ValidationError` with what the name may have meant.
  init(parsing text: String) throws {
    if text.lowercased() == "auto" {
      target = .own
    } else if let encoding = Encoding(name: text) {
      target = .encoding(encoding)
    } else {
      // The help of the option, which the parser adds, has all names.
      throw ValidationError("it \(EncodingNames.meaning(of: text)?.advice ?? "is not an encoding")")
    }
  }

  /// What can be asked for, the most bits per weight first.
  static var names: String { all.joined(separator: ", ") }

  static var completion: CompletionKind { .list(all) }

  private static var all: [String] { ["auto"] + EncodingNames.all }

  var description: String {
    switch target {
    case .own: "auto"
    case .encoding(let encoding): encoding.name.lowercased()
    }
  }
}

extension Effort: ExpressibleByArgument {}

/// A seal, or none.
enum SealArgument: String, ExpressibleByArgument, CaseIterable {
  case none, crc32, sha256

  var digest: SealDigest? {
    switch self {
    case .none: nil
    case .crc32: .crc32
    case .sha256: .sha256
    }
  }
}

/// Rows `a..<b`, `a...b` or `a`, counted from 0.
struct RowsArgument {
  let range: Range<Int>

  /// - Throws: `ValidationError` for what is none of these.
  init(parsing text: String) throws {
    let parts: [Substring]
    var isClosed = false
    if let divider = text.firstRange(of: "..<") {
      parts = [text[..<divider.lowerBound], text[divider.upperBound...]]
    } else if let divider = text.firstRange(of: "...") {
      parts = [text[..<divider.lowerBound], text[divider.upperBound...]]
      isClosed = true
    } else {
      parts = [Substring(text), Substring(text)]
      isClosed = true
    }
    guard let lower = Int(parts[0]), let upper = Int(parts[1]), lower >= 0, upper < Int.max,
      lower < (isClosed ? upper + 1 : upper)
    else {
      throw ValidationError("rows are counted from 0: 7 is one, 0..<4 and 0...3 are the first four")
    }
    range = lower..<(isClosed ? upper + 1 : upper)
  }
}

/// A part of a set: `k/n`, counted from 1.
struct PartArgument {
  /// The number of the part, from 0.
  let index: Int
  let count: Int

  /// - Throws: `ValidationError` for what is no part of a set.
  init(parsing text: String) throws {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]),
      (1...ConversionParts.largestCount).contains(count), (1...count).contains(number)
    else {
      throw ValidationError(
        "it takes k/n, such as 2/3: a part from 1 to n, of at most \(ConversionParts.largestCount)")
    }
    (index, self.count) = (number - 1, count)
  }
}
