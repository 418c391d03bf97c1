/// What is looked for in the blocks of a tensor, or in its elements.
struct BlockCheck: Sendable {
  /// What was found so far.
  struct Tally {
    /// Where the first fault stands, in bytes from the start of the tensor.
    var first: Int?
    /// What stands there.
    var found = ""
    /// The number of faults.
    var count = 0
  }

  let rule: Rule
  /// The bytes of a block; a scan is made of whole ones.
  let stride: Int
  /// What is counted.
  let unit: String
  let expected: String
  /// Counts the faults in whole blocks.
  let count: @Sendable (UnsafeRawBufferPointer) -> Int
  /// The offset of the first fault in a block, and what stands there; `nil` if there is none.
  let first: @Sendable (UnsafeRawBufferPointer) -> (offset: Int, found: String)?

  /// Looks at whole blocks, which stand at `offset` in the tensor.
  func look(at bytes: UnsafeRawBufferPointer, offset: Int, _ tally: inout Tally) {
    let count = count(bytes)
    guard count > 0 else { return }
    if tally.first == nil {
      for block in Swift.stride(from: 0, to: bytes.count, by: stride) {
        let rebased = UnsafeRawBufferPointer(rebasing: bytes[block..<block + stride])
        guard let fault = first(rebased) else { continue }
        tally.first = offset + block + fault.offset
        tally.found = fault.found
        break
      }
    }
    tally.count += count
  }
}

extension BlockCheck {
  /// A check of one number in each block: those are faults whose bits under `mask` are `pattern`.
  ///
  /// Inlined, so that the loop is one over a known type and vectorises: most of the time goes here.
  ///
  /// - Precondition: the bytes are whole blocks, and aligned for `Bits` where those are its blocks.
  @inline(__always)
  static func number<Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>(
    _ rule: Rule, _ type: Bits.Type, at offset: Int = 0, stride: Int = MemoryLayout<Bits>.size, mask: Bits,
    pattern: Bits, unit: String, expected: String, describe: @escaping @Sendable (Bits) -> String
  ) -> BlockCheck {
    BlockCheck(
      rule: rule, stride: stride, unit: unit, expected: expected,
      count: { bytes in
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return 0 }
        var count = 0
        if stride == MemoryLayout<Bits>.size {
          // Faults are rare: whether there is one takes lanes as narrow as the numbers, their count wide ones.
          var isFaulty: Bits = 0
          for bits in UnsafeBufferPointer(
            start: start.assumingMemoryBound(to: Bits.self), count: bytes.count / stride)
          {
            isFaulty |= Bits(littleEndian: bits) & mask == pattern ? 1 : 0
          }
          guard isFaulty != 0 else { return 0 }
        }
        for block in 0..<bytes.count / stride {
          let bits = start.loadUnaligned(fromByteOffset: block &* stride &+ offset, as: Bits.self)
          count &+= Bits(littleEndian: bits) & mask == pattern ? 1 : 0
        }
        return count
      },
      first: { block in
        let bits = Bits(littleEndian: block.loadUnaligned(fromByteOffset: offset, as: Bits.self))
        return bits & mask == pattern ? (offset, describe(bits)) : nil
      })
  }

  /// A check of the bytes in `range` of each block.
  @inline(__always)
  static func bytes(
    _ rule: Rule, in range: Range<Int>, stride: Int, unit: String, expected: String,
    isFault: @escaping @Sendable (UInt8) -> Bool
  ) -> BlockCheck {
    BlockCheck(
      rule: rule, stride: stride, unit: unit, expected: expected,
      count: { bytes in
        guard let start = bytes.baseAddress else { return 0 }
        var count = 0
        for block in 0..<bytes.count / stride {
          let first = start + block &* stride
          for place in range where isFault(first.load(fromByteOffset: place, as: UInt8.self)) { count &+= 1 }
        }
        return count
      },
      first: { block in
        range.first { isFault(block[$0]) }.map { ($0, "byte \(block[$0])") }
      })
  }
}
