extension CheckpointKind {
  /// A model of ONNX, which has no magic number.
  ///
  /// It is the last that is tried: its first bytes say only that the first field is the version of the format, and the next one
  /// that a model has.
  static let onnx = CheckpointKind(
    format: .onnx, usualFileName: nil, fileNameEndings: [".onnx"],
    recognizes: { start in
      guard start.count > 3, start[0] == ONNXModel.versionTag, (1...0x7F).contains(start[1]) else {
        return false
      }
      return ONNXModel.tags.contains { start[2...].starts(with: $0) }
    },
    open: { file, _, limits in try ONNXCheckpoint(file, limits: limits) },
    survey: { try ONNXCheckpoint($0, limits: $1, isSurvey: true) })
}

/// The fields of a model with their wire types, as its bytes have them.
enum ONNXModel {
  /// The version of the format, a varint.
  static let versionTag: UInt8 = 1 << 3

  /// What may follow the version: every field that the format has today, with the wire type that it has.
  static let tags: [[UInt8]] = [
    tag(2, 2), tag(3, 2), tag(4, 2), tag(5, 0), tag(6, 2), tag(7, 2), tag(8, 2), tag(14, 2), tag(20, 2),
    tag(25, 2), tag(26, 2),
  ]

  private static func tag(_ number: Int, _ wireType: Int) -> [UInt8] {
    let tag = number << 3 | wireType
    return tag < 0x80 ? [UInt8(tag)] : [UInt8(tag & 0x7F | 0x80), UInt8(tag >> 7)]
  }
}
