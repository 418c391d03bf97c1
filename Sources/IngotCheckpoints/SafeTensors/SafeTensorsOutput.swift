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

  /// Passes on the length and the text of the header; the data begins at a multiple of eight.
  ///
  /// The text is made twice, to be counted and to be written: no more than a piece of it is in memory.
  ///
  /// - Parameters:
  ///   - tensors: In the order of their data.
  ///   - texts: What `__metadata__` says, name by name; each name once.
  ///   - write: Takes the bytes, piece by piece.
  /// - Throws: What `write` throws.
  /// - Complexity: O(*n*) in the number of tensors and the length of the texts.
  public static func writeHeader(
    _ tensors: some Collection<Tensor>, texts: [(name: String, value: String)] = [],
    _ write: ([UInt8]) throws -> Void
  ) rethrows {
    var count = 0
    header(tensors, texts: texts) { count += $0.count }
    let padding = (8 - count % 8) % 8
    try write(withUnsafeBytes(of: UInt64(count + padding).littleEndian, Array.init))
    try header(tensors, texts: texts, write)
    try write([UInt8](repeating: UInt8(ascii: " "), count: padding))
  }

  /// The text of the header without its padding.
  private static func header(
    _ tensors: some Collection<Tensor>, texts: [(name: String, value: String)],
    _ write: ([UInt8]) throws -> Void
  ) rethrows {
    var text = PiecewiseText()
    text.append("{")
    if !texts.isEmpty {
      text.append("\"__metadata__\":{")
      for (index, member) in texts.enumerated() {
        if index > 0 { text.append(",") }
        text.append(quoted: member.name)
        text.append(":")
        text.append(quoted: member.value)
      }
      text.append("}")
    }
    var (offset, isFirst) = (UInt64(0), texts.isEmpty)
    for tensor in tensors {
      let end = offset + tensor.byteCount
      if !isFirst { text.append(",") }
      isFirst = false
      text.append(quoted: tensor.name)
      text.append(":{\"dtype\":\"")
      text.append(tensor.type.name)
      text.append("\",\"shape\":[")
      for (index, dimension) in tensor.shape.enumerated() {
        if index > 0 { text.append(",") }
        text.append("\(dimension)")
      }
      text.append("],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
      try text.passOn(to: write)
    }
    text.append("}")
    try text.finish(write)
  }

  /// Passes on the text of a `model.safetensors.index.json`.
  ///
  /// - Parameters:
  ///   - tensors: The names of all tensors, in their order as bytes, each with the name of its file.
  ///   - byteCount: The bytes of all elements.
  ///   - write: Takes the bytes, piece by piece.
  /// - Throws: What `write` throws.
  public static func writeIndex(
    _ tensors: some Sequence<(name: String, file: String)>, byteCount: UInt64,
    _ write: ([UInt8]) throws -> Void
  ) rethrows {
    var text = PiecewiseText()
    text.append("{\n  \"metadata\": {\n    \"total_size\": \(byteCount)\n  },\n  \"weight_map\": {\n")
    var isFirst = true
    for tensor in tensors {
      text.append(isFirst ? "    " : ",\n    ")
      isFirst = false
      text.append(quoted: tensor.name)
      text.append(": ")
      text.append(quoted: tensor.file)
      try text.passOn(to: write)
    }
    text.append("\n  }\n}\n")
    try text.finish(write)
  }
}

/// A text of JSON that is passed on as it grows.
private struct PiecewiseText {
  private static let pieceByteCount = 1 << 16

  private var bytes: [UInt8] = []

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Appends a text in quotation marks.
  mutating func append(quoted text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Passes on what there is, once that is worth a call.
  mutating func passOn(to write: ([UInt8]) throws -> Void) rethrows {
    if bytes.count >= Self.pieceByteCount { try finish(write) }
  }

  /// Passes on what there is.
  mutating func finish(_ write: ([UInt8]) throws -> Void) rethrows {
    try write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
