import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// What does not fit is refused with the tensor, its place, and what was expected: `spec/quantized.md`.
@Suite struct QuantizedRefusalTests {
  /// Changes a folder and expects an error at the data of a tensor, so many bytes in.
  private func refused(
    _ folder: String, _ code: CheckpointError.Code, _ tensor: String, byte: UInt64 = 0,
    _ change: (inout QuantizedFixture) throws -> Void
  ) throws {
    var fixture = try QuantizedFixture(folder)
    try change(&fixture)
    let (path, starts) = try fixture.write()
    let error = #expect(throws: CheckpointError.self) { try QuantizedFixture.readAll(path) }
    #expect(error?.code == code && error?.subject == .tensor(tensor), "\(error.map { "\($0)" } ?? "")")
    #expect(error?.path == path && error?.offset == starts[tensor].map { $0 + byte })
  }

  /// What a scheme needs, and the tensor to blame where it is missing.
  @Test(
    arguments: [
      ("gptq-4", "m.q.scales", "m.q.qweight"), ("gptq-4", "m.q.qzeros", "m.q.qweight"),
      ("awq", "m.q.scales", "m.q.qweight"), ("awq", "m.q.qzeros", "m.q.qweight"),
      ("fp8", "a.weight_scale_inv", "a.weight"), ("fp8", "a.weight", "a.weight_scale_inv"),
      ("nf4-nested", "m.q.weight.absmax", "m.q.weight"), ("nf4-nested", "m.q.weight.quant_map", "m.q.weight"),
      ("nf4-nested", "m.q.weight.nested_absmax", "m.q.weight"),
      ("nf4-nested", "m.q.weight.nested_quant_map", "m.q.weight"),
      ("nf4-nested", "m.q.weight", "m.q.weight.quant_state.bitsandbytes__nf4"),
      ("ct-int-quantized", "m.q.weight_scale", "m.q.weight"),
      ("ct-int-quantized", "m.q.weight_zero_point", "m.q.weight"),
      ("ct-mixed-precision", "m.v.weight", "m.v.weight_scale"),
      ("ct-pack-order", "m.q.weight_shape", "m.q.weight_packed"),
      ("ct-pack-order", "m.q.weight_scale", "m.q.weight_packed"),
      ("ct-pack-order", "m.q.weight_zero_point", "m.q.weight_packed"),
      ("ct-nvfp4", "m.q.weight_global_scale", "m.q.weight_packed"),
      ("ct-nvfp4", "m.q.weight_scale", "m.q.weight_packed"),
      ("mxfp4", "e.down_proj_scales", "e.down_proj_blocks"),
    ])
  func aMissingPartIsNamed(folder: String, part: String, blamed: String) throws {
    try refused(folder, .schema, blamed) { $0.remove(part) }
  }

  /// Types and shapes that a scheme does not have.
  @Test(
    arguments: [
      ("gptq-4", "m.q.qweight", "F32", [8, 32]), ("gptq-4", "m.q.qweight", "I32", [256]),
      ("gptq-4", "m.q.scales", "I16", [4, 32]), ("gptq-4", "m.q.scales", "F16", [128]),
      ("gptq-4", "m.q.qzeros", "I32", [4, 5]), ("gptq-4", "m.q.qzeros", "F32", [4, 4]),
      ("gptq-4", "m.q.g_idx", "I64", [64]), ("gptq-4", "m.q.g_idx", "I32", [63]),
      ("gptq-2", "m.q.qzeros", "I32", [3, 2]), ("awq", "m.q.qweight", "I64", [48, 5]),
      ("awq", "m.q.scales", "F16", [3, 41]), ("awq", "m.q.qzeros", "I32", [4, 5]),
      ("fp8", "a.weight_scale_inv", "F32", [3, 2]), ("fp8", "a.weight_scale_inv", "I32", [3, 3]),
      ("fp8", "experts.gate_up_proj_scale_inv", "F32", [2, 2]),
      ("nf4-nested", "m.q.weight", "U8", [2401, 1]), ("nf4-nested", "m.q.weight.absmax", "U8", [74]),
      ("nf4-nested", "m.q.weight.absmax", "F32", [75]),
      ("nf4-nested", "m.q.weight.quant_map", "F32", [15]),
      ("nf4-nested", "m.q.weight.nested_absmax", "F32", [2]),
      ("nf4-nested", "m.q.weight.nested_quant_map", "F16", [256]),
      ("nf4-nested", "m.q.weight.quant_state.bitsandbytes__nf4", "I8", [99]),
      ("fp4", "m.q.weight.absmax", "F32", [4]), ("fp4", "m.q.weight.absmax", "F16", [5]),
      ("llm-int8", "m.q.SCB", "F32", [23]), ("llm-int8", "m.q.SCB", "F16", [24]),
      ("llm-int8", "m.q.weight_format", "U8", [2]),
      ("ct-int-quantized", "m.q.weight_scale", "BF16", [11, 1]),
      ("ct-int-quantized", "m.q.weight_zero_point", "I8", [24, 1]),
      ("ct-naive-quantized", "m.q.weight", "F8_E4M3", [12, 24]),
      ("ct-float-quantized", "m.q.weight", "I8", [20, 24]),
      ("ct-pack-order", "m.q.weight_packed", "I32", [13, 6]),
      ("ct-pack-order", "m.q.weight_packed", "F32", [13, 5]),
      ("ct-pack-order", "m.q.weight_shape", "F32", [2]), ("ct-pack-order", "m.q.weight_scale", "BF16", [39]),
      ("ct-pack-order", "m.q.weight_zero_point", "I32", [1, 3]),
      ("ct-pack-order", "m.q.weight_g_idx", "I32", [35]),
      ("ct-nvfp4", "m.q.weight_scale", "U8", [6, 3]), ("ct-nvfp4", "m.q.weight_scale", "F8_E4M3", [6, 2]),
      ("ct-nvfp4", "m.q.weight_global_scale", "F32", [2]), ("ct-mxfp4", "m.q.weight_scale", "I8", [6, 2]),
      ("mxfp4", "e.down_proj_blocks", "U8", [2, 6, 3, 15]), ("mxfp4", "e.down_proj_scales", "U8", [2, 6, 2]),
    ] as [(String, String, String, [Int])])
  func anotherTypeOrShapeIsRefused(folder: String, tensor: String, type: String, shape: [Int]) throws {
    try refused(folder, .schema, tensor) { try $0.change(tensor, type: type, shape: shape) }
  }

  // Q1.4: groups in any order are groups that there are; the place is that of the number.
  @Test(arguments: [(0, -2), (5, 4), (63, Int32.min), (63, .max)] as [(Int, Int32)])
  func aGroupThatThereIsNotIsRefused(place: Int, group: Int32) throws {
    try refused("gptq-4", .value, "m.q.g_idx", byte: UInt64(4 * place)) { fixture in
      var bytes = fixture.tensors.first { $0.name == "m.q.g_idx" }?.bytes ?? []
      withUnsafeBytes(of: group.littleEndian) { bytes.replaceSubrange(4 * place..<4 * place + 4, with: $0) }
      try fixture.change("m.q.g_idx", bytes: bytes)
    }
  }

  // Q1.4
  @Test func groupsThatTheInputsDoNotFillAreRefused() throws {
    for (folder, words) in [("gptq-2", 2), ("awq", 5)] {
      try refused(folder, .schema, "m.q.scales") { fixture in
        try fixture.change("m.q.scales", shape: [5, 32 / 4 * (words == 2 ? 4 : 5)])
        try fixture.change("m.q.qzeros", shape: [5, words])
      }
    }
  }

  // Q1.4
  @Test func moreGroupsThanInputsAreRefused() throws {
    try refused("gptq-4", .schema, "m.q.scales") { fixture in
      try fixture.change("m.q.scales", shape: [65, 32])
      try fixture.change("m.q.qzeros", shape: [65, 4])
    }
  }

  // Q6.2: codes and zero points of four bits.
  @Test(arguments: [("m.q.weight", 9, 8), ("m.q.weight_zero_point", 2, -9)] as [(String, Int, Int8)])
  func aNumberOutOfRangeIsRefused(tensor: String, place: Int, number: Int8) throws {
    try refused("ct-naive-quantized", .value, tensor, byte: UInt64(place)) { fixture in
      var bytes = fixture.tensors.first { $0.name == tensor }?.bytes ?? []
      bytes[place] = UInt8(bitPattern: number)
      try fixture.change(tensor, bytes: bytes)
    }
  }

  // Q6.3, Q6.4, Q7.3
  @Test func numbersThatMeanNothingAreRefused() throws {
    for number in [Float.nan, .infinity, 0, -1] {
      try refused("ct-nvfp4", .value, "m.q.weight_global_scale") {
        try $0.change(
          "m.q.weight_global_scale", bytes: withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init))
      }
    }
    for shape in [[0, 36], [-1, 36]] as [[Int64]] {
      try refused("ct-pack-order", .value, "m.q.weight_shape") {
        try $0.change(
          "m.q.weight_shape",
          bytes: shape.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) })
      }
    }
    try refused("ct-pack-order", .schema, "m.q.weight_packed") {
      try $0.change(
        "m.q.weight_shape",
        bytes: [Int64.max, Int64.max].flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) })
    }
    try refused("llm-int8", .value, "m.q.weight_format") { try $0.change("m.q.weight_format", bytes: [1]) }
  }

  // Q1.1: the same weights twice.
  @Test func weightsThatStandThereTwiceAreRefused() throws {
    var fixture = try QuantizedFixture("gptq-4")
    fixture.add(SourceTensor("m.q.weight", [1], [1]))
    let error = #expect(throws: CheckpointError.self) { try Checkpoints.open(fixture.write().path) }
    #expect(error?.code == .duplicate && error?.found.contains("m.q.weight") == true)
  }

  // Q1.2: shapes whose numbers overflow.
  @Test func shapesThatOverflowAreRefused() throws {
    for (folder, tensor, shape) in [
      ("gptq-4", "m.q.qweight", [1 << 61, 0]), ("awq", "m.q.qweight", [0, 1 << 61]),
      ("mxfp4", "e.down_proj_blocks", [0, 1 << 50, 16]),
    ] {
      try refused(folder, .schema, tensor) { try $0.change(tensor, shape: shape) }
    }
  }

  // Q7.1: the state of bitsandbytes.
  @Test(
    arguments: [
      ("\"nf4\"", "\"fp4\"", .value), ("\"blocksize\": 64", "\"blocksize\": 0", .value),
      ("\"blocksize\": 64", "\"blocksize\": -4", .value),
      ("\"blocksize\": 64", "\"blocksize\": \"a\"", .value),
      ("[48, 100]", "[48, -100]", .value), ("[48, 100]", "[]", .value),
      ("[48, 100]", "[4611686018427387904, 8]", .overflow),
      ("\"nested_blocksize\": 256", "\"nested_blocksize\": 0", .value),
      ("\"nested_offset\": ", "\"nested_offset\": 1e300, \"x\": ", .value),
      ("\"nested_offset\": ", "\"other\": ", .value),
    ] as [(String, String, CheckpointError.Code)])
  func aStateThatDescribesNoWeightsIsRefused(
    text: String, other: String, code: CheckpointError.Code
  ) throws {
    let name = "m.q.weight.quant_state.bitsandbytes__nf4"
    try refused("nf4-nested", code, name) { try $0.changeState(name, text, to: other) }
  }

  // Q7.1: what is no JSON is refused at its byte.
  @Test func aStateThatIsNoTextIsRefusedAtTheByte() throws {
    let name = "m.q.weight.quant_state.bitsandbytes__nf4"
    let state = try #require(try QuantizedFixture("nf4-nested").tensors.first { $0.name == name }).bytes
    let place = try #require(state.firstIndex(of: UInt8(ascii: ":")))
    try refused("nf4-nested", .json, name, byte: UInt64(place)) {
      try $0.changeState(name, "\"quant_type\":", to: "\"quant_type\"?")
    }
    try refused("nf4-nested", .limit, name) {
      try $0.change(name, shape: [BitsAndBytesState.byteLimit + 1])
    }
  }
}

extension QuantizedFixture {
  /// Changes the text that the bytes of a tensor are.
  fileprivate mutating func changeState(_ name: String, _ text: String, to other: String) throws {
    let stored = try #require(tensors.first { $0.name == name }).bytes
    let state = String(decoding: stored, as: UTF8.self)
    let range = try #require(state.firstRange(of: text), "\(text) in \(state)")
    let bytes = Array((state[..<range.lowerBound] + other + state[range.upperBound...]).utf8)
    try change(name, shape: [bytes.count], bytes: bytes)
  }
}
