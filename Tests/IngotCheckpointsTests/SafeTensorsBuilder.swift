import IngotCheckpoints
import IngotTestSupport

/// Bytes of safetensors files, right and wrong.
enum SafeTensorsBuilder {
  /// A file with this text as its header, whatever it says, and so many bytes of data: 0, 1, 2 and so on.
  static func file(_ header: String, data: Int = 0, padding: Int = 0) -> [UInt8] {
    file(Array(header.utf8) + [UInt8](repeating: 0x20, count: padding), data: data)
  }

  /// A file with these bytes as its header.
  static func file(_ header: [UInt8], data: Int = 0) -> [UInt8] {
    length(UInt64(header.count)) + header + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
  }

  /// The field before the header.
  static func length(_ count: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
  }

  /// The entry of a tensor.
  static func entry(_ name: String, _ shape: [Int], _ range: Range<Int>, type: String = "U8") -> String {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(range.lowerBound),\(range.upperBound)]}"
  }

  /// A small file with everything that one may hold.
  static let small = file(
    #"{"__metadata__":{"format":"pt"},"#
      + [
        entry("b", [2], 4..<12, type: "F32"), entry("a\\u00e9", [2, 1], 0..<4, type: "F16"),
        entry("e", [0], 4..<4),
      ]
      .joined(separator: ",") + "}", data: 12, padding: 3)
}

extension TemporaryFolder {
  /// Opens these bytes as one safetensors file.
  func openSafeTensors(_ bytes: [UInt8], limits: CheckpointLimits = .default) throws -> SafeTensorsCheckpoint
  {
    try SafeTensorsCheckpoint(opening: write(bytes, to: "test.safetensors"), limits: limits)
  }
}

extension Checkpoint {
  /// All bytes of a tensor, read in pieces.
  func bytes(of tensor: CheckpointTensor, piece: Int = 1 << 16) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: tensor.byteCount)
    for start in stride(from: 0, to: bytes.count, by: piece) {
      let range = start..<min(start + piece, bytes.count)
      try bytes.withUnsafeMutableBytes { buffer in
        try read(tensor, bytes: range, into: UnsafeMutableRawBufferPointer(rebasing: buffer[range]))
      }
    }
    return bytes
  }
}
