import IngotContainer
import IngotEncodings
import IngotFiles
import SystemPackage

/// The files beside a model that hold values, each opened once.
///
/// Specification: `spec/onnx.md`, clause O7.
final class ONNXExternalFiles {
  /// Opens the file of a name that was checked; what it throws is told at the offset.
  typealias Open = (_ name: String, _ offset: UInt64) throws -> ReadableBytes

  private(set) var files: [ReadableBytes] = []
  private var places: [ExactName: Int] = [:]
  private let firstPlace: Int
  private let open: Open

  /// - Parameter firstPlace: The index of the first file among those of the checkpoint.
  init(firstPlace: Int, open: @escaping Open) {
    self.firstPlace = firstPlace
    self.open = open
  }

  /// Where so many bytes are that the entries of a tensor name.
  ///
  /// - Throws: ``CheckpointError``, and what opening the file throws.
  func place(
    _ entries: [Range<UInt64>], of message: Range<UInt64>, byteCount: Int, in bytes: MessageBytes,
    limits: CheckpointLimits, _ subject: CheckpointError.Subject
  ) throws -> CheckpointTensor.Location {
    var values: [String: (text: String, offset: UInt64)] = [:]
    for entry in entries {
      let (key, value, offset) = try bytes.textPair(entry, limits: limits)
      guard values.updateValue((value, offset), forKey: key) == nil else {
        throw bytes.refuse(
          .duplicate, at: entry.lowerBound, .key(key), found: "the key a second time", expected: "it once")
      }
    }
    guard let name = values["location"] else {
      throw bytes.refuse(
        .schema, at: message.lowerBound, subject, found: "external data without a location",
        expected: "a file's name")
    }
    let file = try file(name.text, at: name.offset, in: bytes, limits: limits, subject)
    let start = try number("offset", in: values, bytes, subject) ?? 0
    let length = try number("length", in: values, bytes, subject)
    let found = files[file].byteCount
    guard let end = Checked.sum(start, UInt64(byteCount)), end <= found else {
      throw bytes.refuse(
        .bounds, at: values["offset"]?.offset ?? name.offset, subject,
        found: "\(byteCount.counted("byte")) from byte \(start) of a file of \(found)",
        expected: "a range within it")
    }
    if let length, length != UInt64(byteCount) {
      throw bytes.refuse(
        .size, at: values["length"]?.offset ?? name.offset, subject,
        found: "a length of \(length.counted("byte"))",
        expected: "\(byteCount)")
    }
    return .init(file: firstPlace + file, offset: start)
  }

  private func number(
    _ key: String, in values: [String: (text: String, offset: UInt64)], _ bytes: MessageBytes,
    _ subject: CheckpointError.Subject
  ) throws -> UInt64? {
    guard let value = values[key] else { return nil }
    let isPlain = !value.text.isEmpty && value.text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    guard isPlain, let number = UInt64(value.text) else {
      throw bytes.refuse(
        .value, at: value.offset, subject, found: "the \(key) \(value.text.quoted)",
        expected: "a number below 2^64")
    }
    return number
  }

  private func file(
    _ name: String, at offset: UInt64, in bytes: MessageBytes, limits: CheckpointLimits,
    _ subject: CheckpointError.Subject
  ) throws -> Int {
    guard Self.isWithinFolder(name) else {
      throw bytes.refuse(
        .path, at: offset, subject, found: "the location \(name.quoted)",
        expected: "a relative path within the folder of the model")
    }
    // A file may be named with points that lead nowhere.
    let name = name.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    if let known = places[ExactName(name)] { return known }
    guard files.count < limits.shardCount else {
      throw bytes.refuse(
        .limit, at: offset, subject, found: "another file", expected: "at most \(limits.shardCount)")
    }
    files.append(try open(name, offset))
    places[ExactName(name)] = files.count - 1
    return files.count - 1
  }

  /// Whether a path names something in the folder that it starts from, if nothing on the way is a link.
  static func isWithinFolder(_ name: String) -> Bool {
    let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "\\") }
      && !parts.contains { $0.isEmpty || $0.elementsEqual("..".utf8) }
      && parts.last.map { !$0.elementsEqual(".".utf8) } == true
  }
}

extension MessageBytes {
  /// The key and the value of an entry, and where the value is.
  func textPair(
    _ message: Range<UInt64>, limits: CheckpointLimits
  ) throws -> (key: String, value: String, offset: UInt64) {
    var key: (value: String, offset: UInt64)?
    var value: (value: String, offset: UInt64)?
    var walk = MessageWalk(message, in: self)
    while let field = try walk.next() {
      switch field.number {
      case 1: try set(&key, field, "key", text(of: field, limit: limits.textByteCount))
      case 2: try set(&value, field, "value", text(of: field, limit: limits.textByteCount))
      default: break
      }
    }
    return (key?.value ?? "", value?.value ?? "", value?.offset ?? message.lowerBound)
  }
}

extension ONNXExternalFiles {
  /// Opens a file in the folder of a model, and refuses links on the way to it: where they lead can change.
  static func open(_ name: String, beside model: FilePath, at offset: UInt64) throws -> RegularFile {
    func refuse(_ code: CheckpointError.Code, found: String, expected: String) -> CheckpointError {
      CheckpointError(code, model, at: offset, .shard(name), found: found, expected: expected)
    }
    var path = model.removingLastComponent()
    do {
      for part in name.split(separator: "/") {
        path.append(String(part))
        guard try !Folder.isLink(path) else {
          throw refuse(
            .path, found: "a link, \(path.string.quoted)",
            expected: "the file itself in the folder of the model")
        }
      }
      return try RegularFile(opening: path)
    } catch let error as FileError where error.code == .notFound {
      throw refuse(.shard, found: "no such file", expected: "a file beside the model")
    }
  }
}
