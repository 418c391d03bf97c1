import IngotContainer

/// The names of a pickle that the table does not have, in a survey: each once, however often it stands there.
///
/// Specification: `spec/pytorch.md`, clause P4.2.
struct UnknownNames: Sendable {
  /// A name.
  struct Name: Sendable {
    /// The error for it where it stands first.
    let error: PickleError
    /// How often it stands there.
    var count = 1
  }

  /// The most that are listed.
  static let largestCount = 1000

  /// The first of them, in the order of the pickle.
  private(set) var names: [Name] = []
  /// How many more there are.
  var furtherCount: Int { further.count }
  private var places: [ExactName: Int32] = [:]
  /// The hashes of those that are not listed.
  private var further: Set<Int> = []

  /// Adds a name, or counts it once more.
  ///
  /// - Returns: Its place in the list, or `nil` where it is not listed.
  mutating func add(_ name: String, _ error: PickleError) -> Int32? {
    let key = ExactName(name)
    if let place = places[key] {
      names[Int(place)].count += 1
      return place
    }
    guard names.count < Self.largestCount else {
      further.insert(key.hashValue)
      return nil
    }
    let place = Int32(names.count)
    names.append(Name(error: error))
    places[key] = place
    return place
  }
}
