import Glibc
import IngotCheckpoints
import IngotContainer
import IngotFiles
import IngotModel
import IngotValidation
import SystemPackage

/// Validation and reading agree: what has no error opens, and what does not open has a finding of the same code and offset.
///
/// Inputs become a file, in memory where the system has such files, since a validator judges paths.
enum ValidateTarget: FuzzTarget {
  static let name = "validate"

  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    // A safetensors file has zeros, or its index a brace, where a container has its magic.
    let isContainer = bytes.isEmpty ? random.oneIn(2) : bytes[0] == UInt8(ascii: "G")
    return isContainer
      ? ContainerMutator.mutated(bytes, limit: limit, using: &random)
      : SafeTensorsMutator.mutated(bytes, limit: limit, using: &random)
  }

  /// The file, alone in a folder of its own.
  private static let file: (path: FilePath, descriptor: FileDescriptor) = {
    let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    let path = FilePath("\(base)/ingot-fuzz-\(getpid())")
    guard mkdir(path.string, 0o700) == 0,
      let descriptor = try? FileDescriptor.open(
        path.appending("input"), .readWrite, options: [.create, .exclusiveCreate],
        permissions: .ownerReadWrite)
    else { fatalError("no folder can be made in \(base)") }
    atexit {
      _ = unlink(ValidateTarget.file.path.string)
      _ = rmdir(ValidateTarget.file.path.removingLastComponent().string)
    }
    return (path.appending("input"), descriptor)
  }()

  static func run(_ bytes: UnsafeRawBufferPointer) {
    let path = file.path
    guard ftruncate(file.descriptor.rawValue, 0) == 0,
      pwrite(file.descriptor.rawValue, bytes.baseAddress, bytes.count, 0) == bytes.count
    else { fatalError("the file cannot be written") }
    let structure = verdicts(on: path, level: .structure)
    let deeper = verdicts(on: path, level: bytes.fingerprint.isMultiple(of: 2) ? .data : .model)
    for (level, verdicts) in [("structure", structure), ("data or model", deeper)] {
      for finding in verdicts.flatMap(\.findings) {
        // Ranges of a safetensors file may overlap where the file has ended.
        let isWithin = finding.offset.map { $0 <= bytes.count } ?? true
        claim(isWithin || finding.rule.code == "COVERAGE", "\(level): a finding beyond the file: \(finding)")
        claim(Rule(id: finding.rule.id) != nil && !"\(finding)".utf8.contains(0), "\(level): \(finding)")
      }
    }
    let found = Set(deeper.flatMap(\.findings))
    claim(structure.flatMap(\.findings).allSatisfy { found.contains($0) }, "a deeper level finds less")
    compare(structure, with: Result { try Checkpoints.open(path) })
  }

  private static func verdicts(on path: FilePath, level: ValidationLevel) -> [FileVerdict] {
    do {
      return try Validator(level: level).validate(path)
    } catch { fatalError("\(error)") }
  }

  private static func compare(_ verdicts: [FileVerdict], with opened: Result<any Checkpoint, any Error>) {
    let errors = verdicts.flatMap(\.findings).filter { $0.rule.severity == .error }
    switch opened {
    case .success: claim(errors.allSatisfy(isOfValidatorsAlone), "what opens has errors: \(errors)")
    case .failure(let error):
      claim(!verdicts.allSatisfy(\.isValid), "what does not open is valid: \(error)")
      // Of files of PyTorch, NumPy and ONNX the verdict is that of the reader.
      if verdicts.contains(where: { $0.failure is CheckpointError }) { return }
      guard let (code, offset) = place(of: error) else { return }
      let isExplained = errors.contains { $0.rule.code == code && $0.offset == offset }
      // Of a rule that a hundred places break the others are only counted.
      let isCounted = verdicts.contains { !$0.omitted.isEmpty }
      claim(isExplained || isCounted, "\(error) is not among \(errors)")
    }
  }

  /// Whether a reader does not look for it: clauses C20 and C21, and the types of known keys.
  private static func isOfValidatorsAlone(_ finding: Finding) -> Bool {
    ["PADDING", "TRAILING", "SCHEMA"].contains(finding.rule.code)
  }

  /// Code and offset of what a reader refuses; `nil` of errors that are about another file.
  private static func place(of error: any Error) -> (code: String, offset: UInt64?)? {
    switch error {
    case let error as ContainerError: (error.code.rawValue, error.offset)
    case let error as CheckpointError: (error.code.rawValue, error.offset)
    case let error as ModelError: (error.code, error.offset)
    default: nil
    }
  }
}
