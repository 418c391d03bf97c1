import IngotContainer
import Testing

@testable import IngotSeal

/// Clause L13: no byte of a sealed file is uncovered.
struct DamageTests {
  /// A file of 8 KiB with its seal.
  private func file(_ digest: SealDigest) throws -> (fixture: SealedFixture, bytes: [UInt8]) {
    for rows in stride(from: 120, through: 100, by: -1) {
      let fixture = try SealedFixture(rows: rows)
      let release = try SealRelease(
        name: String(repeating: "n", count: max(0, 8192 - (try fixture.sealed(digest).count))), counter: 3)
      let bytes = try fixture.sealed(digest, release: release)
      if bytes.count == 8192 { return (fixture, bytes) }
    }
    Issue.record("no fixture of 8 KiB")
    return (try SealedFixture(), [])
  }

  @Test(arguments: SealDigest.allCases)
  func everySingleBitFlipIsRefused(_ digest: SealDigest) throws {
    var bytes = try file(digest).bytes
    try verify(bytes)
    var accepted: [Int] = []
    for bit in 0..<bytes.count * 8 {
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      if (try? verify(bytes)) != nil { accepted.append(bit) }
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    }
    #expect(accepted == [])
    try verify(bytes)
  }

  @Test(arguments: SealDigest.allCases)
  func everyTruncationIsRefused(_ digest: SealDigest) throws {
    let bytes = try file(digest).bytes
    for count in 0..<bytes.count {
      #expect(throws: (any Error).self, "\(count) bytes") { try verify(Array(bytes[..<count])) }
    }
  }

  @Test func cutWithinTheSealIsUnfinished() throws {
    let (fixture, bytes) = try file(.crc32)
    let body = fixture.body.count
    for count in [body + 24, body + 63, body + 64, body + 100, bytes.count - 64, bytes.count - 1] {
      expectRefusal(Array(bytes[..<count]), .unfinished, at: count)
    }
    // Space that was taken for the footer before its bytes were there.
    expectRefusal(bytes.dropLast(64) + [UInt8](repeating: 0, count: 64), .unfinished, at: bytes.count - 64)
    expectRefusal(fixture.body, .missing, at: body)
    expectRefusal(Array(bytes[..<(body + 23)]), .position, at: body)
    // The beginning of the table header of another body.
    expectRefusal(
      Array(bytes[..<body] + bytes[body..<body + 16] + [1, 2, 3, 4, 5, 6, 7, 8, 9]), .position, at: body)
  }

  @Test func damageNamesChunkRangeAndTensors() throws {
    let fixture = try SealedFixture(rows: 4096)
    var bytes = try fixture.sealed(.sha256)
    bytes[2 * 65_536 + 17] ^= 1
    let error = #expect(throws: SealError.self) { try verify(bytes) }
    #expect(error?.code == .damaged)
    #expect(error?.offset == 131_072)
    #expect(error?.subject == .chunk(2))
    #expect(error?.found == "other bytes from 131072 to 196608, in tensor \"blk.0.weight\"")
  }

  @Test func editedHeaderIsStaleAtByteZero() throws {
    let fixture = try SealedFixture(rows: 4096)
    var bytes = try fixture.sealed(.sha256)
    let place = try #require(
      (0..<1000).first { Array(bytes[$0..<$0 + 7]) == Array("fixture".utf8) })
    bytes[place] = UInt8(ascii: "F")
    expectRefusal(bytes, .stale, at: 0)
  }

  @Test func paddingThatWasChangedIsDamage() throws {
    let fixture = try SealedFixture()
    var bytes = try fixture.sealed()
    bytes[fixture.body.count - 1] = 1
    expectRefusal(bytes, .damaged, at: 0)
  }
}
