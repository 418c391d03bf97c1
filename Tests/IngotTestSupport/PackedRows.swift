/// Ternary codes in the packed form of BitNet checkpoints, by its definition: `spec/safetensors.md`, clause S9.2.
package enum PackedRows {
  /// Packs rows of -1, 0 and 1: the bits 2i and 2i + 1 of a byte are of the i-th quarter of the rows.
  package static func bytes(_ values: [Int], rows: Int, columns: Int) -> [UInt8] {
    let packedRows = rows / 4
    return (0..<packedRows * columns).map { place in
      let (row, column) = place.quotientAndRemainder(dividingBy: columns)
      return (0..<4).reduce(UInt8(0)) { byte, field in
        byte | UInt8(values[(field * packedRows + row) * columns + column] + 1) << UInt8(2 * field)
      }
    }
  }

  /// Random codes.
  package static func codes(_ count: Int, seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in Int.random(in: -1...1, using: &generator) }
  }

  /// A packed tensor and its scale, which is stored as F32.
  package static func tensors(
    _ name: String, _ values: [Int], rows: Int, columns: Int, scale: Float
  ) -> [SourceTensor] {
    [
      SourceTensor(name, "U8", [rows / 4, columns], bytes(values, rows: rows, columns: columns)),
      SourceTensor("\(name)_scale", [1], [scale]),
    ]
  }
}

extension TemporaryFolder {
  /// Writes a `config.json` of a BitNet checkpoint, without a `linear_class` where that is `nil`.
  package func bitNetConfiguration(_ linearClass: String?) throws {
    let member = linearClass.map { ",\"linear_class\":\"\($0)\",\"quantization_mode\":\"offline\"" } ?? ""
    let text = "{\"hidden_size\":256,\"quantization_config\":{\"quant_method\":\"bitnet\"\(member)}}"
    try write(text.utf8, to: "config.json")
  }
}
