import IngotContainer
import IngotConversion
import SystemPackage

/// Where the files of a split set are written.
struct SetOutput {
  let parts: ConversionParts
  /// The part that is asked for; `nil` for all.
  let part: Int?
  private let prefix: FilePath?

  /// - Parameter output: The name of the set, with `.gguf` at its end or without; none where nothing is written.
  init(_ parts: ConversionParts, named output: FilePath?, part: Int?) throws {
    self.parts = parts
    self.part = part
    prefix = output.map(Self.prefix)
    guard let output else { return }
    guard let name = prefix?.lastComponent, name.kind == .regular, output.lastComponent != nil else {
      throw Failure(.usage, "USAGE", "\(output) is no name of a set")
    }
  }

  /// The parts that are asked for.
  var indices: Range<Int> { part.map { $0..<$0 + 1 } ?? 0..<parts.count }

  /// The paths of the files that are written, in their order.
  var paths: [FilePath] { indices.compactMap(path) }

  /// The path of a part; `nil` without a name of the set.
  func path(_ index: Int) -> FilePath? {
    guard let prefix, let name = prefix.lastComponent else { return nil }
    let fileName = SplitName(prefix: name.string, index: index, count: parts.count).fileName
    return prefix.removingLastComponent().appending(fileName)
  }

  /// Whether a name is already that of one file of a set.
  static func namesPart(_ output: FilePath) -> Bool {
    output.lastComponent.map { SplitName($0.string) != nil } ?? false
  }

  private static func prefix(_ output: FilePath) -> FilePath {
    guard output.extension == "gguf" else { return output }
    var prefix = output
    prefix.extension = nil
    return prefix
  }
}
