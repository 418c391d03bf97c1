import IngotContainer

/// The modules that a configuration leaves out of quantization.
///
/// Specification: `spec/quantized.md`, clause Q2.4.
struct IgnoredModules: Sendable {
  private let names: Set<ExactName>

  init(_ names: [String] = []) { self.names = Set(names.map(ExactName.init)) }

  /// Whether one of the names is that of a module, begins it, ends it, or is a part of it between dots.
  ///
  /// - Complexity: O(*n*²) in the length of the name; names of more than 64 parts are compared as a whole.
  func contains(_ module: String) -> Bool {
    if names.isEmpty { return false }
    if names.contains(ExactName(module)) { return true }
    let parts = module.split(separator: ".", maxSplits: 64, omittingEmptySubsequences: false)
    guard parts.count <= 64 else { return false }
    // Cut from the module: to join the parts again takes several times as long.
    return parts.indices.contains { index in
      let before = index == 0 ? module[..<module.startIndex] : module[..<parts[index - 1].endIndex]
      return [parts[index], before, module[parts[index].startIndex...]].contains {
        names.contains(ExactName(String($0)))
      }
    }
  }
}
