import IngotEncodings

/// Checks that the ranges of the tensors tile the data, from its first byte to the file's last.
///
/// Specification: `spec/safetensors.md`, clause S6.
struct SafeTensorsCoverage {
  private let file: SafeTensorsHeader.Source
  private let dataOffset: UInt64
  private let report: ((SafeTensorsFault) -> Void)?

  /// Takes faults to `report`; without it the first one is thrown.
  init(of file: SafeTensorsHeader.Source, dataOffset: UInt64, report: ((SafeTensorsFault) -> Void)?) {
    self.file = file
    self.dataOffset = dataOffset
    self.report = report
  }

  /// Checks ranges that are sorted by begin, then by end.
  func check(_ extents: some Sequence<TensorExtent>) throws(CheckpointError) {
    let dataByteCount = file.byteCount - dataOffset
    var covered: UInt64 = 0
    for extent in extents {
      let subject = CheckpointError.Subject.tensor(extent.name)
      // What is past the end of the file is out of bounds, and no place of its own.
      if extent.begin < min(covered, dataByteCount) {
        try settle(
          .coverage, at: extent.begin, subject,
          found: "data that begins at \(extent.begin), within another tensor's, which ends at \(covered)",
          expected: "tensors that do not overlap")
      }
      if extent.end > dataByteCount {
        try settle(
          .bounds, at: dataByteCount, subject, found: "\(dataByteCount.counted("byte")) of data",
          expected: "the \((extent.end - extent.begin).counted("byte")) from \(extent.begin) on")
      } else if extent.begin > covered {
        try settle(
          .coverage, at: covered, subject,
          found: "a hole of \((extent.begin - covered).counted("byte")) before the data",
          expected: "tensors without holes")
      }
      covered = max(covered, extent.end)
    }
    if covered < dataByteCount {
      try settle(
        .coverage, at: covered, .file,
        found: "\((dataByteCount - covered).counted("byte")) after the last tensor",
        expected: "the end of the file")
    }
  }

  /// Reports a fault, whose place counts from the start of the data, or throws it.
  private func settle(
    _ rule: SafeTensorsRule, at place: UInt64, _ subject: CheckpointError.Subject, found: String,
    expected: String
  ) throws(CheckpointError) {
    let fault = CheckpointError(
      rule, file.path, at: dataOffset + place, subject, found: found, expected: expected)
    guard let report else { throw fault }
    report(.error(fault))
  }
}
