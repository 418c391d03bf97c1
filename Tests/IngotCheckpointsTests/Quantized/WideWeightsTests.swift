import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// Rows that are longer than a block, and matrices that are larger than a tile: `spec/quantized.md`, clause Q1.5.
@Suite struct WideWeightsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func bytes<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
    numbers.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
  }

  /// The values of a tensor, read in pieces of so many bytes.
  private func values(_ path: FilePath, piece: Int) throws -> [Float] {
    let checkpoint = try Checkpoints.open(path)
    let tensor = try #require(checkpoint.tensor(named: "m.weight"))
    let bytes = try checkpoint.bytes(of: tensor, piece: piece)
    return bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }

  // Q7.3
  @Test(arguments: [(3, 140_001), (2, RowBlocks.elementLimit), (1, 300_000), (40_000, 7)])
  func rowsOfAnyLengthAreRead(rows: Int, columns: Int) throws {
    var generator = SeededGenerator(seed: UInt64(columns))
    let codes = (0..<rows * columns).map { _ in Int8.random(in: .min ... .max, using: &generator) }
    let scales = (0..<rows).map { _ in Float.random(in: 0.1...2, using: &generator) }
    let path = try folder.safetensors([
      SourceTensor("m.weight", "I8", [rows, columns], Self.bytes(codes)),
      SourceTensor("m.SCB", [rows], scales),
    ])
    let factor: Float = 1 / 127
    let expected = codes.indices.map { Float(codes[$0]) * scales[$0 / columns] * factor }
    for piece in [1 << 22, 600_004, 99_999] {
      #expect(try values(path, piece: piece) == expected, "\(piece)")
    }
  }

  // Q3: a row of more than a block, and tiles that do not hold all rows of words.
  @Test(arguments: [false, true])
  func columnsOfAnyLengthAreRead(isOrdered: Bool) throws {
    let (inputs, outputs, groups) = (140_000, 20, 5)
    var generator = SeededGenerator(seed: 31)
    let words = (0..<inputs / 4 * outputs).map { _ in UInt32.random(in: 0 ... .max, using: &generator) }
    let zeros = (0..<groups * outputs / 4).map { _ in UInt32.random(in: 0 ... .max, using: &generator) }
    let scales = (0..<groups * outputs).map { _ in Float.random(in: 0.1...2, using: &generator) }
    let indices = (0..<inputs).map { Int32(isOrdered ? $0 / 28_000 : ($0 * 7919) % groups) }
    let path = try folder.safetensors(
      [
        SourceTensor("m.qweight", "I32", [inputs / 4, outputs], Self.bytes(words)),
        SourceTensor("m.qzeros", "I32", [groups, outputs / 4], Self.bytes(zeros)),
        SourceTensor("m.scales", [groups, outputs], scales),
      ] + (isOrdered ? [] : [SourceTensor("m.g_idx", "I32", [inputs], Self.bytes(indices))]))
    let note = #"{"quant_method":"gptq","bits":8,"group_size":28000,"checkpoint_format":"gptq_v2"}"#
    try folder.write(#"{"quantization_config":\#(note)}"#.utf8, to: "config.json")
    var expected: [Float] = []
    for output in 0..<outputs {
      for input in 0..<inputs {
        let group = Int(indices[input])
        let code = words[input / 4 * outputs + output] >> UInt32(input % 4 * 8) & 0xFF
        let zero = zeros[group * outputs / 4 + output / 4] >> UInt32(output % 4 * 8) & 0xFF
        expected.append(scales[group * outputs + output] * Float(Int(code) - Int(zero)))
      }
    }
    for piece in [1 << 24, 700_001] { #expect(try values(path, piece: piece) == expected, "\(piece)") }
  }

  // Q1.4
  @Test func groupsInAnyOrderAreUnderALimit() throws {
    let (inputs, groups) = (GroupIndex.limit + 4, GroupIndex.limit + 1)
    let path = try folder.safetensors([
      SourceTensor("m.qweight", "I32", [inputs / 4, 4], [UInt8](repeating: 0, count: inputs * 4)),
      SourceTensor("m.qzeros", "I32", [groups, 1], [UInt8](repeating: 0, count: groups * 4)),
      SourceTensor("m.scales", "F16", [groups, 4], [UInt8](repeating: 0, count: groups * 8)),
      SourceTensor("m.g_idx", "I32", [inputs], [UInt8](repeating: 0, count: inputs * 4)),
    ])
    try folder.write(
      #"{"quantization_config":{"quant_method":"gptq","bits":8,"group_size":1}}"#.utf8, to: "config.json")
    let error = #expect(throws: CheckpointError.self) { try Checkpoints.open(path) }
    #expect(error?.code == .limit && error?.subject == .tensor("m.scales"))
  }
}
