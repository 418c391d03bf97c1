import IngotTestSupport
import Testing

@testable import IngotEncodings

@Suite struct EncodingTableTests {
  // E1.1, E1.4
  @Test func everyRowAgreesWithTheSpecification() throws {
    let rows = try Specification.table(of: "encodings.md", withHeader: "id")
    let encodings = Encoding.allCases.map { encoding in
      [
        "\(encoding.id)", encoding.name, "\(encoding.elementsPerBlock)", "\(encoding.bytesPerBlock)",
        encoding.canDecode ? "yes" : "no", encoding.fileType.map { "\($0)" } ?? "none",
      ]
    }
    let specified = rows.map { row in row.enumerated().map { $0 == 4 && $1.hasPrefix("E") ? "yes" : $1 } }
    #expect(encodings == specified)
  }

  // E1.2
  @Test func removedIdsAreUnknown() {
    for id: UInt32 in [4, 5, 31, 32, 33, 36, 37, 38] { #expect(Encoding(rawValue: id) == nil) }
    #expect(Encoding(rawValue: 43) == nil)
    #expect(Encoding(rawValue: .max) == nil)
  }

  @Test func namesAreFoundInUpperAndLowerCase() {
    for encoding in Encoding.allCases {
      #expect(Encoding(name: encoding.name) == encoding)
      #expect(Encoding(name: encoding.name.lowercased()) == encoding)
      #expect(encoding.description == encoding.name)
    }
    #expect(Encoding(name: "") == nil)
    #expect(Encoding(name: "Q4") == nil)
    #expect(Encoding(name: "Q4_0 ") == nil)
    #expect(Encoding(name: "Q2_\u{212A}") == nil, "the kelvin sign is no k")
  }

  // E1.5
  @Test func onlyWholeBlocksHaveASize() {
    #expect(Encoding.q4_0.byteCount(elements: 0) == 0)
    #expect(Encoding.q4_0.byteCount(elements: 64) == 36)
    #expect(Encoding.q4_0.byteCount(elements: 31) == nil)
    #expect(Encoding.q4_0.byteCount(elements: 33) == nil)
    #expect(Encoding.q4_0.byteCount(elements: -32) == nil)
    #expect(Encoding.f32.byteCount(elements: .max) == nil)
    #expect(Encoding.f64.byteCount(elements: .max / 8) == .max / 8 * 8)
    #expect(Encoding.f64.byteCount(elements: .max / 8 + 1) == nil)
    #expect(Encoding.tq1_0.byteCount(elements: .max / 256 * 256) == .max / 256 * 54)
  }

  @Test func bitsPerWeightCountTheScales() {
    #expect(Encoding.q4_0.bitsPerWeight == 4.5)
    #expect(Encoding.q8_0.bitsPerWeight == 8.5)
    #expect(Encoding.tq1_0.bitsPerWeight == 1.6875)
    #expect(Encoding.f64.bitsPerWeight == 64)
  }

  @Test func kindsSeparateFloatsIntegersAndBlocks() {
    #expect(Encoding.allCases.filter { $0.kind == .float } == [.f32, .f16, .f64, .bf16])
    #expect(Encoding.allCases.filter { $0.kind == .integer } == [.i8, .i16, .i32, .i64])
    for encoding in Encoding.allCases where encoding.kind == .quantized {
      #expect(encoding.elementsPerBlock >= 32)
    }
  }

  @Test func codecsAndTheTableAgreeOnSizes() {
    for encoding in Encoding.allCases {
      guard let codec = encoding.layout.codec as? any QuantizedCodec.Type else { continue }
      #expect(codec.elementsPerBlock == encoding.elementsPerBlock)
      #expect(codec.bytesPerBlock == encoding.bytesPerBlock)
    }
  }
}

@Suite struct FallbackTests {
  // E3.1
  @Test func everyFallbackAgreesWithTheSpecification() throws {
    var specified: [String: String] = [:]
    for row in try Specification.table(of: "encodings.md", withHeader: "asked for") {
      for name in row[0].split(separator: ",") { specified[Specification.trimmed(name)] = row[1] }
    }
    for encoding in Encoding.allCases {
      #expect(encoding.fallback?.name == specified.removeValue(forKey: encoding.name))
    }
    #expect(specified.isEmpty)
  }

  // E3.2
  @Test func theChainIsFollowedUntilTheRowDivides() {
    #expect(Encoding.q4_K.fallback(rowLength: 512) == .q4_K)
    #expect(Encoding.q4_K.fallback(rowLength: 96) == .q5_0)
    #expect(Encoding.q4_K.fallback(rowLength: 100) == .f16)
    #expect(Encoding.nvfp4.fallback(rowLength: 96) == .mxfp4)
    #expect(Encoding.iq1_m.fallback(rowLength: 32) == .iq4_nl)
    #expect(Encoding.q1_0.fallback(rowLength: 64) == .q4_0)
    #expect(Encoding.f32.fallback(rowLength: 7) == .f32)
    for encoding in Encoding.allCases where encoding.kind == .quantized {
      #expect(encoding.fallback(rowLength: 1) == .f16)
      #expect(encoding.fallback(rowLength: encoding.elementsPerBlock) == encoding)
    }
  }
}
