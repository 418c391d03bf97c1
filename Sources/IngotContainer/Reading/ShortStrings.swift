/// The strings of most vocabularies are short, and are passed many at a time.
///
/// A length below 128 is eight bytes of ASCII, and no sequence of UTF-8 reaches over ASCII. So strings that are shorter, together
/// with the lengths between them, are UTF-8 exactly if each of them is: one check without branches does for all.
extension ArrayWalk.Step {
  /// Passes short strings that are at hand and valid, at most `count` of them, and gives their number.
  ///
  /// What it leaves is passed one by one: a string that is longer, cut, over a limit or not UTF-8. It stops before the first of
  /// those, or passes nothing.
  mutating func shortStrings(atMost count: Int) -> Int {
    let longest = UInt64(clamping: min(127, context.limits.stringByteCount))
    let lastPlace = bytes.count - 8
    var end = position
    var passed = 0
    while passed < count, end <= lastPlace {
      let length = bytes.littleEndian(UInt64.self, at: end)
      guard length <= longest else { break }
      let next = end + 8 + Int(truncatingIfNeeded: length)
      guard next <= bytes.count else { break }
      end = next
      passed += 1
    }
    guard passed > 0, bytes.isUTF8(from: position + 8, to: end) else { return 0 }
    position = end
    return passed
  }
}

extension UnsafeRawBufferPointer {
  private typealias Bytes = SIMD16<UInt8>

  /// Whether the bytes are well-formed UTF-8 (Unicode 16, table 3-7); false also if they are too few to tell.
  ///
  /// Of the bytes before `start` up to 16 are looked at, too, and may make it say no.
  ///
  /// - Precondition: `start <= end <= count`; what stands before `start` does not end within a sequence.
  fileprivate func isUTF8(from start: Int, to end: Int) -> Bool {
    precondition(start <= end && end <= count)
    guard start >= 3, end >= 19 else { return start == end }
    var faults = Bytes(repeating: 0)
    var position = start
    while position <= end - 16 {
      faults |= self.faults(at: position)
      position += 16
    }
    // The last block overlaps the one before.
    if position < end { faults |= self.faults(at: end - 16) }
    let words = unsafeBitCast(faults, to: SIMD2<UInt64>.self)
    return words[0] | words[1] == 0 && !isWithinSequence(at: end)
  }

  /// Whether a sequence that starts before `end` goes on after it, where all before is well-formed.
  private func isWithinSequence(at end: Int) -> Bool {
    self[end - 1] >= 0xC0 || self[end - 2] >= 0xE0 || self[end - 3] >= 0xF0
  }

  /// What is wrong with the 16 bytes at `position`, each seen with the three before it: a byte that is not 0.
  @inline(__always)
  private func faults(at position: Int) -> Bytes {
    // Operators of vectors with a number, instead of another vector, are not made for these types, and slow.
    func load(_ distance: Int) -> Bytes {
      loadUnaligned(fromByteOffset: position - distance, as: Bytes.self)
    }
    func equal(_ bytes: Bytes, _ value: UInt8) -> Bytes {
      unsafeBitCast(bytes .== Bytes(repeating: value), to: Bytes.self)
    }
    func atLeast(_ bytes: Bytes, _ value: UInt8) -> Bytes {
      unsafeBitCast(bytes .>= Bytes(repeating: value), to: Bytes.self)
    }
    func atMost(_ bytes: Bytes, _ value: UInt8) -> Bytes {
      unsafeBitCast(bytes .<= Bytes(repeating: value), to: Bytes.self)
    }
    let (byte, last) = (load(0), load(1))

    let isContinuation = equal(byte & Bytes(repeating: 0xC0), 0x80)
    let mustContinue = atLeast(last, 0xC0) | atLeast(load(2), 0xE0) | atLeast(load(3), 0xF0)
    // No lead byte for overlong forms of two, or beyond U+10FFFF.
    let badLead = equal(byte & Bytes(repeating: 0xFE), 0xC0) | atLeast(byte, 0xF5)
    // No overlong forms of three, no surrogates.
    let badThree = (equal(last, 0xE0) & atMost(byte, 0x9F)) | (equal(last, 0xED) & atLeast(byte, 0xA0))
    // No overlong forms of four, nothing above U+10FFFF.
    let badFour = (equal(last, 0xF0) & atMost(byte, 0x8F)) | (equal(last, 0xF4) & atLeast(byte, 0x90))
    return (isContinuation ^ mustContinue) | badLead | badThree | badFour
  }
}
