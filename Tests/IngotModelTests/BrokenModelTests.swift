import IngotContainer
import IngotEncodings
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotModel

/// Files that were cut or changed give an error, or values; nothing else.
@Suite struct BrokenModelTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Opens a file and decodes all of it; an error must be of this module and name the file.
  private func walk(_ path: FilePath, _ access: ModelFile.Access) throws(ModelError) {
    let model = try ModelFile(opening: path, access: access)
    for tensor in model.tensors where tensor.encoding.canDecode {
      let values = try tensor.values()
      #expect(values.count == tensor.elementCount)
    }
  }

  @Test func everyTruncationIsAnError() throws {
    let fixture = try Fixture.tiny()
    let bytes = fixture.bytes
    let last = try #require(fixture.header.tensors.last { $0.byteCount > 0 })
    let dataEnd = Int(fixture.header.byteRange(of: last).upperBound)
    let path = try folder.write(bytes, to: "a.gguf")
    // From the whole file down, so that each is cut from the one before.
    for length in (0..<bytes.count).reversed() {
      try folder.truncate("a.gguf", to: length)
      do throws(ModelError) {
        try walk(path, length.isMultiple(of: 2) ? .mapped : .positional)
        // The padding of the last tensor may be missing.
        #expect(length >= dataEnd)
      } catch {
        #expect(length < dataEnd)
        let expected =
          switch length {
          case 0: "MAGIC"
          case ..<Int(fixture.header.headerByteCount): "TRUNCATED"
          default: "BOUNDS"
          }
        #expect(error.code == expected, "\(length) bytes")
        #expect(error.path == path)
        #expect((error.offset ?? .max) <= length || expected == "BOUNDS", "\(length) bytes")
      }
    }
  }

  @Test(arguments: ModelFile.Access.allCases)
  func changedFilesGiveErrorsOrValues(access: ModelFile.Access) throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    let fixture = try Fixture.tiny()
    let original = fixture.bytes
    let headerByteCount = Int(fixture.header.headerByteCount)
    let special: [UInt8] = [0, 1, 2, 8, 0x7F, 0x80, 0xFE, 0xFF]
    var (opened, refused) = (0, 0)
    for number in 0..<2500 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        // The header decides everything, so most changes go there.
        let end = Int.random(in: 0..<8, using: &random) == 0 ? bytes.count : headerByteCount
        let index = Int.random(in: 0..<end, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[index] = special.randomElement(using: &random) ?? 0
        default: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
        }
      }
      if Int.random(in: 0..<8, using: &random) == 0 {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      }
      let path = try folder.write(bytes, to: "a.gguf")
      do throws(ModelError) {
        try walk(path, access)
        opened += 1
      } catch {
        refused += 1
        #expect(error.path == path, "seed \(seed), file \(number)")
      }
    }
    #expect(opened > 0 && refused > 0, "seed \(seed)")
  }
}
