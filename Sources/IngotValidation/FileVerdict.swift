import SystemPackage

/// What is said of one file.
public struct FileVerdict: Sendable {
  /// The kinds of file that are judged.
  public enum Format: String, Sendable, Hashable {
    /// A GGUF file.
    case gguf = "GGUF"
    /// A safetensors file.
    case safetensors = "safetensors"
    /// The index of safetensors shards.
    case safetensorsIndex = "safetensors index"
    /// A file of PyTorch, or the index of several.
    case pytorch = "PyTorch"
    /// An array of NumPy, or an archive of them.
    case numpy = "NumPy"
    /// A model of ONNX.
    case onnx = "ONNX"
    /// A ZIP archive that could not be opened as one of PyTorch or NumPy.
    case archive = "archive"
    /// No known kind.
    case unknown = "unknown"
  }

  /// The file.
  public let path: FilePath
  /// What kind of file it is, by its bytes.
  public internal(set) var format = Format.unknown
  /// Its size; `nil` where it could not be opened.
  public internal(set) var byteCount: UInt64?
  /// What was found, by place in the file; of each rule the first ``largestFindingCount``.
  public private(set) var findings: [Finding] = []
  /// How often each rule was broken beyond the findings that are kept.
  public private(set) var omitted: [Rule: Int] = [:]
  /// Why the file could not be judged, or not to the end: what the operating system reported.
  ///
  /// Of files of PyTorch, NumPy and ONNX, which have no rules of their own, also why the reader refuses them.
  public internal(set) var failure: (any Error)?

  private var counts: [Rule: Int] = [:]

  /// The findings of a rule that are kept for a file.
  public static let largestFindingCount = 100

  init(_ path: FilePath) { self.path = path }
}

extension FileVerdict {
  /// Whether the file was judged, and has no errors.
  public var isValid: Bool { failure == nil && count(of: .error) == 0 }

  /// How many findings there are of a severity, those that are not kept included.
  public func count(of severity: Severity) -> Int {
    counts.lazy.filter { $0.key.severity == severity }.reduce(0) { $0 + $1.value }
  }

  /// Whether one of the rules is broken.
  func hasError(in clauses: Set<String>) -> Bool {
    counts.keys.contains { $0.severity == .error && clauses.contains($0.clause) }
  }

  mutating func report(_ finding: Finding) {
    counts[finding.rule, default: 0] += 1
    if counts[finding.rule, default: 0] <= Self.largestFindingCount {
      findings.append(finding)
    } else {
      omitted[finding.rule, default: 0] += 1
    }
  }

  /// Counts findings that were not made.
  mutating func omit(_ rule: Rule, _ count: Int) {
    guard count > 0 else { return }
    counts[rule, default: 0] += count
    omitted[rule, default: 0] += count
  }

  /// Puts the findings in the order of their places; those without one come last.
  mutating func sort() {
    findings.sort { ($0.offset ?? .max, $0.rule.id) < ($1.offset ?? .max, $1.rule.id) }
  }
}
