import IngotCheckpoints
import IngotFiles
import SystemPackage

/// Judges a safetensors file, or an index and its shards.
struct SafeTensorsJudge {
  let level: ValidationLevel
  let limits: CheckpointLimits

  /// Judges the header of a file whose bytes `read` gives.
  func judgeHeader(
    _ verdict: inout FileVerdict, byteCount: UInt64,
    read: @escaping (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    var list = VerdictList([verdict])
    _ = try SafeTensorsExamination(
      path: verdict.path, byteCount: byteCount, limits: limits, report: { list.report($0) }, read: read)
    verdict = list.verdicts[0]
  }

  /// Judges a file, by header and data.
  func judge(
    _ file: RegularFile, _ verdict: FileVerdict, progress: @escaping DataScan.Progress
  ) throws -> [FileVerdict] {
    var list = VerdictList([verdict])
    let examination = try SafeTensorsExamination(of: file, limits: limits) { list.report($0) }
    try judge(examination, &list, progress: progress)
    return list.verdicts
  }

  /// Judges an index and the shards that it names; the verdict on the index comes first.
  func judge(
    index file: RegularFile, _ verdict: FileVerdict, progress: @escaping DataScan.Progress
  ) throws -> [FileVerdict] {
    var list = VerdictList([verdict])
    let examination = try SafeTensorsExamination(ofIndex: file, limits: limits) { list.report($0) }
    for shard in examination.files { list.open(shard) }
    try judge(examination, &list, progress: progress)
    return list.verdicts
  }

  private func judge(
    _ examination: SafeTensorsExamination, _ list: inout VerdictList, progress: @escaping DataScan.Progress
  ) throws {
    guard level >= .data else { return }
    for (index, file) in examination.files.enumerated() {
      try DataScan.of(file, progress: progress) { scan in
        for tensor in examination.tensors where tensor.location.file == index {
          // A tensor may be well stated and still not be within the file.
          let start = tensor.location.offset
          guard start <= file.byteCount, UInt64(tensor.byteCount) <= file.byteCount - start else { continue }
          try scan.check(
            tensor.name, at: start, byteCount: tensor.byteCount, BlockCheck.checks(for: tensor.type)
          ) { list.report($0, of: file.path) }
        }
      }
    }
  }
}

/// Verdicts on the files of a set, found by path.
private struct VerdictList {
  private(set) var verdicts: [FileVerdict]
  private var places: [FilePath: Int] = [:]

  init(_ verdicts: [FileVerdict]) {
    self.verdicts = verdicts
    for (place, verdict) in verdicts.enumerated() { places[verdict.path] = place }
  }

  /// Sees to it that a shard has a verdict.
  mutating func open(_ file: RegularFile) { verdicts[place(of: file.path)].byteCount = file.byteCount }

  mutating func report(_ finding: Finding, of path: FilePath) { verdicts[place(of: path)].report(finding) }

  mutating func report(_ fault: SafeTensorsFault) {
    switch fault {
    case .error(let error):
      // Errors that are of no rule are not about the bytes of these files.
      guard let rule = error.rule else { return }
      report(
        Finding(
          rule.rule, at: error.offset, Finding.Subject(error.subject), found: error.found,
          expected: error.expected),
        of: error.path)
    case .warning(let warning):
      report(
        Finding(
          SafeTensorsRules.field, at: warning.offset, Finding.Subject(warning.subject),
          found: warning.found, expected: "only dtype, shape and data_offsets"),
        of: warning.path)
    }
  }

  private mutating func place(of path: FilePath) -> Int {
    if let place = places[path] { return place }
    var verdict = FileVerdict(path)
    verdict.format = .safetensors
    places[path] = verdicts.count
    verdicts.append(verdict)
    return verdicts.count - 1
  }
}

extension Finding.Subject {
  fileprivate init(_ subject: CheckpointError.Subject) {
    self =
      switch subject {
      // Safetensors files have neither members nor globals.
      case .file, .member, .global: .file
      case .key(let name): .key(name)
      case .tensor(let name): .tensor(name)
      case .shard(let name): .shard(name)
      }
  }
}
