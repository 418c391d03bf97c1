import CVectors
import Foundation
import IngotTestSupport
import Testing

@testable import IngotSeal

/// The ways to fold for a CRC-32, each that this processor has, beside zlib's.
struct ChecksumTests {
  static let ways = (0..<Int(ingot_crc32_set_count)).filter { ingot_crc32_set($0) != nil }

  /// Bytes of no pattern.
  private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
  }

  // Clause L8: the CRC-32 of zlib, and its well-known check value.
  @Test func checkValueIsThatOfTheStandard() {
    #expect(Checksum.of(Array("123456789".utf8)[...]) == 0xCBF4_3926)
    #expect(Checksum.of([]) == 0)
    #expect(Checksum.of(UnsafeRawBufferPointer(start: nil, count: 0), after: 7) == 7)
  }

  @Test(arguments: ways)
  func everyLengthAndAlignmentGivesTheChecksumOfZlib(_ index: Int) throws {
    let way = try #require(ingot_crc32_set(index))
    let step = way.pointee.step
    let bytes = Self.bytes(6 * step + 64, seed: 31)
    try bytes.withUnsafeBytes { bytes in
      for count in 0...5 * step + 3 {
        // Every alignment to 16 where the length is that of few steps, and some of the others.
        for offset in count % 17 == 0 ? Array(0..<16) : [count % 16] {
          let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
          let start = UInt32(truncatingIfNeeded: count &* 0x9E37_79B9)
          try #require(
            Checksum.folding(part, after: start, by: way) == Checksum.plain(part, after: start),
            "\(count) bytes at \(offset)")
        }
      }
    }
  }

  @Test(arguments: ways)
  func everyBitOfALongStretchCounts(_ index: Int) throws {
    let way = try #require(ingot_crc32_set(index))
    var bytes = [UInt8](repeating: 0, count: 3 * way.pointee.step)
    for bit in 0..<8 * bytes.count {
      bytes[bit / 8] = 1 << UInt8(bit % 8)
      for start in [0, UInt32.max] {
        let (ours, zlib) = bytes.withUnsafeBytes {
          (Checksum.folding($0, after: start, by: way), Checksum.plain($0, after: start))
        }
        try #require(ours == zlib, "bit \(bit)")
      }
      bytes[bit / 8] = 0
    }
  }

  @Test(arguments: ways)
  func partsContinueEachOther(_ index: Int) throws {
    let way = try #require(ingot_crc32_set(index))
    let bytes = Self.bytes(300_001, seed: 32)
    var generator = SeededGenerator(seed: 33)
    var (position, checksum) = (0, UInt32(0))
    bytes.withUnsafeBytes { bytes in
      while position < bytes.count {
        let count = min(bytes.count - position, Int(generator.next() % 5000))
        checksum = Checksum.folding(
          UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]), after: checksum, by: way)
        position += count
      }
      #expect(checksum == Checksum.plain(bytes, after: 0))
    }
  }

  #if arch(x86_64) && os(Linux)
    /// Without a way, the tests above would say nothing.
    @Test func aProcessorWithCarrylessProductsFolds() throws {
      let flags =
        try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        .split(separator: "\n").first { $0.hasPrefix("flags") }?.split(separator: " ") ?? []
      #expect(Self.ways.isEmpty == !flags.contains("pclmulqdq"))
      #expect(Self.ways.isEmpty == (ingot_widest_crc32() == nil))
    }
  #endif
}
