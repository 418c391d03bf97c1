import IngotEncodings
import Testing

@testable import IngotContainer

@Suite struct HeaderRoundTripTests {
  @Test func whatIsWrittenIsReadBack() throws {
    let header = try ContainerHeader(
      metadata: [
        "general.architecture": "llama", "a.u8": .uint8(7), "a.flag": true,
        "a.words": .array(MetadataArray((0..<200).map { "word \($0) é" })),
        "a.scores": .array(MetadataArray([1, -0.0, .nan] as [Float])),
        "a.nested": .array(MetadataArray([MetadataArray([1, 2] as [Int32]), MetadataArray(["x", ""])])),
      ],
      tensors: [("a", [32, 3], .q4_0), ("b", [0], .f32), ("c", [5], .f16)])
    var bytes = header.encoded()
    #expect(bytes.count == Int(header.dataOffset))
    bytes += [UInt8](repeating: 0, count: Int(header.dataByteCount))
    #expect(try ContainerHeader(parsing: bytes.span.bytes) == header)
    let read = try ContainerHeader(byteCount: UInt64(bytes.count)) { offset, buffer in
      buffer.copyBytes(from: bytes[Int(offset)..<Int(offset) + buffer.count])
    }
    #expect(read == header)
    #expect(read.encoded() == header.encoded())
  }
}
