import IngotContainer

@testable import IngotCheckpoints

/// Arrays of NumPy.
enum NPYTarget: FuzzTarget {
  static let name = "npy"

  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    NPYMutator.mutated(bytes, limit: limit, using: &random)
  }

  static func run(_ bytes: UnsafeRawBufferPointer) {
    let input = Array(bytes)
    let choice = bytes.fingerprint
    let file = CheckpointSource.bytes(input)
    var limits = CheckpointSource.limits(by: choice)
    if choice.isMultiple(of: 16) { limits.arrayHeaderByteCount = Int(choice >> 30 & 255) }
    CheckpointSource.refusing(input) {
      let contents = try NumPyContents(file, limits: limits)
      for tensor in contents.table {
        let end = tensor.location.offset + UInt64(tensor.byteCount)
        claim(
          tensor.view == nil || end == input.count || input.starts(with: [0x50, 0x4B]),
          "bytes after the array")
      }
      try CheckpointSource.check(contents.table, choice: choice) { contents.storage(of: $0) }
    }
  }
}
