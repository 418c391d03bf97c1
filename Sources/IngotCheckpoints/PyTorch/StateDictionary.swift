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
  /// The tensors of the choice.
  let chosen: [TensorSearch.Found]
  /// The steps that are left out of the names.
  private let depth: Int

  /// The name that a tensor has in it.
  ///
  /// - Throws: What reading throws.
  func name(of found: TensorSearch.Found) throws -> String {
    try search.ways.text(of: found.way, from: depth)
  }

  /// - Throws: ``CheckpointError/Code/stateDictionary`` with what there is, and what reading throws.
  init(_ search: TensorSearch, choosing choice: StateDictionaryChoice, _ path: FilePath) throws {
    self.search = search
    switch choice {
    case .only, .onlyOrAll:
      let (level, names) = try Self.only(search)
      guard names.isEmpty || choice == .onlyOrAll else {
        throw CheckpointError(
          .stateDictionary, path, found: "tensors under \(try Self.list(names, search, level))",
          expected: "one dictionary with tensors: choose one with --select, or . for all")
      }
      (depth, chosen) = (names.isEmpty ? level : 0, search.found)
    case .named("."): (depth, chosen) = (0, search.found)
    case .named(let name):
      var levels: [Int?] = []
      for found in search.found { levels.append(try Self.level(of: name, found, search.ways)) }
      guard let level = levels.lazy.compactMap(\.self).first else {
        throw CheckpointError(
          .stateDictionary, path, found: "no dictionary with tensors under \(name.quoted)",
          expected: try Self.choices(search))
      }
      depth = level
      chosen = zip(search.found, levels).filter { $0.1 == level }.map(\.0)
    }
  }

  /// How many steps a way to a tensor has to what is called so, if it leads through that.
  private static func level(
    of name: String, _ found: TensorSearch.Found, _ ways: TensorWays
  ) throws -> Int? {
    let depth = ways.depth(of: found.way)
    return try (1..<max(depth, 1)).first { level in
      let beginning = ways.beginning(of: found.way, depth: level)
      // Longer with each step, so that one is compared.
      return try ways.byteCount(of: beginning) == name.utf8.count
        && ExactName(ways.text(of: beginning)) == ExactName(name)
    }
  }

  /// How deep the first dictionary is that holds a tensor itself; or how deep, and what, those are of which none is the only
  /// one.
  private static func only(_ search: TensorSearch) throws -> (level: Int, names: [String]) {
    guard let first = search.found.first else { return (0, []) }
    let ways = search.ways
    let least = search.found.reduce(Int.max) { min($0, ways.depth(of: $1.way)) }
    var shared = first.way
    for found in search.found {
      shared = ways.beginning(of: shared, depth: try ways.sharedDepth(of: shared, found.way))
    }
    let level = ways.depth(of: shared)
    return least - 1 <= level ? (least - 1, []) : (level, try names(search, at: level))
  }

  /// What there is to choose from, in words.
  private static func choices(_ search: TensorSearch) throws -> String {
    if search.found.isEmpty { return "a file with tensors" }
    let (start, names) = try only(search)
    let (level, known) = names.isEmpty ? (0, try Self.names(search, at: 0)) : (start, names)
    return known.isEmpty
      ? "no --select, since the file has just one dictionary" : "one of \(try list(known, search, level))"
  }

  /// The different keys at a level, in the order of the file, of which more tensors follow.
  private static func names(_ search: TensorSearch, at level: Int) throws -> [String] {
    var known: Set<String> = []
    return try search.found.compactMap { item in
      guard search.ways.depth(of: item.way) > level + 1 else { return nil }
      let name = try name(of: item, at: level, search)
      return known.insert(name).inserted ? name : nil
    }
  }

  private static func name(of item: TensorSearch.Found, at level: Int, _ search: TensorSearch) throws
    -> String
  {
    try search.ways.text(of: search.ways.beginning(of: item.way, depth: level + 1))
  }

  private static func list(_ names: [String], _ search: TensorSearch, _ level: Int) throws -> String {
    var counts: [String: Int] = [:]
    for item in search.found where search.ways.depth(of: item.way) > level {
      counts[try name(of: item, at: level, search), default: 0] += 1
    }
    let shown = names.prefix(10).map { "\($0.quoted) (\(counts[$0] ?? 0))" }.joined(separator: ", ")
    return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
  }
}
