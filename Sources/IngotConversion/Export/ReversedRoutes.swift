import IngotCheckpoints
import IngotContainer

/// The routes of a family read from right to left: from the name of a tensor in the container to that of its source.
///
/// Where several routes make one tensor, the first whose outputs are all there is taken; codes of MXFP4 go back as the
/// floats that they stand for.
///
/// Specification: `spec/export.md`, clauses X2.1 to X2.5.
struct ReversedRoutes {
  /// What a tensor of the container belongs to.
  struct Source {
    /// The name of the source in the class of the model, with `{expert}` where there is one for each.
    let name: String
    /// The tensors of the container that it is made of, in their order.
    let parts: [String]
    /// What the conversion did to it, part by part.
    let changes: [TensorRoute.Change]
  }

  private let family: ModelFamily
  /// The routes that make a tensor of each name, by their places among those of the family.
  private var places: [String: [Int]] = [:]
  /// The patterns of names that readers make of the configuration, or this conversion did.
  private static let computed: Set = [
    "rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight",
  ]

  init(_ family: ModelFamily) {
    self.family = family
    for (place, route) in family.routes.enumerated() {
      for output in route.outputs { places[output.name, default: []].append(place) }
    }
  }

  /// Whether a tensor follows from the configuration, and so has no source.
  static func isComputed(_ name: String) -> Bool { computed.contains(name) }

  /// Where a tensor came from; `nil` where no route leads to it.
  ///
  /// - Parameter isThere: Whether the container has a tensor of this name.
  func source(of name: String, where isThere: (String) -> Bool) -> Source? {
    let name = NumberedName(name)
    let candidates = ["", ".weight", ".bias"].filter(name.pattern.hasSuffix).flatMap { suffix in
      (places[String(name.pattern.dropLast(suffix.count))] ?? []).map { (place: $0, suffix: suffix) }
    }
    for (place, suffix) in candidates.sorted(by: { $0.place < $1.place }) {
      let route = family.routes[place]
      let parts = route.outputs.map { name.filled($0.name) + suffix }
      let changes = route.outputs.map(\.change)
      if changes.contains(where: \.isPacking) || !parts.allSatisfy(isThere) { continue }
      return Source(
        name: family.nameInClass(name.filled(route.pattern) + suffix, isThere), parts: parts, changes: changes
      )
    }
    return nil
  }

  /// How many of the family's names, block by block, a container has not: the family with the fewest fits best.
  ///
  /// - Parameter patterns: Those of the names in the container.
  func absentNames(among patterns: Set<String>) -> Int {
    places.keys.count { name in
      !["", ".weight", ".bias"].contains { patterns.contains(name + $0) }
    }
  }
}

extension TensorRoute.Change {
  /// Whether codes were packed anew.
  fileprivate var isPacking: Bool { if case .mxfp4 = self { true } else { false } }
}

extension ModelFamily {
  /// The family that the tensors of a container belong to, by its architecture, its vocabulary and its names.
  ///
  /// - Returns: `nil` where no family of this release has the architecture and all the names.
  static func of(_ container: any Checkpoint) -> ModelFamily? {
    guard case .string(let architecture)? = container.metadata["general.architecture"] else { return nil }
    var vocabulary: String?
    if case .string(let name)? = container.metadata["tokenizer.ggml.model"] { vocabulary = name }
    let tensors = container.tensors
    let candidates = all.filter { family in
      guard family.architecture == architecture else { return false }
      if let vocabulary, let own = family.tokenizer.vocabulary, own != vocabulary { return false }
      let routes = ReversedRoutes(family)
      return tensors.indices.allSatisfy {
        let name = tensors.name(at: $0)
        return ReversedRoutes.isComputed(name) || routes.source(of: name, where: tensors.contains) != nil
      }
    }
    guard candidates.count > 1 else { return candidates.first }
    let patterns = Set(tensors.indices.lazy.map { NumberedName(tensors.name(at: $0)).pattern })
    return candidates.min {
      ReversedRoutes($0).absentNames(among: patterns) < ReversedRoutes($1).absentNames(among: patterns)
    }
  }
}

extension TokenizerStrategy {
  /// What containers call the only kind of vocabulary that the strategy finds; `nil` where it finds several.
  fileprivate var vocabulary: String? {
    switch self {
    case .wordPiece: "bert"
    case .roberta: "gpt2"
    case .unigram: "t5"
    default: nil
    }
  }
}
