import IngotContainer
import IngotModel
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotSeal

/// Clauses L3 to L14 from the side of the program: each hostile file goes through every door of the library.
struct HostileSealTests {
  private let fixture: SealingFixture
  private let key: SigningKey
  /// The file, sealed with SHA-256 and signed.
  private let sealed: [UInt8]
  private var folder: TemporaryFolder { fixture.folder }
  private var path: FilePath { folder.path("m.gguf") }
  private var body: Int { fixture.body.count }
  private var statement: Int { body + 64 }
  private var footer: Int { sealed.count - 64 }
  private var pinned: SealPolicy { SealPolicy(keys: [key.verifyingKey]) }

  init() async throws {
    // Enough for both arrays to be indexed.
    fixture = try SealingFixture(words: 2000)
    key = try SigningKey(seed: [UInt8](repeating: 3, count: 32))
    let release = try SealRelease(name: "model", counter: 4)
    _ = try await ModelSealer(digest: .sha256, chunkByteCount: 64 << 10, release: release, key: key).seal(
      fixture.folder.path("m.gguf"))
    sealed = try fixture.folder.bytes(of: "m.gguf")
  }

  /// What unsealing makes of a file.
  private enum Unsealing: Equatable {
    /// The body, as it stands there.
    case body
    /// Nothing: the file stays as it is.
    case refused(String)
  }

  /// Expects that every door refuses a file by the same code and offset, and leaves it as it is; but for what may be unsealed.
  private func expect(
    _ file: [UInt8], _ code: SealError.Code, at offset: Int?, policy: SealPolicy? = nil,
    opening: String? = nil, unsealing: Unsealing = .body, sealing: String = "SEALED",
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let policy = policy ?? pinned
    let offset = offset.map { UInt64($0) }
    try folder.write(file, to: "m.gguf")
    let verdict = try await ModelVerifier(policy: policy, threads: 2).verify(path)[0]
    #expect(verdict.errors.first?.code == code, "\(verdict.errors)", sourceLocation: sourceLocation)
    #expect(verdict.errors.first?.offset == offset, "\(verdict.errors)", sourceLocation: sourceLocation)
    #expect(!verdict.isValid, sourceLocation: sourceLocation)

    for access in ModelFile.Access.allCases {
      for isTrusted in [false, true] {
        let error = #expect(throws: ModelError.self, sourceLocation: sourceLocation) {
          try ModelFile(
            opening: path, access: access, verifying: .fully, policy: policy, isTrusted: isTrusted)
        }
        #expect(error?.code == opening ?? code.rawValue, sourceLocation: sourceLocation)
        #expect(error?.offset == offset, sourceLocation: sourceLocation)
      }
    }
    let error = await #expect(throws: ModelError.self, sourceLocation: sourceLocation) {
      try await ModelSealer().seal(path)
    }
    #expect(error?.code == sealing, sourceLocation: sourceLocation)
    #expect(try folder.bytes(of: "m.gguf") == file, sourceLocation: sourceLocation)
    do {
      _ = try ModelUnsealer.unseal(path)
      #expect(unsealing == .body, sourceLocation: sourceLocation)
      #expect(try folder.bytes(of: "m.gguf") == Array(file[..<body]), sourceLocation: sourceLocation)
    } catch let error as ModelError {
      #expect(unsealing == .refused(error.code), sourceLocation: sourceLocation)
      #expect(try folder.bytes(of: "m.gguf") == file, sourceLocation: sourceLocation)
    }
  }

  /// What cannot be cut off, since it is no seal by its table header and length.
  private func expectForeign(
    _ file: [UInt8], _ code: SealError.Code, at offset: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await expect(
      file, code, at: offset, unsealing: .refused("SEAL_POSITION"), sealing: "SEAL_POSITION",
      sourceLocation: sourceLocation)
  }

  private func repaired(_ file: [UInt8]) -> [UInt8] { file.repaired(bodyByteCount: body) }

  /// The file with the lengths of body and seal in both frames.
  private func framed(_ file: [UInt8], original: UInt64? = nil, length: Int? = nil) -> [UInt8] {
    var file = file
    for frame in [body, file.count - 64] {
      if let original { file = file.with(original, at: frame + 40) }
      if let length { file = file.with(UInt64(length), at: frame + 32) }
    }
    return repaired(file)
  }

  @Test func secondFooterAndSealWithinASeal() async throws {
    let seal = Array(sealed[body...])
    try await expectForeign(sealed + seal.suffix(64), .position, at: sealed.count)
    // The first footer becomes a part of the tables of a longer seal.
    let longer = framed(sealed + seal.suffix(64), length: seal.count + 64)
    try await expect(longer, .range, at: statement)
    // The seal of the sealed file, as another tool that knows only footers would write it.
    let header = seal[..<64]
    try await expectForeign(fixture.body + header + seal, .position, at: body + seal.count)
    // Padding between body and seal.
    try await expectForeign(
      fixture.body + [UInt8](repeating: 0, count: 32) + seal, .range, at: footer + 32 + 32)
  }

  @Test func damagedTableHeaderIsUnsealedByTheFooter() async throws {
    for byte in [0, 7, 8, 16, 24, 32, 40, 48, 60] {
      var file = sealed
      file[body + byte] ^= 4
      try await expect(file, .checksum, at: byte < 8 ? body : body + 60)
    }
    var file = sealed
    file[body + 40] ^= 4
    try folder.write(file, to: "m.gguf")
    _ = try await ModelSealer().seal(path, overwrite: true)
    #expect(try await ModelVerifier().verify(path)[0].isValid)
  }

  @Test func statementsThatAreShortOrOverlapTheirTables() async throws {
    // A name that takes in the digests of the chunks: the sum of the parts is wrong before any of them is looked at.
    for length: UInt64 in [4, 6, 5 + 32, 1024] {
      try await expect(
        repaired(sealed.with(length, at: statement + 64)), .range, at: statement)
    }
    // Tables that end within the statement's fixed fields.
    for count in [0, 1, 4, 111] {
      let file = Array(sealed[..<(statement + count)] + sealed[footer...])
      try await expect(framed(file, length: 128 + count), .range, at: statement)
    }
    // Index and name exchange their lengths, and the sum is right: the name is then digests, and no text.
    let index = sealed[(statement + 48)..<(statement + 56)]
    let name = sealed[(statement + 64)..<(statement + 72)]
    var file = sealed
    file.replaceSubrange(statement + 48..<statement + 56, with: name)
    file.replaceSubrange(statement + 64..<statement + 72, with: index)
    try await expect(repaired(file), .range, at: statement + 112 + 3 * 32)
  }

  @Test func numbersThatWrap() async throws {
    for count: UInt64 in [1 << 62, 1 << 59, .max / 32 + 1] {
      try await expect(
        repaired(sealed.with(count, at: statement + 40)), .range, at: statement + 40)
    }
    for size: UInt64 in [1 << 63, (64 << 20) + 1, 0xFFFF] {
      try await expect(repaired(sealed.with(size, at: statement + 32)), .limit, at: statement + 32)
    }
    try await expect(
      repaired(sealed.with(UInt64.max - 63, at: statement + 48)), .limit, at: statement + 48)
    // The length before sealing must not reach into the data.
    let data = UInt64(body - fixture.paddingByteCount)
    try await expectForeign(framed(sealed, original: data - 1), .range, at: body + 40)
    try await expectForeign(framed(sealed, original: 0), .range, at: body + 40)
    try await expectForeign(framed(sealed, original: UInt64(body) + 1), .range, at: body + 40)
  }

  @Test func lengthBeforeSealingIsSigned() async throws {
    let data = UInt64(body - fixture.paddingByteCount)
    var file = framed(sealed, original: data)
    try folder.write(file, to: "m.gguf")
    #expect(
      try await ModelVerifier(policy: pinned).verify(path)[0].errors.map(\.offset) == [UInt64(statement) + 24]
    )
    file = repaired(file.with(data, at: statement + 24))
    try folder.write(file, to: "m.gguf")
    #expect(try await ModelVerifier(policy: pinned).verify(path)[0].errors.map(\.code) == [.signature])
    #expect(try await ModelVerifier().verify(path)[0].isValid)
  }

  @Test func signatureOfAnotherReleaseOrWithoutOne() async throws {
    let plain = try Seal(
      try digests(of: fixture.body), release: SealRelease(name: "model", counter: 4))
    try await expect(fixture.body + plain.encoded(), .signatureRequired, at: nil)
    let newer = try Seal(
      try digests(of: fixture.body), release: SealRelease(name: "model", counter: 5), signedBy: key)
    // Key id and signature of release 5 under the statement of release 4.
    let signature = newer.encoded().suffix(64 + 96).prefix(96)
    try await expect(
      repaired(Array(sealed[..<(footer - 96)] + signature + sealed[footer...])), .signature, at: nil)
    var policy = pinned
    policy.minimumCounter = 5
    try await expect(sealed, .rollback, at: nil, policy: policy)
    policy.minimumCounter = 4
    policy.releaseName = "model "
    try await expect(sealed, .releaseName, at: nil, policy: policy)
    try folder.write(sealed, to: "m.gguf")
    policy.releaseName = "model"
    #expect(try ModelFile(opening: path, verifying: .fully, policy: policy).tensors.count == 2)
  }

  /// The digests of a body whose header is the fixture's, or one like it.
  private func digests(of body: [UInt8]) throws -> BodyDigests {
    var digester = try BodyDigester(
      try ContainerHeader(parsing: body.span.bytes), .sha256, chunkByteCount: 64 << 10)
    body.withUnsafeBytes { digester.update($0) }
    return digester.finish()
  }

  @Test func signedSealOfAModelOfTheSameShape() async throws {
    var other = fixture.body
    for index in Int(fixture.header.headerByteCount + 32)..<other.count - fixture.paddingByteCount {
      other[index] ^= 0x55
    }
    // Chunk 0 holds the header and some of the data, so all chunks differ.
    try await expect(other + sealed[body...], .digest, at: 0, opening: "DAMAGED")
    var renamed = sealed
    let place = try #require((0..<body).first { sealed[$0..<$0 + 7].elementsEqual("fixture".utf8) })
    renamed[place] ^= 0x20
    try await expect(renamed, .stale, at: 0)
  }

  /// A publisher's own mistake, or malice, under a good signature.
  @Test func signedIndexThatLiesIsFoundOrMisleadsNobody() async throws {
    let honest = try digests(of: fixture.body)
    let tokens = honest.index.entries[0]
    let scores = honest.index.entries[1]
    typealias Entry = ArrayIndex.Entry
    let lies: [[Entry]] = [
      [], [tokens], [scores],
      [Entry(offset: tokens.offset, byteCount: tokens.byteCount - 9, marks: tokens.marks), scores],
      [Entry(offset: tokens.offset, byteCount: tokens.byteCount + 4, marks: tokens.marks), scores],
      [Entry(offset: tokens.offset, byteCount: scores.range.upperBound - tokens.offset, marks: tokens.marks)],
      [Entry(offset: tokens.offset, byteCount: UInt64(body) - tokens.offset, marks: tokens.marks)],
      [Entry(offset: tokens.offset, byteCount: tokens.byteCount, marks: tokens.marks.dropLast()), scores],
      [tokens, Entry(offset: scores.offset, byteCount: scores.byteCount, marks: [0, 512])],
      [tokens, scores, Entry(offset: UInt64(body) - 4096, byteCount: 4096, marks: [])],
    ]
    for (number, lie) in lies.enumerated() {
      let index = ArrayIndex(entries: lie)
      let skeleton = try BodyDigests.skeletonDigest(
        .sha256, index, headerByteCount: fixture.header.headerByteCount
      ) { offset, buffer in
        buffer.copyBytes(from: fixture.body[Int(offset)..<Int(offset) + buffer.count])
      }
      for digest in [skeleton, honest.skeletonDigest] {
        let forged = BodyDigests(
          of: fixture.header, .sha256, chunkByteCount: honest.chunkByteCount,
          chunkDigests: honest.chunkDigests, index: index, skeletonDigest: digest)
        try folder.write(fixture.body + (try Seal(forged, signedBy: key)).encoded(), to: "m.gguf")
        let verdict = try await ModelVerifier(policy: pinned).verify(path)[0]
        #expect(verdict.errors.first.map { [.index, .stale].contains($0.code) } == true, "lie \(number)")
        for access in ModelFile.Access.allCases {
          // Marks that cannot be, or that numbers do not need, are not used: the model is then the honest one.
          do {
            let model = try ModelFile(opening: path, access: access, verifying: .onAccess, policy: pinned)
            #expect(model.metadata == fixture.header.metadata, "lie \(number)")
            #expect([7, 8].contains(number), "lie \(number)")
          } catch {
            #expect(["INDEX", "STALE"].contains(error.code), "lie \(number)")
          }
        }
      }
    }
  }

  @Test func everyFlippedBitIsRefusedWhenAllIsVerified() throws {
    var generator = SeededGenerator(seed: 27)
    var accepted: [Int] = []
    // The bytes of the seal, and as many of the body.
    for byte in Array(body..<sealed.count)
      + (0..<600).map({ _ in Int.random(in: 0..<body, using: &generator) })
    {
      let bit = UInt8.random(in: 0..<8, using: &generator)
      var file = sealed
      file[byte] ^= 1 << bit
      try folder.write(file, to: "m.gguf")
      for isTrusted in [false, true] {
        let model = try? ModelFile(opening: path, verifying: .fully, policy: pinned, isTrusted: isTrusted)
        if model != nil { accepted.append(byte) }
      }
    }
    #expect(accepted == [])
  }
}
