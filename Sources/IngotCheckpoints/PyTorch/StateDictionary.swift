import IngotContainer
import SystemPackage

/// Which of the dictionaries in a PyTorch file is the checkpoint.
public enum StateDictionaryChoice: Sendable, Hashable {
  /// The only one; where there are several, they are listed in the error.
  case only
  /// The only one; where there are several, all tensors, with the whole ways to them as names.
  case onlyOrAll
  /// The one under these keys, joined by points; of `.` all tensors, with the whole ways to them as names.
  case named(String)
}

/// Chooses among the dictionaries that hold the tensors of a file.
///
/// Specification: `spec/pytorch.md`, clause P7.
struct StateDictionary {
  /// The tensors of the choice, by the names that they have in it.
  let tensors: [(name: String, found: TensorSearch.Found)]

  /// - Throws: ``CheckpointError/Code/stateDictionary`` with what there is.
  init(
    _ found: [TensorSearch.Found], choosing choice: StateDictionaryChoice, _ path: FilePath
  ) throws(CheckpointError) {
    let depth: Int
    var chosen = found
    switch choice {
    case .only, .onlyOrAll:
      let (level, names) = Self.only(found)
      if names.isEmpty {
        depth = level
      } else {
        guard choice == .onlyOrAll else {
          throw CheckpointError(
            .stateDictionary, path, found: "tensors under \(Self.list(names, found, level))",
            expected: "one dictionary with tensors: choose one with --select, or . for all")
        }
        depth = 0
      }
    case .named("."): depth = 0
    case .named(let name):
      func level(_ path: [String]) -> Int? {
        (1..<max(path.count, 1)).first { path[..<$0].joined(separator: ".") == name }
      }
      guard let level = found.lazy.compactMap({ level($0.path) }).first else {
        throw CheckpointError(
          .stateDictionary, path, found: "no dictionary with tensors under \(name.quoted)",
          expected: Self.choices(found))
      }
      depth = level
      chosen = found.filter { $0.path.count > level && $0.path[..<level].joined(separator: ".") == name }
    }
    tensors = chosen.map { ($0.path[depth...].joined(separator: "."), $0) }
  }

  /// How deep the first dictionary is that holds a tensor itself; or how deep, and what, those are of which none is the only
  /// one.
  private static func only(_ found: [TensorSearch.Found]) -> (level: Int, names: [String]) {
    var level = 0
    while let first = found.first {
      if found.contains(where: { $0.path.count == level + 1 }) { break }
      guard found.allSatisfy({ $0.path[level] == first.path[level] }) else {
        return (level, names(found, at: level))
      }
      level += 1
    }
    return (level, [])
  }

  /// What there is to choose from, in words.
  private static func choices(_ found: [TensorSearch.Found]) -> String {
    if found.isEmpty { return "a file with tensors" }
    let (start, names) = only(found)
    let (level, known) = names.isEmpty ? (0, Self.names(found, at: 0)) : (start, names)
    return known.isEmpty
      ? "no --select, since the file has just one dictionary" : "one of \(list(known, found, level))"
  }

  /// The different keys at a level, in the order of the file, of which more tensors follow.
  private static func names(_ found: [TensorSearch.Found], at level: Int) -> [String] {
    var known: Set<String> = []
    return found.compactMap { item in
      guard item.path.count > level + 1 else { return nil }
      let name = item.path[...level].joined(separator: ".")
      return known.insert(name).inserted ? name : nil
    }
  }

  private static func list(_ names: [String], _ found: [TensorSearch.Found], _ level: Int) -> String {
    var counts: [String: Int] = [:]
    for item in found where item.path.count > level {
      counts[item.path[...level].joined(separator: "."), default: 0] += 1
    }
    let shown = names.prefix(10).map { "\($0.quoted) (\(counts[$0] ?? 0))" }.joined(separator: ", ")
    return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
  }
}
