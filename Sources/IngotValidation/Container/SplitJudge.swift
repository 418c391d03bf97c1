import IngotContainer
import IngotEncodings
import IngotFiles
import SystemPackage

/// Judges a GGUF file, with the other files of the split set that its name makes it one of.
///
/// Specification: `spec/container.md`, clause C23.
struct SplitJudge {
  private let path: FilePath
  private let name: SplitName?
  private let level: ValidationLevel
  private let limits: ParseLimits

  static let split = Rule(
    "C23-SPLIT", title: "The files of a split set are all there, and agree.",
    mend: "Get all files of the set, of one version, into one folder, under their own names.")
  static let duplicate = Rule(
    "C23-DUPLICATE", title: "A tensor is in one file of a split set.",
    mend: "Get all files of the set again, of one version.")

  /// A file of the set, as it was judged.
  private struct Part {
    let file: RegularFile
    let judged: JudgedContainer
    var verdict: FileVerdict
    var position: SplitPosition?
  }

  init(_ path: FilePath, level: ValidationLevel, limits: ParseLimits) {
    self.path = path
    self.level = level
    self.limits = limits
    name = path.lastComponent.flatMap { SplitName($0.string) }
  }

  /// Judges all files of the set; the one that was named comes first.
  func judge(_ progress: @escaping Validator.Progress) throws -> [FileVerdict] {
    var missing: [FileVerdict] = []
    var parts = try openParts(&missing)
    checkPositions(&parts)
    checkNames(&parts)

    if level >= .data {
      let total = parts.reduce(0) { $0 + $1.file.byteCount }
      var completed: UInt64 = 0
      for index in parts.indices {
        let part = parts[index]
        try ContainerJudge(level: level, limits: limits).judgeData(
          of: part.file, part.judged, &parts[index].verdict
        ) { byteCount in
          completed += byteCount
          progress(completed, total)
        }
      }
    }
    if level >= .model, missing.isEmpty { checkModel(&parts) }
    let verdicts = parts.map(\.verdict) + missing
    return verdicts.filter { $0.path == path } + verdicts.filter { $0.path != path }
  }

  /// Judges the model that the files make up, if all are there and their headers were read.
  private func checkModel(_ parts: inout [Part]) {
    guard parts.allSatisfy({ $0.judged.examination.header != nil && !$0.verdict.hasError(in: ["C23"]) })
    else { return }
    for (file, finding) in ModelReport.of(parts.map(\.judged.examination)).findings {
      parts[file].verdict.report(finding)
    }
  }

  /// Opens the files of the set in their order, and judges their headers.
  private func openParts(_ missing: inout [FileVerdict]) throws -> [Part] {
    guard let name else { return [try open(path)] }
    var parts: [Part] = []
    // A name may claim any number of files: those that are missing are not looked for without end.
    for index in 0..<name.count where missing.count < FileVerdict.largestFindingCount {
      let sibling = SplitName(prefix: name.prefix, index: index, count: name.count).fileName
      let path = index == name.index ? self.path : self.path.removingLastComponent().appending(sibling)
      do {
        parts.append(try open(path))
      } catch let error as FileError where error.code == .notFound && index != name.index {
        var verdict = FileVerdict(path)
        verdict.report(
          Finding(
            Self.split, found: "no such file", expected: "file \(index + 1) of \(name.count) of the set"))
        missing.append(verdict)
      }
    }
    return parts
  }

  private func open(_ path: FilePath) throws -> Part {
    let file = try RegularFile(opening: path)
    var verdict = FileVerdict(path)
    verdict.byteCount = file.byteCount
    verdict.format = .gguf
    let judged = try ContainerJudge(level: level, limits: limits).judgeHeader(
      &verdict, byteCount: file.byteCount
    ) { try file.read(into: $1, at: $0) }
    var part = Part(file: file, judged: judged, verdict: verdict)
    do throws(ContainerError) {
      part.position = try SplitPosition(judged.examination.metadata)
    } catch {
      part.verdict.report(
        Finding(
          ContainerRule.splitPosition.rule, at: error.offset, Finding(error).subject, found: error.found,
          expected: error.expected))
    }
    return part
  }

  /// Checks what each file says of its place in the set, against its name and the number of tensors.
  private func checkPositions(_ parts: inout [Part]) {
    let isWhole =
      parts.allSatisfy { $0.judged.examination.header != nil } && parts.count == (name?.count ?? 1)
    let tensorCount = parts.reduce(0) { $0 + $1.judged.examination.entries.count }
    for index in parts.indices {
      guard let position = parts[index].position else { continue }
      let found = "file \(position.index + 1) of \(position.count) by its metadata"
      let own = parts[index].file.path.lastComponent.flatMap { SplitName($0.string) }
      if let name, let own {
        if position.index != own.index || position.count != name.count {
          parts[index].verdict.report(
            Finding(
              Self.split, found: found, expected: "\(own.index + 1) of \(name.count), as its name says"))
        }
      } else if position.count > 1 {
        parts[index].verdict.report(
          Finding(
            Self.split, found: found,
            expected: "a name that ends like -00001-of-00003.gguf, and the other files next to it"))
      }
      if isWhole, let stated = position.tensorCount, stated != tensorCount, name != nil || position.count <= 1
      {
        parts[index].verdict.report(
          Finding(
            Self.split, found: "\(tensorCount.counted("tensor")) in the set",
            expected: "\(stated), as this file's metadata says"))
      }
    }
  }

  /// Checks that no tensor is in two files.
  private func checkNames(_ parts: inout [Part]) {
    guard parts.count > 1 else { return }
    var files: [ExactName: Int] = [:]
    for index in parts.indices {
      for entry in parts[index].judged.examination.entries {
        guard let other = files.updateValue(index, forKey: ExactName(entry.name)), other != index else {
          continue
        }
        parts[index].verdict.report(
          Finding(
            Self.duplicate, at: entry.offset, .tensor(entry.name),
            found:
              "the tensor a second time: it is in \(parts[other].file.path.lastComponent?.string.quoted ?? "") too",
            expected: "each tensor in one file"))
      }
    }
  }
}
