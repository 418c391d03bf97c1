import IngotContainer
import IngotEncodings
import IngotFiles
import SystemPackage

/// Ternary weights as checkpoints of BitNet b1.58 pack them: a tensor of bytes, and a tensor with their scale.
///
/// Specification: `spec/safetensors.md`, clause S9.
enum PackedTernary {
  /// The codes in a byte, each of another quarter of the rows.
  static let fieldCount = 4

  /// The tensors of a checkpoint, with packed weights and their scales made one.
  ///
  /// - Parameters:
  ///   - table: The tensors as the files state them.
  ///   - files: The files that they are in.
  ///   - path: The file or index, beside which `config.json` says whether and how weights are packed.
  ///   - limits: What is accepted of that file.
  /// - Throws: ``CheckpointError`` at the data of the tensor to blame, or in `config.json`; `FileError`.
  /// - Complexity: O(*n*) in the number of tensors, and a read for each scale. Where no weight is made of bytes nothing is
  ///   read.
  static func joined(
    _ table: CheckpointTensors, of files: [RegularFile], beside path: FilePath, limits: CheckpointLimits
  ) throws -> CheckpointTensors {
    let weights = table.filter(isWeightOfBytes)
    guard !weights.isEmpty else { return table }
    let suspect = weights.first { looksPacked($0, in: table) }
    let note: QuantizationNote
    do {
      note = try QuantizationNote.beside(path, limits: limits)
    } catch {
      // What is wrong with the file is no concern of a checkpoint that does not need it.
      guard suspect != nil else { return table }
      throw error
    }
    switch note {
    case .other: return table
    case .none:
      guard let suspect else { return table }
      throw CheckpointError(
        .schema, files[suspect.location.file].path, at: suspect.location.offset, .tensor(suspect.name),
        found: "bytes with a weight_scale, and nothing that says whether it multiplies or divides",
        expected: "a config.json beside the checkpoint whose quantization_config has a quant_method")
    case .bitNet(let use):
      let joint = PackedTernaryTable(table, files: files, use: use)
      return try joint.joined(weights)
    }
  }

  /// Whether a tensor is made of bytes and called `weight`.
  private static func isWeightOfBytes(_ tensor: CheckpointTensor) -> Bool {
    tensor.type == .uint8 && (".\(tensor.name)").utf8.suffix(7).elementsEqual(".weight".utf8)
  }

  /// Whether a tensor has the form of packed weights, whatever else it may be.
  private static func looksPacked(_ tensor: CheckpointTensor, in table: CheckpointTensors) -> Bool {
    guard tensor.shape.count == 2, let scale = table[scaleName(of: tensor)] else { return false }
    return PackedTernaryTable.isScale(scale)
  }

  /// The name of the tensor with the scale.
  static func scaleName(of tensor: CheckpointTensor) -> String { tensor.name + "_scale" }
}

extension PackedTernary {
  private static let pieceByteCount = 1 << 16

  /// Fills `buffer` with a range of the codes in the order of the values, four a byte.
  ///
  /// The file has field 0 of all its bytes first, then field 1, so that a range is one run of the file or a few.
  static func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer,
    from file: RegularFile
  ) throws {
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    let start = range.lowerBound * fieldCount
    let count = range.count * fieldCount
    let packedCount = tensor.byteCount
    let room = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(pieceByteCount, min(count, packedCount)), alignment: 8)
    defer { room.deallocate() }
    var position = 0
    while position < count {
      let (field, first) = (start + position).quotientAndRemainder(dividingBy: packedCount)
      let pieceCount = min(count - position, packedCount - first, room.count)
      let piece = UnsafeMutableRawBufferPointer(rebasing: room[..<pieceCount])
      try file.read(into: piece, at: tensor.location.offset + UInt64(first))
      take(field, of: piece, into: buffer, at: position)
      position += pieceCount
    }
  }

  /// Adds one field of each byte, from a position among the codes on.
  private static func take(
    _ field: Int, of piece: UnsafeMutableRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer,
    at position: Int
  ) {
    let shift = 2 * field
    var index = 0
    while index < piece.count {
      let (byte, place) = (position + index).quotientAndRemainder(dividingBy: fieldCount)
      guard place == 0, piece.count - index >= fieldCount else {
        buffer[byte] |= (piece[index] >> shift & 3) << (2 * place)
        index += 1
        continue
      }
      let codes = piece.loadUnaligned(fromByteOffset: index, as: UInt32.self) >> shift & 0x0303_0303
      buffer[byte] = UInt8(truncatingIfNeeded: codes | codes >> 6 | codes >> 12 | codes >> 18)
      index += fieldCount
    }
  }
}
