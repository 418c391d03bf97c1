import IngotTestSupport
import Testing

@testable import IngotContainer

/// Clause C11: well-formed UTF-8.
@Suite struct UTF8ValidationTests {
  private func firstFault(_ bytes: [UInt8]) -> Int? { bytes.withUnsafeBytes { $0.firstInvalidUTF8 } }

  @Test(
    arguments: [
      ([0x80], 0), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xE0, 0x9F, 0xBF], 0), ([0xED, 0xA0, 0x80], 0),
      ([0xF0, 0x8F, 0xBF, 0xBF], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF5, 0x80, 0x80, 0x80], 0),
      ([0xFF], 0),
      ([0x61, 0xC3], 1), ([0x61, 0xE2, 0x98], 1), ([0x61, 0xF0, 0x9F, 0x98], 1),
      ([0xE2, 0x98, 0x83, 0x98], 3),
    ] as [([UInt8], Int)])
  func illFormedSequenceIsFoundAtItsStart(bytes: [UInt8], place: Int) {
    // Wherever it stands relative to the words that are passed at once.
    for before in 0..<20 {
      for after in 0..<20 {
        let text = [UInt8](repeating: 0x61, count: before) + bytes + [UInt8](repeating: 0x62, count: after)
        #expect(firstFault(text) == before + place)
      }
    }
  }

  @Test func everyScalarIsWellFormed() {
    // All of the first plane's start, then a stride that meets every lead byte and each place of a continuation.
    for value in Array(0...0x1000) + Array(stride(from: 0x1001, through: 0x10FFFF, by: 13)) as [UInt32] {
      guard let scalar = Unicode.Scalar(value) else { continue }
      if firstFault(Array(UTF8.encode(scalar).map(Array.init) ?? [])) != nil { Issue.record("U+\(value)") }
    }
  }

  @Test func agreesWithTheStandardLibrary() {
    let seed: UInt64 = 11
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let likely: [UInt8] = [
      0x20, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4,
    ]
    var valid = 0
    for _ in 0..<50_000 {
      let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        Bool.random(using: &generator) ? 0x61 : likely.randomElement(using: &generator) ?? 0
      }
      let fault = firstFault(bytes)
      let isValid = String(validating: bytes, as: UTF8.self) != nil
      #expect((fault == nil) == isValid, "\(bytes)")
      if let fault { #expect(String(validating: bytes[..<fault], as: UTF8.self) != nil, "\(bytes)") }
      valid += isValid ? 1 : 0
    }
    #expect(valid > 5000)
  }
}
