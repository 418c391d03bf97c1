/// The place of a file in a split set that was sealed as one.
///
/// Specification: `spec/seal.md`, clause L12.
public struct SealSet: Sendable, Hashable {
  /// What all files of the set have in common, and those of no other set: 32 bytes.
  public let id: [UInt8]
  /// The number of the file, from 0.
  public let index: Int
  /// The number of files.
  public let count: Int

  /// The most files of a set, as the metadata of its files can state it.
  static let largestCount = 65_535

  init(id: [UInt8], index: Int, count: Int) {
    self.id = id
    self.index = index
    self.count = count
  }

  /// The identity of the set of these bodies, in the order of the files.
  ///
  /// - Precondition: all have the same digest, which is available.
  static func id(of bodies: [BodyDigests]) -> [UInt8] {
    guard let digest = bodies.first?.digest else {
      return [UInt8](repeating: 0, count: SealFormat.setIDByteCount)
    }
    precondition(bodies.allSatisfy { $0.digest == digest }, "digests of two kinds in a set")
    return id(digest, bodies.map { ($0.bodyByteCount, $0.skeletonDigest, $0.rootDigest) })
  }

  static func id(
    _ digest: SealDigest, _ members: [(bodyByteCount: UInt64, skeleton: [UInt8], root: [UInt8])]
  ) -> [UInt8] {
    var state = DigestState(digest, .set, UInt64(members.count))
    for member in members {
      state.update(member.bodyByteCount)
      state.update(member.skeleton)
      state.update(member.root)
    }
    var id = state.finish()
    id.pad(to: SealFormat.setIDByteCount)
    return id
  }

  /// Checks that seals are those of all files of one set, in order.
  ///
  /// - Parameter statements: What the seal of each file says, in the order of the files.
  /// - Throws: ``SealError/Code/set``.
  public static func check(_ statements: [SealStatement]) throws(SealError) {
    if let fault = faults(of: statements).first { throw fault.error }
  }

  /// What is wrong with seals that should be those of all files of one set, and of which file, counted from 0.
  ///
  /// Where all seals agree and the files are not those of the set, nothing tells which of them is wrong: all are named.
  package static func faults(of statements: [SealStatement]) -> [(file: Int, error: SealError)] {
    guard let first = statements.first, statements.count > 1 || first.set != nil else { return [] }
    func isInPlace(_ index: Int) -> Bool {
      statements[index].set.map { $0.index == index && $0.count == statements.count } ?? false
    }
    // The first that is in its place: the others must be of its set.
    let example = statements.indices.first(where: isInPlace).map { statements[$0] }
    var faults: [(file: Int, error: SealError)] = []
    for (index, statement) in statements.enumerated() {
      if !isInPlace(index) {
        let found =
          statement.set.map { "the seal of file \($0.index + 1) of \($0.count)" }
          ?? "the seal of a single file"
        faults.append(
          (index, SealError(.set, found: found, expected: "that of file \(index + 1) of \(statements.count)"))
        )
      } else if statement.set?.id != example?.set?.id || statement.digest != example?.digest
        || statement.release != example?.release
      {
        faults.append(
          (
            index,
            SealError(
              .set, found: "file \(index + 1) of another set or release",
              expected: "files that were sealed together")
          ))
      }
    }
    guard faults.isEmpty else { return faults }
    let id = id(first.digest, statements.map { ($0.bodyByteCount, $0.skeletonDigest, $0.rootDigest) })
    if id == first.set?.id { return [] }
    let error = SealError(.set, found: "the identity of another set", expected: "that of these files")
    return statements.indices.map { ($0, error) }
  }
}
