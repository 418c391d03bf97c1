import IngotEncodings
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

@Suite struct TensorValuesTests {
  private func decode(_ tensor: TensorValues, _ range: Range<Int>) throws -> [Float] {
    var values = [Float](repeating: .nan, count: range.count)
    var span = values.mutableSpan
    try tensor.decode(range, into: &span)
    return values
  }

  @Test func anyRangeIsThatOfTheWhole() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([
      SourceTensor("w", [10, 512], normalValues(5120, seed: 1)),
      SourceTensor("f4", "F4", [3, 7 * 2], (0..<21).map { UInt8($0 * 11 % 256) }),
    ])
    let target = folder.path("out.gguf")
    try await convert(source, to: target, ConversionOptions(target: .encoding(.tq2_0)))
    var generator = SeededGenerator(seed: 99)
    for (file, name) in [(source, "w"), (source, "f4"), (target, "w"), (target, "f4")] {
      let tensor = try TensorValues(opening: file, tensor: name)
      let whole = try decode(tensor, 0..<tensor.elementCount)
      for _ in 0..<50 {
        let lower = Int.random(in: 0...tensor.elementCount, using: &generator)
        let upper = Int.random(in: lower...tensor.elementCount, using: &generator)
        #expect(
          try decode(tensor, lower..<upper) == Array(whole[lower..<upper]), "\(name) \(lower)..<\(upper)")
      }
    }
  }

  @Test func integersAreNotRounded() throws {
    let folder = try TemporaryFolder()
    let big: Int64 = 9_007_199_254_740_993
    let source = try folder.safetensors([
      SourceTensor(
        "i", "I64", [2], [big, -big].flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }),
      SourceTensor("u", "U64", [1], [UInt8](repeating: 255, count: 8)),
      SourceTensor("b", "BOOL", [2], [1, 0]),
    ])
    #expect(try TensorValues(opening: source, tensor: "i").numbers(0..<2) == [.signed(big), .signed(-big)])
    #expect(try TensorValues(opening: source, tensor: "u").numbers(0..<1) == [.unsigned(.max)])
    #expect(try TensorValues(opening: source, tensor: "b").numbers(1..<2) == [.boolean(false)])
  }

  @Test func aWrongNameIsAnsweredWithNearOnes() throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([SourceTensor("encoder.layer.0.weight", [1], [1])])
    #expect {
      try TensorValues(opening: source, tensor: "layer.0.weights")
    } throws: { error in
      let error = error as? ConversionError
      return error?.code == .noSuchTensor && error?.description.contains("\"encoder.layer.0.weight\"") == true
    }
  }

  @Test func rowsBeyondTheEndAreRefused() throws {
    let folder = try TemporaryFolder()
    let tensor = try TensorValues(
      opening: try folder.safetensors([SourceTensor("w", [4, 2], [Float](repeating: 0, count: 8))]),
      tensor: "w")
    #expect(try tensor.elements(ofRows: 1..<4) == 2..<8)
    #expect {
      try tensor.elements(ofRows: 3..<5)
    } throws: { error in
      let error = error as? ConversionError
      return error?.code == .noSuchTensor
        && error?.description.hasSuffix("\"w\", which has 4 rows of 2 values: choose within 0..<4") == true
    }
  }
}
