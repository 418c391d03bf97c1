import ArgumentParser
import IngotCheckpoints
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

extension StateDictionaryChoice {
  /// What `--select` chooses; without it the only one.
  init(_ select: String?) { self = select.map { .named($0) } ?? .only }
}

/// An encoding by name, or the checkpoint's own precision.
struct TargetArgument: ExpressibleByArgument {
  let target: ConversionOptions.Target

  init(_ target: ConversionOptions.Target) { self.target = target }

  init?(argument: String) {
    if argument.lowercased() == "auto" {
      target = .own
    } else if let encoding = Encoding(name: argument) {
      target = .encoding(encoding)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { "auto" }

  static var allValueStrings: [String] {
    ["auto"] + Encoding.allCases.filter { $0.canEncode && $0.kind != .integer }.map { $0.name.lowercased() }
  }

  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
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
struct RowsArgument: ExpressibleByArgument {
  let range: Range<Int>

  init?(argument: String) {
    let parts: [Substring]
    var isClosed = false
    if let divider = argument.firstRange(of: "..<") {
      parts = [argument[..<divider.lowerBound], argument[divider.upperBound...]]
    } else if let divider = argument.firstRange(of: "...") {
      parts = [argument[..<divider.lowerBound], argument[divider.upperBound...]]
      isClosed = true
    } else {
      parts = [Substring(argument), Substring(argument)]
      isClosed = true
    }
    guard let lower = Int(parts[0]), let upper = Int(parts[1]), lower >= 0, upper < Int.max,
      lower < (isClosed ? upper + 1 : upper)
    else { return nil }
    range = lower..<(isClosed ? upper + 1 : upper)
  }
}

/// A number of bytes, such as `512`, `64K`, `12M` or `1G`, with `iB` after the letter or not.
struct SizeArgument: ExpressibleByArgument {
  let byteCount: Int

  /// The least that buffers can be given.
  private static let least = 1 << 20

  init?(argument: String) {
    var digits = argument.uppercased()[...]
    if digits.hasSuffix("IB") { digits = digits.dropLast(2) }
    var shift = 0
    if let letter = digits.last, let place = ["K", "M", "G"].firstIndex(of: letter) {
      shift = 10 * (place + 1)
      digits = digits.dropLast()
    }
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits),
      let byteCount = Checked.product(number, 1 << shift), byteCount >= Self.least
    else { return nil }
    self.byteCount = byteCount
  }
}

/// A part of a set: `k/n`, counted from 1.
struct PartArgument: ExpressibleByArgument {
  /// The number of the part, from 0.
  let index: Int
  let count: Int

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]),
      (1...ConversionParts.largestCount).contains(count), (1...count).contains(number)
    else { return nil }
    (index, self.count) = (number - 1, count)
  }
}
