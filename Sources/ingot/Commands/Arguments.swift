import ArgumentParser
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

extension FilePath {
  /// Refuses `-`, which elsewhere means standard output: a stream cannot appear complete or not at all.
  func checkAsOutput() throws {
    if string == "-" {
      throw ValidationError("Name a file: standard output cannot be written all at once. (./- is a file.)")
    }
  }
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
