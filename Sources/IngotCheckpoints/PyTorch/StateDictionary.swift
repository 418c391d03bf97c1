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
  private let search: TensorSearch
  private let chosen: [TensorSearch.Found]
  /// The steps that are left out of the names.
  private let depth: Int

  /// The tensors of the choice, by the names that they have in it, each made when it is asked for.
  var tensors: some Sequence<(name: String, found: TensorSearch.Found)> {
    chosen.lazy.map { (search.ways.text(of: $0.way, from: depth), $0) }
  }

  /// - Throws: ``CheckpointError/Code/stateDictionary`` with what there is.
  init(
    _ search: TensorSearch, choosing choice: StateDictionaryChoice, _ path: FilePath
  ) throws(CheckpointError) {
    self.search = search
    switch choice {
    case .only, .onlyOrAll:
      let (level, names) = Self.only(search)
      guard names.isEmpty || choice == .onlyOrAll else {
        throw CheckpointError(
          .stateDictionary, path, found: "tensors under \(Self.list(names, search, level))",
          expected: "one dictionary with tensors: choose one with --select, or . for all")
      }
      (depth, chosen) = (names.isEmpty ? level : 0, search.found)
    case .named("."): (depth, chosen) = (0, search.found)
    case .named(let name):
      guard let level = search.found.lazy.compactMap({ Self.level(of: name, $0, search.ways) }).first else {
        throw CheckpointError(
          .stateDictionary, path, found: "no dictionary with tensors under \(name.quoted)",
          expected: Self.choices(search))
      }
      depth = level
      chosen = search.found.filter { Self.level(of: name, $0, search.ways) == level }
    }
  }

  /// How many steps a way to a tensor has to what is called so, if it leads through that.
  private static func level(of name: String, _ found: TensorSearch.Found, _ ways: TensorWays) -> Int? {
    let depth = ways.depth(of: found.way)
    return (1..<max(depth, 1)).first { level in
      let beginning = ways.beginning(of: found.way, depth: level)
      // Longer with each step, so that one is compared.
      return ways.byteCount(of: beginning) == name.utf8.count
        && ExactName(ways.text(of: beginning)) == ExactName(name)
    }
  }

  /// How deep the first dictionary is that holds a tensor itself; or how deep, and what, those are of which none is the only
  /// one.
  private static func only(_ search: TensorSearch) -> (level: Int, names: [String]) {
    guard let first = search.found.first else { return (0, []) }
    let ways = search.ways
    let least = search.found.reduce(Int.max) { min($0, ways.depth(of: $1.way)) }
    var shared = first.way
    for found in search.found {
      shared = ways.beginning(of: shared, depth: ways.sharedDepth(of: shared, found.way))
    }
    let level = ways.depth(of: shared)
    return least - 1 <= level ? (least - 1, []) : (level, names(search, at: level))
  }

  /// What there is to choose from, in words.
  private static func choices(_ search: TensorSearch) -> String {
    if search.found.isEmpty { return "a file with tensors" }
    let (start, names) = only(search)
    let (level, known) = names.isEmpty ? (0, Self.names(search, at: 0)) : (start, names)
    return known.isEmpty
      ? "no --select, since the file has just one dictionary" : "one of \(list(known, search, level))"
  }

  /// The different keys at a level, in the order of the file, of which more tensors follow.
  private static func names(_ search: TensorSearch, at level: Int) -> [String] {
    var known: Set<String> = []
    return search.found.compactMap { item in
      guard search.ways.depth(of: item.way) > level + 1 else { return nil }
      let name = name(of: item, at: level, search)
      return known.insert(name).inserted ? name : nil
    }
  }

  private static func name(of item: TensorSearch.Found, at level: Int, _ search: TensorSearch) -> String {
    search.ways.text(of: search.ways.beginning(of: item.way, depth: level + 1))
  }

  private static func list(_ names: [String], _ search: TensorSearch, _ level: Int) -> String {
    var counts: [String: Int] = [:]
    for item in search.found where search.ways.depth(of: item.way) > level {
      counts[name(of: item, at: level, search), default: 0] += 1
    }
    let shown = names.prefix(10).map { "\($0.quoted) (\(counts[$0] ?? 0))" }.joined(separator: ", ")
    return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
  }
}
