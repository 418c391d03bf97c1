import IngotContainer
import Testing

@testable import IngotSeal

struct FormatTests {
  @Test(arguments: SealDigest.allCases)
  func sameBodyGivesTheSameSealHoweverItIsCut(_ digest: SealDigest) throws {
    let fixture = try SealedFixture(rows: 3000, words: 2000)
    let digests = try fixture.digests(digest)
    for step in [1 << 20, 65_536, 4097] { #expect(try fixture.digests(digest, step: step) == digests) }
    #expect(try Seal(digests).encoded() == Seal(digests).encoded())
  }

  @Test(arguments: SealDigest.allCases)
  func writtenSealReadsBackAsItWas(_ digest: SealDigest) throws {
    let fixture = try SealedFixture(rows: 3000, words: 2000)
    let key = digest == .sha256 ? try SealedFixture.key() : nil
    let seal = try Seal(
      try fixture.digests(digest), release: SealRelease(name: "naïve 7b", counter: .max), signedBy: key)
    let file = fixture.body + seal.encoded()
    let read = try Seal(following: fixture.header, byteCount: UInt64(file.count), reading: reading(file))
    #expect(read == seal)
    #expect(seal.encoded().count == Int(seal.byteCount))
    #expect(seal.tables() + seal.footer() == seal.encoded())
    try verify(file, SealPolicy(keys: key.map { [$0.verifyingKey] } ?? []))
  }

  @Test func chunksInAnyOrderGiveTheSameDigests() throws {
    let fixture = try SealedFixture(rows: 3000)
    let size = 65_536
    let parts = stride(from: 0, to: fixture.body.count, by: size).map {
      Array(fixture.body[$0..<min(fixture.body.count, $0 + size)])
    }
    let digests = parts.indices.reversed().map { index in
      parts[index].withUnsafeBytes { BodyDigests.digest(.sha256, ofChunk: index, bytes: $0) }
    }
    let body = try BodyDigests(
      of: fixture.header, .sha256, chunkByteCount: size, chunkDigests: Array(digests.reversed().joined()),
      reading: reading(fixture.body))
    #expect(try body == fixture.digests(.sha256))
  }

  @Test func indexHasTheLargeArraysOfTheHeader() throws {
    let fixture = try SealedFixture(words: 2000)
    let index = ArrayIndex(of: fixture.header)
    #expect(index.entries.count == 2)
    let tokens = try #require(index.entries.first)
    #expect(tokens.offset == (fixture.header.metadata.offset(of: "tokenizer.ggml.tokens") ?? 0) + 12)
    #expect(tokens.marks.count == 2000 / 64 + 1)
    for (number, mark) in tokens.marks.enumerated() {
      let place = Int(tokens.offset) + Int(mark)
      let word = "word\(number * 64)"
      #expect(Array(fixture.body[place + 8..<place + 8 + word.utf8.count]) == Array(word.utf8))
    }
    #expect(index.entries[1].byteCount == 8000)
    #expect(index.entries[1].marks == [])
    #expect(try ArrayIndex(parsing: index.encoded()[...], at: 0, bodyByteCount: 1 << 20) == index)
  }

  @Test func smallArraysAreNotIndexed() throws {
    #expect(ArrayIndex(of: try SealedFixture(words: 100).header).entries == [])
  }

  @Test func detachedSealStandsAloneAndAtTheStart() throws {
    let fixture = try SealedFixture()
    let seal = try Seal(try fixture.digests(.sha256), isDetached: true)
    let bytes = seal.encoded()
    let read = try Seal(
      detachedFrom: fixture.header, byteCount: UInt64(bytes.count),
      reading: reading(bytes))
    #expect(read == seal)
    try read.checkFile(byteCount: UInt64(fixture.body.count))
    let shorter = #expect(throws: SealError.self) { try read.checkFile(byteCount: 100) }
    #expect(shorter?.code == .range && shorter?.offset == 100)
    // It is none where an attached one must be, nor the other way round.
    expectRefusal(fixture.body + bytes, .range, at: fixture.body.count + 12)
    let error = #expect(throws: SealError.self) {
      let attached = try Seal(try fixture.digests()).encoded()
      _ = try Seal(
        detachedFrom: fixture.header, byteCount: UInt64(attached.count), reading: reading(attached))
    }
    #expect(error?.code == .range)
    #expect(error?.offset == 12)
    #expect(error?.found == "a seal that follows its body")
    #expect(error?.expected == "a detached seal, in a file of its own")
  }

  @Test func missingPaddingIsRemembered() throws {
    let fixture = try SealedFixture()
    let least = fixture.header.leastByteCount
    #expect(least < fixture.header.bodyByteCount)
    let seal = try Seal(try fixture.digests(), originalByteCount: least)
    let file = fixture.body + seal.encoded()
    let read = try Seal(following: fixture.header, byteCount: UInt64(file.count), reading: reading(file))
    #expect(read.statement.originalByteCount == least)
    let end = fixture.body.count
    let lie = file.with(least - 1, at: end + 40).with(least - 1, at: end + 64 + 24)
      .with(least - 1, at: file.count - 64 + 40)
    expectRefusal(lie.repaired(bodyByteCount: end), .range, at: end + 40)
  }

  @Test func releaseNamesAreOneLine() throws {
    #expect(throws: SealError.self) { try SealRelease(name: "a\nb") }
    #expect(throws: SealError.self) { try SealRelease(name: String(repeating: "x", count: 1025)) }
    _ = try SealRelease(name: String(repeating: "x", count: 1024))
  }
}
