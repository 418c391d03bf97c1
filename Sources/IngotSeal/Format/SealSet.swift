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
    guard let first = statements.first else { return }
    guard statements.count > 1 || first.set != nil else { return }
    for (index, statement) in statements.enumerated() {
      guard let set = statement.set, set.index == index, set.count == statements.count else {
        let found =
          statement.set.map { "the seal of file \($0.index + 1) of \($0.count)" }
          ?? "the seal of a single file"
        throw SealError(.set, found: found, expected: "that of file \(index + 1) of \(statements.count)")
      }
      guard set.id == first.set?.id, statement.digest == first.digest, statement.release == first.release
      else {
        throw SealError(
          .set, found: "file \(index + 1) of another set or release",
          expected: "files that were sealed together")
      }
    }
    let id = id(first.digest, statements.map { ($0.bodyByteCount, $0.skeletonDigest, $0.rootDigest) })
    guard id == first.set?.id else {
      throw SealError(.set, found: "the identity of another set", expected: "that of these files")
    }
  }
}
