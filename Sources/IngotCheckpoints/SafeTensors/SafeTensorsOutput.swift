import IngotEncodings

/// The bytes before the data of a safetensors file, and the index of a set of files.
///
/// Specification: `spec/safetensors.md`, clauses S1 to S4 and S8.
public enum SafeTensorsOutput {
  /// A tensor of the file, whose data follows that of the one before.
  public struct Tensor: Sendable {
    /// The name.
    public let name: String
    /// What an element is: a type that safetensors names.
    public let type: ElementType
    /// The dimensions, slowest first.
    public let shape: [Int]
    /// The bytes of the elements.
    public let byteCount: UInt64

    /// Makes a description.
    public init(name: String, type: ElementType, shape: [Int], byteCount: UInt64) {
      self.name = name
      self.type = type
      self.shape = shape
      self.byteCount = byteCount
    }
  }

  /// The length and the text of the header; the data begins at a multiple of eight.
  ///
  /// - Parameters:
  ///   - tensors: In the order of their data.
  ///   - texts: What `__metadata__` says, name by name; each name once.
  /// - Complexity: O(*n*) in the number of tensors and the length of the texts.
  public static func header(_ tensors: [Tensor], texts: [(name: String, value: String)] = []) -> [UInt8] {
    var text = "{"
    if !texts.isEmpty {
      let members = texts.map { "\(quoted($0.name)):\(quoted($0.value))" }
      text += "\"__metadata__\":{\(members.joined(separator: ","))}"
    }
    var offset: UInt64 = 0
    for tensor in tensors {
      let end = offset + tensor.byteCount
      if text.utf8.count > 1 { text += "," }
      text += quoted(tensor.name) + ":{\"dtype\":\"\(tensor.type.name)\",\"shape\":["
      text += tensor.shape.map(String.init).joined(separator: ",")
      text += "],\"data_offsets\":[\(offset),\(end)]}"
      offset = end
    }
    text += "}"
    text += String(repeating: " ", count: (8 - text.utf8.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian, Array.init) + Array(text.utf8)
  }

  /// The text of a `model.safetensors.index.json`.
  ///
  /// - Parameters:
  ///   - files: The names of the files, each with the names of its tensors.
  ///   - byteCount: The bytes of all elements.
  public static func index(_ files: [(name: String, tensors: [String])], byteCount: UInt64) -> String {
    let entries = files.flatMap { file in file.tensors.map { ($0, file.name) } }
      .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
      .map { "    \(quoted($0)): \(quoted($1))" }
    return """
      {
        "metadata": {
          "total_size": \(byteCount)
        },
        "weight_map": {
      \(entries.joined(separator: ",\n"))
        }
      }

      """
  }

  /// A text of JSON.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        result.unicodeScalars.append("\\")
        result.unicodeScalars.append(scalar)
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
