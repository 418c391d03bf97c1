import IngotCheckpoints

extension ImportanceMatrix {
  /// Warns of what is odd about the entries that were used, by their names.
  func warn(ofEntries names: [String]) {
    let used = Set(names)
    for warning in warnings {
      if case .tensor(let name) = warning.subject, used.contains(name) { Terminal.warn("\(warning)") }
    }
  }
}
