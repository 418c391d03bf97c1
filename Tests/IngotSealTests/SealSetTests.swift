import Testing

@testable import IngotSeal

/// Clause L12: files that were sealed together.
struct SealSetTests {
  @Test func filesOfTwoSetsNeverVerifyTogether() throws {
    let key = try SealedFixture.key()
    let pinned = SealPolicy(keys: [key.verifyingKey])
    let files = try (1...4).map { try SealedFixture(rows: 64, seed: UInt64($0)) }
    let first = try Seal.set(
      files[..<2].map { try $0.digests(.sha256) },
      originalByteCounts: files[..<2].map { UInt64($0.body.count) }, signedBy: key)
    let second = try Seal.set(
      files[2...].map { try $0.digests(.sha256) },
      originalByteCounts: files[2...].map { UInt64($0.body.count) }, signedBy: key)
    func code(_ seals: [Seal]) -> SealError.Code? {
      do throws(SealError) {
        try SealSet.check(seals.map(\.statement))
        return nil
      } catch { return error.code }
    }
    #expect(code(first) == nil)
    #expect(code(second) == nil)
    #expect(code([first[0], second[1]]) == .set)
    #expect(code([second[0], first[1]]) == .set)
    #expect(code([first[1], first[0]]) == .set)
    #expect(code([first[0]]) == .set)
    #expect(code(first + first) == .set)
    let single = try Seal(try files[1].digests(.sha256))
    #expect(code([single]) == nil)
    #expect(code([first[0], single]) == .set)
    for (file, seal) in zip(files, first) { try verify(file.body + seal.encoded(), pinned) }
    // Of which file.
    func faulty(_ seals: [Seal]) -> [Int] { SealSet.faults(of: seals.map(\.statement)).map(\.file) }
    #expect(faulty(first) == [])
    #expect(faulty([first[0], second[1]]) == [1])
    #expect(faulty([single, first[1]]) == [0])
    #expect(faulty([first[0], single]) == [1])
    #expect(faulty([first[1], first[0]]) == [0, 1])
    // The seals agree, and the bodies are not those of the set.
    let identity = try #require(first[0].statement.set?.id)
    let forged = try (0..<2).map { index in
      let own = try Seal(files[index + 2].digests(.sha256)).statement
      return SealStatement(
        digest: own.digest, isSigned: own.isSigned, bodyByteCount: own.bodyByteCount,
        originalByteCount: own.originalByteCount, chunkByteCount: own.chunkByteCount,
        chunkCount: own.chunkCount,
        indexByteCount: own.indexByteCount, release: own.release,
        set: SealSet(id: identity, index: index, count: 2), skeletonDigest: own.skeletonDigest,
        rootDigest: own.rootDigest, indexDigest: own.indexDigest)
    }
    #expect(SealSet.faults(of: forged).map(\.file) == [0, 1])
  }
}
