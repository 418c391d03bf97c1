import IngotContainer
import IngotEncodings
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// The packed form of BitNet checkpoints: `spec/safetensors.md`, clause S9.
@Suite struct PackedTernaryTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The values of a tensor, read in pieces of so many bytes.
  private func values(_ checkpoint: any Checkpoint, at place: Int = 0, piece: Int = 1 << 16) throws -> [Float]
  {
    let tensor = checkpoint.tensors[place]
    return try Self.decode(tensor.type, checkpoint.bytes(of: tensor, piece: piece))
  }

  private static func decode(_ type: ElementType, _ bytes: [UInt8]) throws -> [Float] {
    var values = [Float](repeating: .nan, count: 4 * bytes.count)
    var span = values.mutableSpan
    try type.decode(bytes.span.bytes, into: &span)
    return values
  }

  /// The values of the bytes in the encoding that holds them exactly.
  private static func decodeExactly(_ type: ElementType, _ bytes: [UInt8]) throws -> [Float] {
    var stored = [UInt8](repeating: 0xFF, count: type.exactByteCount(elements: 4 * bytes.count) ?? 0)
    try stored.withUnsafeMutableBytes { buffer in
      var span = buffer.mutableBytes
      try type.convertExactly(bytes.span.bytes, into: &span)
    }
    var values = [Float](repeating: .nan, count: 4 * bytes.count)
    var span = values.mutableSpan
    try type.exactEncoding.decode(stored.span.bytes, into: &span)
    return values
  }

  // S9.2: the example of the specification, byte by byte.
  @Test func fieldsOfAByteAreRowsOfFourQuarters() throws {
    try folder.bitNetConfiguration("autobitlinear")
    let path = try folder.safetensors([
      SourceTensor("weight", "U8", [2, 2], [0b10_10_00_01, 0b00_01_10_00, 0b10_01_00_00, 0b00_00_10_10]),
      SourceTensor("weight_scale", [1], [0.5]),
    ])
    let checkpoint = try Checkpoints.open(path)
    let tensor = checkpoint.tensors[0]
    #expect(checkpoint.tensors.count == 1 && checkpoint.tensor(named: "weight_scale") == nil)
    #expect(tensor.name == "weight" && tensor.shape == [8, 2] && tensor.elementCount == 16)
    #expect(tensor.type == .ternary(scale: 0.5) && tensor.type.name == "TERNARY" && tensor.byteCount == 4)
    let codes: [Float] = [0, -1, -1, 1, -1, 1, -1, 1, 1, 0, 0, -1, 1, -1, 1, -1]
    #expect(try values(checkpoint) == codes.map { $0 / 2 })
  }

  // S9.3
  @Test(
    arguments: [
      ("autobitlinear", 1.25, 1.25), ("bitlinear", 1.25, 0.8), (nil, 3, 1 / 3), ("autobitlinear", 0, 0),
      ("autobitlinear", 3.4e38, 3.4e38), ("bitlinear", 3.4e38, 1 / 3.4e38),
    ] as [(String?, Float, Float)])
  func theConfigurationSaysWhatTheScaleDoes(linearClass: String?, stored: Float, scale: Float) throws {
    try folder.bitNetConfiguration(linearClass)
    let codes = PackedRows.codes(24, seed: 1)
    let path = try folder.safetensors(
      PackedRows.tensors("a.weight", codes, rows: 8, columns: 3, scale: stored))
    let checkpoint = try Checkpoints.open(path)
    #expect(checkpoint.tensors.map(\.type) == [.ternary(scale: scale)])
    let expected = codes.map { $0 == 0 ? 0 : Float($0) * scale }
    #expect(try values(checkpoint) == expected)
    #expect(try values(checkpoint).allSatisfy { $0 != 0 || $0.sign == .plus })
  }

  // S9.3: every type that a scale may have, and no dimension.
  @Test(
    arguments: [
      ("F16", [1], [0x00, 0x3C]), ("BF16", [1], [0x80, 0x3F]), ("F32", [], [0, 0, 0x80, 0x3F]),
    ] as [(String, [Int], [UInt8])])
  func scalesAreOfThreeTypes(type: String, shape: [Int], bytes: [UInt8]) throws {
    try folder.bitNetConfiguration("bitlinear")
    let path = try folder.safetensors([
      SourceTensor("weight_scale", type, shape, bytes),
      SourceTensor("weight", "U8", [1, 4], [0, 1, 2, 0x55]),
    ])
    #expect(try Checkpoints.open(path).tensors.map(\.type) == [.ternary(scale: 1)])
  }

  // S9.2: any run of bytes, wherever it begins in a field; rows of odd lengths too.
  @Test func anyRangeReadsTheSameCodes() throws {
    try folder.bitNetConfiguration(nil)
    for (rows, columns) in [(4, 1), (8, 3), (12, 5), (16, 256), (20, 7), (4, 64)] {
      let codes = PackedRows.codes(rows * columns, seed: UInt64(rows))
      let path = try folder.safetensors(
        PackedRows.tensors("w.weight", codes, rows: rows, columns: columns, scale: 1))
      let checkpoint = try Checkpoints.open(path)
      for piece in [1, 2, 3, 7, 64, 1 << 16] {
        #expect(
          try values(checkpoint, piece: piece) == codes.map { Float($0) }, "\(rows) × \(columns), \(piece)")
      }
    }
  }

  @Test func aTensorOfManyPiecesIsReadWhole() throws {
    try folder.bitNetConfiguration(nil)
    let codes = PackedRows.codes(1024 * 301, seed: 9)
    let path = try folder.safetensors(
      PackedRows.tensors("w.weight", codes, rows: 1024, columns: 301, scale: 1))
    #expect(try values(Checkpoints.open(path), piece: 50_001) == codes.map { Float($0) })
  }

  // S9.1: an index, whose shards have the weight and the scale apart.
  @Test func aPairMayStandInTwoShards() throws {
    try folder.bitNetConfiguration("autobitlinear")
    let codes = PackedRows.codes(32, seed: 2)
    let pair = PackedRows.tensors("w.weight", codes, rows: 8, columns: 4, scale: 2)
    let names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    try folder.safetensors([pair[1], SourceTensor("x", [1], [7])], name: names[0])
    try folder.safetensors([pair[0]], name: names[1])
    let map = "\"w.weight_scale\":\"\(names[0])\",\"x\":\"\(names[0])\",\"w.weight\":\"\(names[1])\""
    try folder.write("{\"weight_map\":{\(map)}}".utf8, to: "model.safetensors.index.json")
    let checkpoint = try Checkpoints.open(folder.path)
    #expect(checkpoint.tensors.map(\.name) == ["x", "w.weight"])
    let tensor = checkpoint.tensor(named: "w.weight")
    #expect(tensor?.type == .ternary(scale: 2) && tensor?.location.file == 1)
    #expect(try values(checkpoint, at: 1) == codes.map { Float(2 * $0) })
  }

  // S9.5
  @Test func exactConversionHoldsEveryValue() throws {
    for (scale, encoding) in [(Float(0.5), Encoding.f16), (0x1p100, .bf16), (0.1, .f32), (0, .f16)] {
      let type = ElementType.ternary(scale: scale)
      #expect(type.exactEncoding == encoding)
      let codes: [UInt8] = [0b00_01_10_00, 0b10_10_01_00]
      let decoded = try Self.decode(type, codes)
      #expect(decoded == [-scale, scale, 0, -scale, -scale, 0, scale, scale])
      #expect(try Self.decodeExactly(type, codes).map(\.bitPattern) == decoded.map(\.bitPattern))
    }
  }

  // S9.5
  @Test func theFourthCodeIsRefusedWithItsPlace() throws {
    let type = ElementType.ternary(scale: 1)
    let codes: [UInt8] = [0b00_01_10_00, 0b10_11_01_11]
    let expected = ElementTypeError(.noValue, type, index: 4, bits: 3)
    #expect(throws: expected) { try Self.decode(type, codes) }
    #expect(throws: expected) { try Self.decodeExactly(type, codes) }
    #expect("\(expected)".contains("element 4 is 3") && expected.code.rawValue == "VALUE")
  }
}
