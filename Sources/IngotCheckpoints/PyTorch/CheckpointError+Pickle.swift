import SystemPackage

extension CheckpointError {
  /// The error for a pickle that is refused.
  ///
  /// - Parameters:
  ///   - error: What is wrong.
  ///   - file: The file that the pickle is in.
  ///   - start: Where the pickle begins in it.
  ///   - entry: The member of an archive that it is. Within a deflated one no byte of the file has the fault.
  init(_ error: PickleError, _ file: FilePath, at start: UInt64, of entry: ZIPEntry? = nil) {
    let subject: Subject =
      if let global = error.global { .global(global) } else { entry.map { .member($0.name) } ?? .file }
    let isInflated = entry?.method == .deflated
    self.init(
      error.code, file, at: isInflated ? start : start + UInt64(error.offset), subject,
      found: error.found + (isInflated ? " at byte \(error.offset) of the inflated pickle" : ""),
      expected: error.expected)
  }
}
