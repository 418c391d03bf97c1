import IngotContainer
import SystemPackage

@testable import IngotCheckpoints

/// What the targets for checkpoints share: inputs as files, limits that small ones reach, and claims about errors.
enum CheckpointSource {
  /// The input as the bytes of a file; a read beyond them traps.
  static func bytes(_ input: [UInt8]) -> ReadableBytes {
    ReadableBytes(path: "input", byteCount: UInt64(input.count)) { offset, buffer in
      claim(offset <= input.count && buffer.count <= input.count - Int(offset), "a read beyond the file")
      buffer.copyBytes(from: input[Int(offset)..<Int(offset) + buffer.count])
    }
  }

  /// The defaults, or for some inputs limits that small files reach.
  static func limits(by choice: UInt64) -> CheckpointLimits {
    var limits = CheckpointLimits()
    // What hostile values may cost is bounded by these; the fuzzer should not wait for it.
    limits.pickleValueCount = 100_000
    guard choice.isMultiple(of: 8) else { return limits }
    limits.headerByteCount = choice >> 8 & 0xFFF
    limits.archiveEntryCount = choice >> 20 & 7
    limits.pickleByteCount = choice >> 23 & 0xFFF
    limits.pickleMemoCount = Int(choice >> 35 & 31)
    limits.pickleNesting = Int(choice >> 40 & 7)
    limits.dimensionCount = Int(choice >> 43 & 7)
    limits.tensorCount = Int(choice >> 46 & 7)
    return limits
  }

  /// Runs what may be refused, and checks how.
  static func refusing(_ input: [UInt8], _ body: () throws -> Void) {
    do {
      try body()
    } catch let error as CheckpointError {
      claim(error.offset.map { $0 <= input.count } != false, "an error beyond the file: \(error)")
      claim(!"\(error)".utf8.contains(0), "NUL in a message")
    } catch { claim(false, "an error of another kind: \(error)") }
  }

  /// As ``check(_:choice:storage:)``, of storages by the numbers that the views have.
  static func check(_ table: CheckpointTensors, _ places: PyTorchPlaces, choice: UInt64) throws {
    try check(table, choice: choice) { tensor in tensor.view.map { places.bytes(of: Int32($0.storage)) } }
  }

  /// Reads tensors whole and in pieces, which are the same.
  static func check(
    _ table: CheckpointTensors, choice: UInt64, storage: (CheckpointTensor) -> StorageBytes?
  ) throws {
    var room = 1 << 20
    for tensor in table {
      claim(table[tensor.name]?.name == tensor.name, "a tensor that is not found")
      claim(tensor.shape.reduce(1, *) == tensor.elementCount, "a shape that is not the tensor")
      guard let storage = storage(tensor), tensor.byteCount <= room else { continue }
      room -= tensor.byteCount
      let whole = try read(storage, tensor, piece: max(tensor.byteCount, 1))
      let pieces = try read(storage, tensor, piece: max(1 + Int(choice >> 12 & 63), tensor.byteCount / 50))
      claim(whole == pieces, "pieces that are not the tensor \(tensor.name)")
    }
  }

  private static func read(_ storage: StorageBytes, _ tensor: CheckpointTensor, piece: Int) throws -> [UInt8]
  {
    var bytes = [UInt8](repeating: 0xA5, count: tensor.byteCount)
    let tiles = TileCache(.transposed)
    for start in stride(from: 0, to: bytes.count, by: piece) {
      let range = start..<min(start + piece, bytes.count)
      try bytes.withUnsafeMutableBytes {
        try storage.read(
          tensor, bytes: range, into: UnsafeMutableRawBufferPointer(rebasing: $0[range]), tiles: tiles)
      }
    }
    return bytes
  }
}
