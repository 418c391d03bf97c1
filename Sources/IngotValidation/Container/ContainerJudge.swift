import IngotContainer
import IngotEncodings
import IngotFiles

/// Judges one GGUF file.
struct ContainerJudge {
  let level: ValidationLevel
  let limits: ParseLimits

  /// Judges the header, whose bytes `read` gives; reads nothing else.
  ///
  /// - Parameter isStream: Whether only the start of the file and its last 64 bytes can be read.
  /// - Throws: what `read` throws.
  func judgeHeader(
    _ verdict: inout FileVerdict, byteCount: UInt64, isStream: Bool = false,
    read: (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void
  ) throws -> JudgedContainer {
    var faults: [ContainerError] = []
    var counts: [ContainerRule: Int] = [:]
    let examination = try HeaderExamination(byteCount: byteCount, limits: limits, reading: read) { fault in
      // A hostile file can have a fault in each byte.
      counts[fault.rule, default: 0] += 1
      if counts[fault.rule, default: 0] <= FileVerdict.largestFindingCount { faults.append(fault) }
    }
    for fault in faults { verdict.report(Finding(fault)) }
    for (rule, count) in counts { verdict.omit(rule.rule, count - FileVerdict.largestFindingCount) }

    let isCut = verdict.hasError(in: ["C19"])
    var judged = JudgedContainer(
      byteCount: byteCount, examination: examination, isBodyEndKnown: examination.isBodyEndKnown && !isCut,
      isLayoutSound: examination.header != nil
        && !verdict.hasError(in: ["C8", "C15", "C16", "C17", "C18", "C19"]))
    if judged.isBodyEndKnown, let header = examination.header, byteCount > header.bodyByteCount {
      let judge = SealJudge(header: header, byteCount: byteCount)
      judged.sealFault = try isStream ? judge.faultOfStream(read: read) : judge.fault(read: read)
    }
    for rule in ContainerRules.all { rule.check(judged) { verdict.report($0) } }
    return judged
  }

  /// Judges the data of a file whose header was judged.
  func judgeData(
    of file: RegularFile, _ judged: JudgedContainer, _ verdict: inout FileVerdict,
    progress: @escaping DataScan.Progress
  ) throws {
    guard judged.isLayoutSound, let header = judged.examination.header else { return }
    try DataScan.of(file, progress: progress) { scan in
      try Self.checkPadding(scan, file, header.headerByteCount..<header.dataOffset, after: .file, &verdict)
      for tensor in header.tensors {
        let range = header.byteRange(of: tensor)
        try scan.check(
          tensor.name, at: range.lowerBound, byteCount: tensor.byteCount,
          BlockCheck.checks(for: tensor.encoding)
        ) { verdict.report($0) }
        let end = range.lowerBound + header.paddedByteCount(of: tensor)
        try Self.checkPadding(scan, file, range.upperBound..<end, after: .tensor(tensor.name), &verdict)
      }
    }
  }

  /// Clause C20; the last padding may be missing.
  private static func checkPadding(
    _ scan: DataScan, _ file: RegularFile, _ gap: Range<UInt64>, after subject: Finding.Subject,
    _ verdict: inout FileVerdict
  ) throws {
    let gap = gap.clamped(to: 0..<file.byteCount)
    guard let fault = try scan.firstNonzero(in: gap) else { return }
    verdict.report(
      Finding(
        DataRules.padding, at: fault.offset, subject, found: "byte \(fault.byte) in the padding",
        expected: "zeros"))
  }
}

extension Finding {
  /// What the reader of containers says, as a finding.
  init(_ error: ContainerError) {
    let subject: Subject =
      switch error.subject {
      case .file: .file
      case .key(let name): .key(name)
      case .tensor(let name): .tensor(name)
      }
    self.init(error.rule.rule, at: error.offset, subject, found: error.found, expected: error.expected)
  }
}
