import IngotContainer
import IngotTestSupport
import Testing

@testable import IngotSeal

/// What somebody who can write the file, and mend every checksum, can and cannot do.
struct AttackTests {
  private let fixture: SealedFixture
  private let key: SigningKey
  /// Offsets of the fields of a seal.
  private var body: Int { fixture.body.count }
  private var statement: Int { body + 64 }

  init() throws {
    fixture = try SealedFixture(rows: 4096, words: 2000)
    key = try SealedFixture.key()
  }

  private var pinned: SealPolicy { SealPolicy(keys: [key.verifyingKey]) }

  private func signed(counter: UInt64 = 5, name: String = "model") throws -> [UInt8] {
    try fixture.sealed(.sha256, release: SealRelease(name: name, counter: counter), key: key)
  }

  // MARK: What stands where

  @Test func bytesAfterTheFooterAreRefused() throws {
    let file = try fixture.sealed()
    expectRefusal(file + [0], .position, at: file.count)
    let second = try Seal(try fixture.digests()).encoded()
    expectRefusal(file + second, .position, at: file.count)
    expectRefusal(fixture.body + Array("foreign".utf8), .position, at: body)
    expectRefusal(fixture.body + [UInt8](repeating: 1, count: 500), .position, at: body)
  }

  @Test func footerInsideTensorDataIsNoSeal() throws {
    // A whole seal as the data of the last tensor: the file ends like a sealed one.
    let seal = try Seal(try fixture.digests()).encoded()
    let header = try ContainerHeader(
      metadata: Metadata(), tensors: [(name: "data", dimensions: [seal.count], encoding: .i8)], alignment: 1)
    let file = header.encoded() + seal
    expectRefusal(file, .missing, at: file.count)
    #expect(
      try SealPlace(after: header, byteCount: UInt64(file.count), reading: reading(file)) == .nothing)
  }

  @Test func footerThatPlacesTheSealElsewhereIsRefused() throws {
    let seal = try Seal(try fixture.digests()).encoded()
    let file = fixture.body + [UInt8](repeating: 9, count: 100) + seal
    expectRefusal(file, .range, at: file.count - 64 + 32)
    #expect(try place(file) == .foreign)
    // The seal of another body.
    let other = try Seal(try SealedFixture(rows: 8).digests()).encoded()
    let alien = fixture.body + [UInt8](repeating: 9, count: 100) + other
    expectRefusal(alien, .range, at: alien.count - 64 + 16)
    #expect(try place(alien) == .foreign)
  }

  private func place(_ file: [UInt8]) throws -> SealPlace {
    try SealPlace(after: fixture.header, byteCount: UInt64(file.count), reading: reading(file))
  }

  /// Clauses L13.2, L13.3 and L14.
  @Test func aDamagedTableHeaderIsToldAndItsSealKnownByTheFooter() throws {
    let file = try fixture.sealed()
    for bit in 0..<64 * 8 {
      var damaged = file
      damaged[body + bit / 8] ^= 1 << UInt8(bit % 8)
      let isMagic = bit < 64
      expectRefusal(damaged, .checksum, at: isMagic ? body : body + 60)
      #expect(try place(damaged) == .seal(originalByteCount: UInt64(body)), "bit \(bit)")
      // Without its footer nothing tells what it is.
      var worse = damaged
      worse[worse.count - 5] ^= 1
      #expect(try place(worse) == .foreign, "bit \(bit)")
      #expect(try place(damaged + [0]) == .foreign, "bit \(bit)")
    }
    var damaged = file
    damaged[body] ^= 1
    let error = #expect(throws: SealError.self) { try verify(damaged) }
    #expect(error?.found == "a damaged table header")
    #expect(error?.expected == "that of the footer; unseal the file, then seal it again")
  }

  @Test func aFooterThatContradictsItsPlaceIsNotBelieved() throws {
    let file = try fixture.sealed().with(UInt8(0), at: body)
    let footer = file.count - 64
    for (field, number) in [
      (16, UInt64(body) + 32), (32, UInt64(file.count - body) + 1), (40, fixture.header.leastByteCount - 1),
    ] {
      var lie = file.with(number, at: footer + field)
      if field == 16 { lie = lie.with(number, at: footer + 24) }
      lie = lie.with([UInt8].checksum(of: lie[footer..<footer + 60]), at: footer + 60)
      expectRefusal(lie, .range, at: footer + field)
      #expect(try place(lie) == .foreign)
    }
    let detached = try Seal(try fixture.digests(), isDetached: true).encoded()
    for first in [detached[0], 0] {
      let appended = fixture.body + [first] + detached.dropFirst()
      expectRefusal(appended, .range, at: first == 0 ? appended.count - 64 + 12 : body + 12)
      #expect(try place(appended) == .foreign)
    }
  }

  @Test func sealOfAnotherFileIsRefused() throws {
    let other = try SealedFixture(rows: 4096, words: 2000, seed: 2, name: "blk.9.weight")
    #expect(other.header.bodyByteCount != 0)
    let same = try SealedFixture(rows: 4096, seed: 3)
    let twin = try SealedFixture(rows: 4096, seed: 4)
    let file = twin.body + (try Seal(try same.digests(.sha256), signedBy: key)).encoded()
    expectRefusal(file, .digest, at: 0, pinned)
  }

  // MARK: Fields

  @Test func unknownVersionsFlagsAndAlgorithmsAreRefused() throws {
    let file = try signed()
    let end = file.count - 64
    func refuse(_ change: [UInt8], _ offset: Int) {
      expectRefusal(change.repaired(bodyByteCount: body), .version, at: offset)
    }
    refuse(file.with(UInt32(2), at: body + 8), body + 8)
    refuse(file.with(UInt32(2), at: body + 12), body + 12)
    refuse(file.with(UInt32(2), at: end + 8), end + 8)
    refuse(file.with(UInt32(8), at: end + 12), end + 12)
    for reserved in 52..<60 { refuse(file.with(UInt8(1), at: body + reserved), body + reserved) }
    for reserved in 52..<60 { refuse(file.with(UInt8(1), at: end + reserved), end + reserved) }
    refuse(file.with(UInt32(1), at: body + 48), body + 48)
    refuse(file.with(UInt32(3), at: statement), statement)
    refuse(file.with(UInt32(2), at: statement + 4), statement + 4)
  }

  @Test func footerChecksumIsChecked() throws {
    let file = try signed()
    expectRefusal(file.with(UInt32(0), at: file.count - 4), .checksum, at: file.count - 4)
    expectRefusal(file.with(UInt64(0), at: file.count - 64), .checksum, at: file.count - 64)
  }

  @Test func lengthsThatWrapOrContradictAreRefused() throws {
    let file = try signed()
    func refuse(_ change: [UInt8], _ code: SealError.Code, _ offset: Int) {
      expectRefusal(change.repaired(bodyByteCount: body), code, at: offset)
    }
    for length in [0, UInt64(body) - 1, UInt64(body) + 1, .max] {
      refuse(
        file.with(length, at: body + 16).with(length, at: body + 24), .range,
        length < UInt64(body) ? body + 40 : body + 16)
    }
    refuse(file.with(UInt64.max, at: body + 24), .range, body + 24)
    refuse(file.with(UInt64.max, at: body + 32), .limit, body + 32)
    refuse(file.with(UInt64(127), at: body + 32), .range, body + 32)
    refuse(file.with(UInt64(128), at: body + 32), .position, body + 128)
    refuse(file.with(UInt64.max, at: body + 40), .range, body + 40)
    refuse(file.with(UInt64.max, at: statement + 16), .range, statement + 16)
    for size: UInt64 in [0, 1, 32 << 10, 100_000, 128 << 20, 1 << 40, .max] {
      refuse(file.with(size, at: statement + 32), .limit, statement + 32)
    }
    for count: UInt64 in [0, 4, 6, .max] {
      refuse(file.with(count, at: statement + 40), .range, statement + 40)
    }
    refuse(file.with(UInt64.max, at: statement + 48), .limit, statement + 48)
    refuse(file.with(UInt64(0), at: statement + 48), .range, statement)
    refuse(file.with(UInt64.max, at: statement + 64), .limit, statement + 64)
    refuse(file.with(UInt64(4), at: statement + 104), .range, statement + 104)
    refuse(file.with(UInt32(1), at: statement + 8), .range, statement + 8)
  }

  /// Clause L13.4: what claims to be 256 MiB is not read for it.
  @Test func lengthsAreCheckedBeforeTheTablesAreRead() throws {
    let length = SealFormat.sealByteCount
    let lengths = SealFrame(
      .tableHeader, isDetached: false, bodyByteCount: UInt64(body), sealByteCount: length,
      originalByteCount: UInt64(body))
    var footer = lengths
    footer.kind = .footer
    let sound = try fixture.sealed()
    let count = UInt64(body) + length
    func expect(_ statement: [UInt8], _ code: SealError.Code, at offset: Int) {
      let parts: [(UInt64, [UInt8])] = [
        (0, fixture.body), (UInt64(body), lengths.encoded() + statement), (count - 64, footer.encoded()),
      ]
      var readByteCount = 0
      let error = #expect(throws: SealError.self) {
        try Seal(following: fixture.header, byteCount: count) { offset, buffer in
          readByteCount += buffer.count
          buffer.initializeMemory(as: UInt8.self, repeating: 0)
          for (start, bytes) in parts {
            for place in max(
              start, offset)..<max(
                start, offset, min(start + UInt64(bytes.count), offset + UInt64(buffer.count)))
            {
              buffer[Int(place - offset)] = bytes[Int(place - start)]
            }
          }
        }
      }
      #expect(error?.code == code && error?.offset == UInt64(offset), "\(error.map { "\($0)" } ?? "")")
      #expect(readByteCount <= 64 + 64 + 112 + 64, "\(readByteCount) bytes")
    }
    expect([], .version, at: statement)
    expect(Array(sound[statement..<statement + 112]), .range, at: statement)
    expect(
      Array(sound.with(length, at: statement + 48)[statement..<statement + 112]), .range, at: statement)
    expect(
      Array(sound.with(length + 1, at: statement + 48)[statement..<statement + 112]), .limit,
      at: statement + 48)
  }

  // MARK: Chunks and index

  @Test func chunksSwappedTogetherWithTheirDigestsAreRefused() throws {
    var file = try fixture.sealed(.sha256)
    let (first, second) = (65_536, 131_072)
    for index in 0..<65_536 { file.swapAt(first + index, second + index) }
    let digests = statement + 112 + 3 * 32
    for index in 0..<32 { file.swapAt(digests + 32 + index, digests + 64 + index) }
    expectRefusal(file.repaired(bodyByteCount: body), .digest, at: digests)
    // With the root mended too, places are still part of each chunk's digest.
    let chunks = Array(file[digests..<digests + 5 * 32])
    let root = BodyDigests.rootDigest(
      .sha256, bodyByteCount: UInt64(body), chunkByteCount: 65_536, chunkDigests: chunks)
    file.replaceSubrange(statement + 112 + 32..<statement + 112 + 64, with: root)
    expectRefusal(file.repaired(bodyByteCount: body), .damaged, at: first)
  }

  @Test func indexThatLiesIsRefused() throws {
    let digests = try fixture.digests(.sha256)
    let entries = digests.index.entries
    typealias Entry = ArrayIndex.Entry
    let tokens = entries[0]
    let half = tokens.byteCount / 2
    var shifted = tokens.marks
    shifted[3] += 8
    let lies: [(String, [Entry])] = [
      ("hides an entry", [entries[1]]),
      ("hides all", []),
      ("adds an entry", entries + [Entry(offset: entries[1].range.upperBound, byteCount: 5000, marks: [])]),
      (
        "splits an entry",
        [
          Entry(offset: tokens.offset, byteCount: half, marks: []),
          Entry(offset: tokens.offset + half, byteCount: tokens.byteCount - half, marks: []), entries[1],
        ]
      ),
      (
        "merges entries",
        [
          Entry(
            offset: tokens.offset, byteCount: entries[1].range.upperBound - tokens.offset, marks: tokens.marks
          )
        ]
      ),
      (
        "shortens an entry",
        [Entry(offset: tokens.offset, byteCount: tokens.byteCount - 8, marks: tokens.marks), entries[1]]
      ),
      (
        "moves a mark",
        [Entry(offset: tokens.offset, byteCount: tokens.byteCount, marks: shifted), entries[1]]
      ),
      (
        "leaves a mark out",
        [
          Entry(offset: tokens.offset, byteCount: tokens.byteCount, marks: Array(tokens.marks.dropLast())),
          entries[1],
        ]
      ),
      (
        "points into a value",
        [Entry(offset: tokens.offset + 8, byteCount: tokens.byteCount - 8, marks: tokens.marks), entries[1]]
      ),
    ]
    for (name, lie) in lies {
      // The forger digests the skeleton as the honest index has it.
      let forged = BodyDigests(
        of: fixture.header, .sha256, chunkByteCount: digests.chunkByteCount,
        chunkDigests: digests.chunkDigests,
        index: ArrayIndex(entries: lie), skeletonDigest: digests.skeletonDigest)
      let file = fixture.body + (try Seal(forged)).encoded()
      let error = #expect(throws: SealError.self, "\(name)") { try verify(file) }
      #expect(error?.code == .index, "\(name): \(error.map { "\($0)" } ?? "")")
    }
  }

  @Test func indexOutOfOrderIsRefused() throws {
    let digests = try fixture.digests(.sha256)
    let entries = digests.index.entries
    for lie in [[entries[1], entries[0]], [entries[0], entries[0]]] {
      let forged = BodyDigests(
        of: fixture.header, .sha256, chunkByteCount: digests.chunkByteCount,
        chunkDigests: digests.chunkDigests,
        index: ArrayIndex(entries: lie), skeletonDigest: digests.skeletonDigest)
      let seal = try Seal(forged)
      let index = statement + seal.statement.byteCount + seal.chunkDigests.count
      let second = index + 24 + 4 * lie[0].marks.count
      expectRefusal(fixture.body + seal.encoded(), .index, at: second)
    }
  }

  // MARK: Policies

  @Test func policyAsksForSealDigestAndSignature() throws {
    let plain = try fixture.sealed()
    try verify(plain, SealPolicy(minimum: .crc32))
    expectRefusal(fixture.body, .missing, at: body, SealPolicy(minimum: .crc32))
    expectRefusal(plain, .downgrade, at: nil, SealPolicy(minimum: .sha256))
    expectRefusal(plain, .signatureRequired, at: nil, SealPolicy(minimum: .signature))
    expectRefusal(try signed(), .untrustedKey, at: nil, SealPolicy(minimum: .signature))
    try verify(try signed(), pinned)
  }

  @Test func strippedSignatureIsRefused() throws {
    let stripped = try fixture.sealed(.sha256, release: SealRelease(name: "model", counter: 5))
    try verify(stripped)
    expectRefusal(stripped, .signatureRequired, at: nil, pinned)
  }

  @Test func signatureByAnotherKeyIsRefused() throws {
    let other = try SealedFixture.key(8)
    let file = try fixture.sealed(.sha256, key: other)
    expectRefusal(file, .untrustedKey, at: nil, pinned)
    try verify(file, SealPolicy(keys: [key.verifyingKey, other.verifyingKey]))
    // Another key that claims to be the pinned one.
    var forged = file
    let place = file.count - 64 - 96
    forged.replaceSubrange(place..<place + 32, with: key.verifyingKey.id)
    expectRefusal(forged.repaired(bodyByteCount: body), .signature, at: nil, pinned)
  }

  @Test func everyFieldOfTheStatementIsSigned() throws {
    let file = try signed()
    func refuse(_ change: [UInt8]) {
      expectRefusal(change.repaired(bodyByteCount: body), .signature, at: nil, pinned)
    }
    refuse(file.with(UInt64(6), at: statement + 56))
    refuse(file.with(UInt8(ascii: "M"), at: statement + 112 + 96))
    refuse(file.with(UInt32(1), at: statement + 12).with(UInt8(1), at: statement + 72))
    refuse(file.with(UInt8(file[statement + 112] ^ 1), at: statement + 112))
    for byte in 0..<64 { refuse(file.with(file[file.count - 128 + byte] ^ 1, at: file.count - 128 + byte)) }
  }

  @Test func olderReleaseAndOtherNameAreRefused() throws {
    let file = try signed(counter: 5)
    var policy = pinned
    policy.minimumCounter = 5
    policy.releaseName = "model"
    try verify(file, policy)
    expectRefusal(try signed(counter: 4), .rollback, at: nil, policy)
    expectRefusal(try signed(name: "other"), .releaseName, at: nil, policy)
  }

  @Test func signatureOverChecksumsIsRefused() throws {
    let error = #expect(throws: SealError.self) { try fixture.sealed(.crc32, key: key) }
    #expect(error?.code == .downgrade)
    let file = try fixture.sealed(.crc32)
    expectRefusal(
      file.with(UInt32(1), at: statement + 4).repaired(bodyByteCount: body), .version, at: statement + 4)
  }
}
