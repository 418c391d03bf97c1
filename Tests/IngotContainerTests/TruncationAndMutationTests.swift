import IngotEncodings
import IngotTestSupport
import Testing

@testable import IngotContainer

/// Any bytes give a header or a typed error, in bounded time and memory.
@Suite struct TruncationAndMutationTests {
  /// A small file with every kind of value.
  private static let file: HostileFile = {
    HostileFile(tensors: 3, keys: 8)
      .entry("general.architecture", "llama")
      .entry(ContainerFormat.alignmentKey, .uint32(64))
      .entry("a.words", .array(MetadataArray(["", "é", "word", "日本"])))
      .entry("a.scores", .array(MetadataArray([0.5, -1] as [Float])))
      .entry("a.flags", .array(MetadataArray([true, false])))
      .entry("a.nested", .array(MetadataArray([MetadataArray([MetadataArray([7] as [Int8])])])))
      .entry("a.number", .int64(-1)).entry("a.flag", true)
      .tensor("blk.0", [32, 2], Encoding.q4_0.id).tensor("norm", [3], at: 64).tensor("é", [], at: 128)
      .padded(to: 64).zeros(128 + 4)
  }()

  @Test func everyTruncationIsRefusedWithinTheFile() throws {
    let bytes = Self.file.bytes
    let header = try Self.file.header()
    #expect(header.bodyByteCount == UInt64(bytes.count + 60))
    for length in 0..<bytes.count {
      let error = #expect(throws: ContainerError.self) {
        try HostileFile(raw: Array(bytes[..<length])).header()
      }
      let place = try #require(error?.offset)
      if error?.code == .bounds {
        // The table is whole, and the data that it describes is not.
        #expect(place < bytes.count && length >= header.headerByteCount)
      } else {
        #expect(error?.code == (length == 0 ? .magic : .truncated), "length \(length): \(error as Any)")
        #expect(place <= length)
      }
    }
  }

  @Test func mutationsGiveATypedErrorOrAFileThatIsWrittenAndReadBack() throws {
    let seed: UInt64 = 0x1607
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    var accepted = 0
    var codes: Set<ContainerError.Code> = []
    for _ in 0..<100_000 {
      var bytes = Self.file.bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) { Self.mutate(&bytes, &generator) }
      do throws(ContainerError) {
        let header = try ContainerHeader(parsing: bytes.span.bytes)
        accepted += 1
        let data = [UInt8](repeating: 0, count: Int(header.dataByteCount))
        let again = try ContainerHeader(parsing: (header.encoded() + data).span.bytes)
        #expect(again.metadata == header.metadata && again.tensors == header.tensors)
      } catch {
        codes.insert(error.code)
        #expect(error.offset.map { $0 <= bytes.count } == true, "\(error)")
      }
    }
    // The mutations reach everything that the reader refuses.
    #expect(accepted > 1000)
    #expect(codes == Set(ContainerError.Code.allCases).subtracting([.schema]), "\(codes)")
  }

  @Test func positionalReadsAgreeOnMutatedFiles() {
    let seed: UInt64 = 0x2607
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<5000 {
      var bytes = Self.file.bytes
      Self.mutate(&bytes, &generator)
      // `header()` reads both ways and compares.
      _ = try? HostileFile(raw: bytes).header()
    }
  }

  private static let interesting: [UInt64] = [
    0, 1, 2, 3, 4, 7, 9, 31, 32, 33, 43, 63, 64, 255, 256, 65_535, 65_536, 1 << 20, 1 << 24, (1 << 26) + 1,
    1 << 31,
    1 << 32, 1 << 40, 1 << 58, 1 << 61, 1 << 62, (1 << 63) - 1, 1 << 63, .max - 31, .max - 7, .max,
  ]

  private static func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    switch Int.random(in: 0..<8, using: &generator) {
    case 0...1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
    case 2: bytes[place] = .random(in: 0...255, using: &generator)
    case 3: bytes.insert(.random(in: 0...255, using: &generator), at: place)
    case 4: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &generator)))
    case 5:
      // An entry a second time, perhaps.
      let end = min(bytes.count, place + Int.random(in: 1...80, using: &generator))
      bytes.insert(contentsOf: bytes[place..<end], at: Bool.random(using: &generator) ? end : place)
    default:
      let width = Bool.random(using: &generator) ? 4 : 8
      guard let value = interesting.randomElement(using: &generator), bytes.count >= width else { return }
      let start = min(place, bytes.count - width)
      withUnsafeBytes(of: value.littleEndian) {
        bytes.replaceSubrange(start..<start + width, with: $0.prefix(width))
      }
    }
    if bytes.isEmpty { bytes = [0] }
  }
}
