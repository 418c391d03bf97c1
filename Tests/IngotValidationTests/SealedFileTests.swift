import IngotContainer
import IngotModel
import IngotSeal
import IngotTestSupport
import IngotValidation
import Testing

/// `spec/seal.md`, clause L15.
struct SealedFileTests {
  private let folder: TemporaryFolder
  private let body: [UInt8]

  init() throws {
    folder = try TemporaryFolder()
    let header = try ContainerHeader(metadata: [:], tensors: [("w", [64], .f32)])
    body = header.encoded() + [UInt8](repeating: 0, count: 256)
    try folder.write(body, to: "m.gguf")
  }

  private func trailing(_ name: String, _ level: ValidationLevel = .data) throws -> [UInt64?] {
    try Validator(level: level).validate(folder.path(name)).flatMap(\.findings)
      .filter { $0.rule.id == "C21-TRAILING" }.map(\.offset)
  }

  @Test func sealIsNoTrailingBytes() async throws {
    _ = try await ModelSealer(digest: .sha256).seal(folder.path("m.gguf"))
    #expect(try trailing("m.gguf") == [])
    #expect(try trailing("m.gguf", .structure) == [])
  }

  @Test func brokenSealIsTrailingBytesAtTheEndOfTheBody() async throws {
    _ = try await ModelSealer().seal(folder.path("m.gguf"))
    let sealed = try folder.bytes(of: "m.gguf")
    for broken in [sealed.dropLast(), sealed + [0], sealed.dropLast(64) + body.suffix(64)] {
      try folder.write(broken, to: "broken.gguf")
      #expect(try trailing("broken.gguf") == [UInt64(body.count)])
    }
    var stale = sealed
    stale[4] = 2
    try folder.write(stale, to: "stale.gguf")
    #expect(try trailing("stale.gguf") == [UInt64(body.count)])
  }

  @Test(arguments: [0, 100, 2 << 20]) func sealOfAStreamIsKnownByItsFooter(_ rows: Int) async throws {
    let header = try ContainerHeader(metadata: [:], tensors: [("w", [1, rows], .f32)])
    try folder.write(header.encoded() + [UInt8](repeating: 0, count: Int(header.dataByteCount)), to: "s.gguf")
    _ = try await ModelSealer().seal(folder.path("s.gguf"))
    let sealed = try folder.bytes(of: "s.gguf")
    for (bytes, expected) in [(sealed, []), (sealed + [0], [header.bodyByteCount])] {
      var position = 0
      let verdict = try Validator(level: .structure).validateStructure(of: "-") { buffer in
        let count = min(buffer.count, bytes.count - position, 70_001)
        buffer.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
      }
      #expect(verdict.findings.filter { $0.rule.id == "C21-TRAILING" }.map(\.offset) == expected)
    }
  }
}
