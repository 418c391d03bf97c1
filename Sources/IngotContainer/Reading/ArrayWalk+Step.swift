import IngotEncodings

extension ArrayWalk {
  /// The bytes at hand, and how far they are walked.
  struct Step: ~Copyable {
    let bytes: UnsafeRawBufferPointer
    /// Where `bytes` stand in the file.
    let offset: UInt64
    let context: Context
    /// The bytes of the payload before these.
    let base: Int
    var position = 0

    /// Where the next byte stands in the file.
    private var place: UInt64 { offset + UInt64(position) }

    /// The length of the string that comes next; `nil` if not all of the field is at hand.
    @inline(__always)
    func stringLength() throws(ContainerError) -> Int? {
      guard try has(8) else { return nil }
      let length = bytes.littleEndian(UInt64.self, at: position)
      guard length <= context.limits.stringByteCount else {
        throw error(
          .stringLength, "a string of \(length.counted("byte"))", "at most \(context.limits.stringByteCount)")
      }
      let left = context.fileEnd - place - 8
      guard length <= left else {
        throw error(.field, left.counted("byte"), "a string of \(length.counted("byte"))")
      }
      return Int(length)
    }

    /// Passes the string that comes next, which is at hand.
    @inline(__always)
    mutating func string(_ length: Int) throws(ContainerError) {
      let start = position + 8
      let text = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
      if let fault = text.firstInvalidUTF8 {
        try context.settle(
          error(.stringText, at: 8 + fault, "bytes that are not UTF-8", "UTF-8"))
      }
      position = start + length
    }

    /// Passes element type and count of the array that comes next; `nil` if they are not at hand.
    mutating func arrayHead(depth: Int) throws(ContainerError) -> (elementType: MetadataType, count: Int)? {
      guard try has(12) else { return nil }
      let head = try ArrayHead(
        id: bytes.littleEndian(UInt32.self, at: position),
        count: bytes.littleEndian(UInt64.self, at: position + 4),
        at: place, depth: depth, in: context)
      position += 12
      return (head.elementType, head.count)
    }

    /// Passes as many of `count` values of fixed size as are at hand, and gives their number.
    ///
    /// Only the first fault of an array is told: `isFaulty` remembers that there was one.
    mutating func scalars(
      _ type: MetadataType, atMost count: Int, isFaulty: inout Bool
    ) throws(ContainerError) -> Int {
      let stride = type.smallestByteCount
      guard try has(stride) else { return 0 }
      let walked = min(count, (bytes.count - position) / stride)
      if type == .bool, !isFaulty {
        let flags = UnsafeRawBufferPointer(rebasing: bytes[position..<position + walked])
        if let fault = flags.firstIndex(where: { $0 > 1 }) {
          isFaulty = true
          try context.settle(error(.boolean, at: fault, "a boolean of \(flags[fault])", "0 or 1"))
        }
      }
      position += walked * stride
      return walked
    }

    /// Whether `count` bytes are at hand; throws if the file does not have them.
    @inline(__always)
    private func has(_ count: Int) throws(ContainerError) -> Bool {
      if bytes.count - position >= count { return true }
      let left = context.fileEnd - place
      guard left >= count else { throw error(.field, left.counted("byte"), count.counted("byte")) }
      return false
    }

    /// An error at the byte that is `distance` after the next one.
    private func error(
      _ rule: ContainerRule, at distance: Int = 0, _ found: @autoclosure () -> String,
      _ expected: @autoclosure () -> String
    ) -> ContainerError {
      ContainerError(
        rule, at: place + UInt64(distance), context.subject, found: found(), expected: expected())
    }
  }
}
