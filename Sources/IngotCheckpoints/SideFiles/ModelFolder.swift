import IngotContainer
import IngotEncodings
import IngotFiles
import SystemPackage

/// The folder of a model: its checkpoint, and the files beside it that say what the tensors are for.
///
/// Files are read when they are asked for, each as a whole and under limits.
package struct ModelFolder: Sendable {
  /// The folder.
  package let path: FilePath
  /// The names of all that it holds, sorted by their bytes.
  package let names: [String]
  private let limits: CheckpointLimits

  /// Lists the folder at a path.
  ///
  /// - Throws: `FileError`.
  package init(_ path: FilePath, limits: CheckpointLimits = .default) throws(FileError) {
    self.path = path
    self.limits = limits
    names = try Folder.names(in: path).map(\.string)
    name = try Folder.absolutePath(of: path).lastComponent?.string ?? ""
  }

  /// The last component of the absolute path, which often names the model.
  package let name: String

  /// Whether the folder holds a file of this name.
  package func has(_ name: String) -> Bool { names.contains(name) }

  /// The path of a file in the folder, also where there is none.
  package func path(of name: String) -> FilePath { path.appending(name) }

  /// The file of this name, or `nil` where there is none.
  ///
  /// - Throws: `FileError`; ``CheckpointError/Code/limit`` for one larger than the limit.
  package func file(_ name: String) throws -> RegularFile? {
    let path = path(of: name)
    let file: RegularFile
    do {
      file = try RegularFile(opening: path)
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
    guard file.byteCount <= limits.sideFileByteCount else {
      throw CheckpointError(
        .limit, path, at: 0, found: "a file of \(file.byteCount.counted("byte"))",
        expected: "at most \(limits.sideFileByteCount)")
    }
    return file
  }

  /// The bytes of a file, or `nil` where there is none.
  package func bytes(of name: String) throws -> [UInt8]? {
    guard let file = try file(name) else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(file.byteCount))
    try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    return bytes
  }

  /// The text of a file, or `nil` where there is none.
  ///
  /// - Throws: ``CheckpointError/Code/utf8`` where it is not UTF-8.
  package func text(of name: String) throws -> String? {
    guard let bytes = try bytes(of: name) else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CheckpointError(
        .utf8, path(of: name), found: "bytes that are not UTF-8", expected: "a text in UTF-8")
    }
    return text
  }

  /// The JSON value that a file holds, or `nil` where there is no such file.
  ///
  /// - Throws: ``CheckpointError`` with the offset where the text is not one JSON value.
  package func json(_ name: String) throws -> JSONTree? {
    try parse(name) { try $0.readTree() }
  }

  /// Reads the JSON text of a file piece by piece, or gives `nil` where there is no such file.
  ///
  /// - Parameter body: Reads one value; what stands after it is checked here. Its ``JSONError`` becomes a
  ///   ``CheckpointError`` that names the file.
  package func parse<Value>(_ name: String, _ body: (inout JSONReader) throws -> Value) throws -> Value? {
    guard let file = try file(name) else { return nil }
    let window = ByteWindow(0..<file.byteCount) { try file.read(into: $1, at: $0) }
    var json = JSONReader(window, maximumDepth: 64, maximumTextBytes: limits.textByteCount)
    do {
      let value = try body(&json)
      try json.expect(.end, "the end of the text")
      return value
    } catch let error as JSONError {
      throw CheckpointError(error, file.path, .file)
    }
  }
}
