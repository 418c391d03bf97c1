import IngotContainer
import SystemPackage

@testable import IngotCheckpoints

/// Headers of safetensors files and shard indexes: the same bytes are tried as both.
enum SafeTensorsTarget: FuzzTarget {
  static let name = "safetensors"

  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    SafeTensorsMutator.mutated(bytes, limit: limit, using: &random)
  }

  static func run(_ bytes: UnsafeRawBufferPointer) {
    let choice = bytes.fingerprint
    checkHeader(bytes, limits: limits(by: choice))
    checkIndex(bytes, limits: limits(by: choice))
    checkWindows(bytes, capacity: 1 + Int(choice >> 32 & 15))
  }

  /// The defaults, or for some inputs limits that small files reach.
  private static func limits(by choice: UInt64) -> CheckpointLimits {
    var limits = CheckpointLimits()
    guard choice.isMultiple(of: 8) else { return limits }
    limits.nesting = Int(choice >> 8 & 7)
    limits.textByteCount = Int(choice >> 11 & 31)
    limits.tensorCount = Int(choice >> 16 & 7)
    limits.dimensionCount = Int(choice >> 19 & 7)
    limits.shardCount = Int(choice >> 22 & 3)
    limits.headerByteCount = choice >> 24 & 0xFFF
    return limits
  }

  private static func checkHeader(_ bytes: UnsafeRawBufferPointer, limits: CheckpointLimits) {
    let file = SafeTensorsHeader.Source(path: "input", byteCount: UInt64(bytes.count)) { offset, buffer in
      copy(bytes, from: offset, into: buffer)
    }
    do {
      let header = try SafeTensorsHeader(of: file, index: 0, limits: limits)
      var end: UInt64?
      for tensor in header.table {
        claim(end == nil || tensor.location.offset == end, "tensors that do not follow each other")
        end = tensor.location.offset + UInt64(tensor.byteCount)
        claim(
          header.table[tensor.name]?.location.offset == tensor.location.offset, "a tensor that is not found")
        let count = tensor.shape.reduce(1, *)
        claim(count == tensor.elementCount, "a shape that is not the tensor")
        claim(
          count * Int(tensor.type.bitsPerElement) == 8 * tensor.byteCount, "a size that is not the tensor's")
      }
      claim(end == nil || end == UInt64(bytes.count), "bytes after the last tensor")
      claim(header.metadata.allSatisfy { $0.value.type == .string }, "metadata that is no text")
      for warning in header.warnings { claim(!"\(warning)".isEmpty, "a warning without words") }
    } catch let error as CheckpointError {
      claim(error.offset.map { $0 <= bytes.count } == true, "an error beyond the file: \(error)")
      claim(!"\(error)".utf8.contains(0), "NUL in a message")
    } catch { claim(false, "an error of another kind: \(error)") }
  }

  private static func checkIndex(_ bytes: UnsafeRawBufferPointer, limits: CheckpointLimits) {
    let window = ByteWindow(0..<UInt64(bytes.count)) { copy(bytes, from: $0, into: $1) }
    var parser = SafeTensorsIndexParser(window, path: "input", limits: limits)
    do {
      try parser.parse()
      claim(Set(parser.tensors.map { Array($0.name.utf8) }).count == parser.tensors.count, "a tensor twice")
      claim(
        parser.tensors.allSatisfy { parser.shards.indices.contains($0.shard) }, "a tensor without a shard")
      for shard in parser.shards {
        let isPlain = FilePath.Component(shard.name).map { $0.kind == .regular } == true
        claim(isPlain && !shard.name.utf8.contains(UInt8(ascii: "/")), "the shard \(shard.name)")
      }
    } catch let error as CheckpointError {
      claim(error.offset.map { $0 <= bytes.count } == true, "an error beyond the file: \(error)")
    } catch { claim(false, "an error of another kind: \(error)") }
  }

  /// Clause S2: the tokens do not depend on where windows end.
  private static func checkWindows(_ bytes: UnsafeRawBufferPointer, capacity: Int) {
    // The text of a header if there is one, or else all.
    let start: UInt64 = bytes.count > 8 && bytes[8] == UInt8(ascii: "{") ? 8 : 0
    func reader(capacity: Int) -> JSONReader {
      let window = ByteWindow(start..<UInt64(bytes.count), capacity: capacity) {
        copy(bytes, from: $0, into: $1)
      }
      return JSONReader(window, maximumDepth: 8, maximumTextBytes: 64)
    }
    var whole = reader(capacity: 1 << 16)
    var narrow = reader(capacity: capacity)
    while true {
      let left = Result { try whole.next() }
      let right = Result { try narrow.next() }
      switch (left, right) {
      case (.success(let left), .success(let right)):
        claim(
          left == right && whole.offset == narrow.offset && whole.text == narrow.text, "\(left), not \(right)"
        )
        if left == .end { return }
      case (.failure(let left as JSONError), .failure(let right as JSONError)):
        return claim(left == right, "\(left), not \(right)")
      default: return claim(false, "\(left), not \(right)")
      }
    }
  }

  private static func copy(
    _ bytes: UnsafeRawBufferPointer, from offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
  ) {
    claim(offset <= bytes.count && buffer.count <= bytes.count - Int(offset), "a read beyond the file")
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<Int(offset) + buffer.count]))
  }
}
