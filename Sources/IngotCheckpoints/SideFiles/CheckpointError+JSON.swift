import SystemPackage

extension CheckpointError {
  /// The error for a text that is not the JSON that is asked for, and that no rule of safetensors files is about.
  init(_ error: JSONError, _ path: FilePath, _ subject: Subject) {
    let code: Code =
      switch error.code {
      case .form, .syntax: .json
      case .nesting: .nesting
      case .utf8: .utf8
      case .limit: .limit
      }
    self.init(code, path, at: error.offset, subject, found: error.found, expected: error.expected)
  }
}
