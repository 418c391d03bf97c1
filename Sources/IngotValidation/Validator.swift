import IngotCheckpoints
import IngotContainer
import IngotFiles
import SystemPackage

/// Judges model files by the rules of the specification.
///
/// ```swift
/// let verdicts = try Validator(level: .data).validate("model.gguf")
/// for finding in verdicts.flatMap(\.findings) { print(finding) }
/// ```
///
/// It never stops at the first finding: each fault that leaves the rest of a file readable is reported, and the walk
/// goes on. It has the reader's own parsers, so that both agree: what it passes the reader opens, and what the reader
/// refuses has a finding with the same code and offset.
///
/// Memory is bounded by the limits and by the size of the header, time by the size of the file.
///
/// Specification: `spec/conformance.md`.
public struct Validator: Sendable {
  /// Tells how far the work has come.
  public typealias Progress = (_ completed: UInt64, _ total: UInt64) -> Void

  /// How much is judged.
  public var level: ValidationLevel
  /// What is accepted.
  public var limits: CheckpointLimits

  /// Makes a validator.
  public init(level: ValidationLevel = .data, limits: CheckpointLimits = .default) {
    self.level = level
    self.limits = limits
  }

  /// Judges the file at a path, with the files that belong to it.
  ///
  /// These are the other files of a split set, and the shards that an index names. Of a folder it is the model in it.
  /// The kind of a file is found from its bytes, not its name.
  ///
  /// - Parameters:
  ///   - path: The file or folder.
  ///   - progress: Called on this thread as data is read.
  /// - Returns: A verdict on each file, the one at `path` first. What the operating system reports, such as that there
  ///   is no such file, is the ``FileVerdict/failure`` of the verdict.
  /// - Throws: `CancellationError`.
  public func validate(_ path: FilePath, progress: Progress = { _, _ in }) throws -> [FileVerdict] {
    var verdicts = try withoutActuallyEscaping(progress) { progress in
      do {
        return try judge(Checkpoints.file(at: path), progress)
      } catch let error as CancellationError {
        throw error
      } catch {
        var verdict = FileVerdict(path)
        verdict.failure = error
        return [verdict]
      }
    }
    for index in verdicts.indices { verdicts[index].sort() }
    return verdicts
  }

  private func judge(_ path: FilePath, _ progress: @escaping Progress) throws -> [FileVerdict] {
    let file = try RegularFile(opening: path)
    let format = FileVerdict.Format(startingWith: try file.firstBytes())
    if format == .gguf { return try SplitJudge(path, level: level, limits: limits.container).judge(progress) }
    var verdict = FileVerdict(path)
    verdict.byteCount = file.byteCount
    verdict.format = format
    var completed: UInt64 = 0
    func count(_ byteCount: UInt64) {
      completed += byteCount
      progress(completed, max(completed, file.byteCount))
    }
    let judge = SafeTensorsJudge(level: level, limits: limits)
    let isOfPyTorch = format == .safetensorsIndex && Checkpoints.isIndexOfPyTorch(file, limits: limits)
    switch isOfPyTorch ? .pytorch : format {
    case .safetensors: return try judge.judge(file, verdict, progress: count)
    case .safetensorsIndex: return try judge.judge(index: file, verdict, progress: count)
    case .pytorch, .numpy, .archive, .onnx:
      // Their readers stop at the first fault, which is then all that can be said.
      do {
        let checkpoint = try Checkpoints.open(path, choosing: .onlyOrAll, limits: limits)
        verdict.format = FileVerdict.Format(checkpoint.format)
        if level >= .data { try Checkpoints.checkMembers(of: checkpoint, limits: limits, progress: count) }
      } catch {
        verdict.failure = error
      }
      return [verdict]
    case .gguf, .unknown:
      verdict.report(.unknownKind(file.byteCount))
      return [verdict]
    }
  }

  /// Judges the structure of a file that comes as a stream, such as standard input.
  ///
  /// The header is kept in memory, the data only counted.
  ///
  /// - Parameters:
  ///   - name: What the verdict calls the file.
  ///   - next: Fills the buffer and gives the number of bytes, 0 at the end.
  /// - Throws: what `next` throws.
  public func validateStructure(
    of name: FilePath, next: @escaping (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws -> FileVerdict {
    var stream = HeaderStream(next)
    var verdict = FileVerdict(name)
    try stream.withHeader { byteCount, isWhole, start, read in
      verdict = FileVerdict(name)
      verdict.byteCount = isWhole ? byteCount : nil
      verdict.format = FileVerdict.Format(startingWith: start)
      switch verdict.format {
      case .gguf:
        _ = try ContainerJudge(level: .structure, limits: limits.container).judgeHeader(
          &verdict, byteCount: byteCount, isStream: true, read: read)
      case .safetensors:
        try SafeTensorsJudge(level: .structure, limits: limits).judgeHeader(
          &verdict, byteCount: byteCount, read: read)
      case .safetensorsIndex, .pytorch, .numpy, .archive, .onnx, .unknown:
        verdict.report(.unknownKind(byteCount))
      }
    }
    verdict.sort()
    return verdict
  }
}

extension FileVerdict.Format {
  /// The format of a checkpoint that was opened.
  fileprivate init(_ format: CheckpointFormat) {
    self =
      switch format {
      case .safetensors: .safetensors
      case .gguf: .gguf
      case .pytorch: .pytorch
      case .numpy: .numpy
      case .onnx: .onnx
      }
  }

  /// The format of a file that starts with these bytes: its first 16, or all.
  init(startingWith bytes: [UInt8]) {
    self =
      switch Checkpoints.format(ofFileStartingWith: bytes) {
      case .safetensors: .safetensors
      case .safetensorsIndex: .safetensorsIndex
      case .gguf: .gguf
      case .pickle: .pytorch
      case .array: .numpy
      case .archive: .archive
      case .onnx: .onnx
      case nil: .unknown
      }
  }
}

extension Finding {
  /// A file that is none of the known kinds.
  fileprivate static func unknownKind(_ byteCount: UInt64) -> Finding {
    Finding(
      ContainerRule.magic.rule, at: 0, found: byteCount == 0 ? "an empty file" : "a file of no known kind",
      expected: "safetensors, an index of its shards, PyTorch, NumPy, ONNX or GGUF")
  }
}

extension RegularFile {
  /// The first 16 bytes, or all.
  fileprivate func firstBytes() throws -> [UInt8] {
    var start = [UInt8](repeating: 0, count: Int(min(byteCount, 16)))
    try start.withUnsafeMutableBytes { try read(into: $0, at: 0) }
    return start
  }
}
