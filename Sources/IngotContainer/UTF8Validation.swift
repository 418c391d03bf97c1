extension UnsafeRawBufferPointer {
  /// The position of the first byte that does not belong to well-formed UTF-8 (Unicode 16, table 3-7), which is
  /// the start of the ill-formed sequence; `nil` if all is well-formed.
  ///
  /// Runs of ASCII are passed eight bytes at a time. `UTF8Span` does the same, from macOS 26 on.
  var firstInvalidUTF8: Int? {
    var position = 0
    while position < count {
      let notASCII = word(at: position) & 0x8080_8080_8080_8080
      guard notASCII != 0 else {
        position += 8
        continue
      }
      position += notASCII.trailingZeroBitCount / 8
      repeat {
        guard let length = sequenceLength(at: position) else { return position }
        position += length
      } while position < count && self[position] >= 0x80
    }
    return nil
  }

  /// Eight bytes from `position` on, the first in the lowest bits; zeros where the buffer has ended.
  @inline(__always)
  private func word(at position: Int) -> UInt64 {
    let left = count - position
    if left >= 8 { return littleEndian(UInt64.self, at: position) }
    if left >= 4 {
      // Two halves that overlap hold the same bits where they do.
      let low = UInt64(littleEndian(UInt32.self, at: position))
      let high = UInt64(littleEndian(UInt32.self, at: count - 4))
      return low | high << (8 * UInt64(left - 4))
    }
    var word: UInt64 = 0
    for index in 0..<left { word |= UInt64(self[position + index]) << (8 * UInt64(index)) }
    return word
  }

  /// The bytes of the well-formed sequence at `position`, if one starts there.
  @inline(__always)
  private func sequenceLength(at position: Int) -> Int? {
    let first = self[position]
    if first < 0x80 { return 1 }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)  // no overlong forms
    case 0xED: (length, second) = (3, 0x80...0x9F)  // no surrogates
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)  // no overlong forms
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)  // nothing above U+10FFFF
    default: return nil
    }
    guard count - position >= length, second.contains(self[position + 1]) else { return nil }
    for index in (position + 2)..<(position + length) where self[index] & 0xC0 != 0x80 { return nil }
    return length
  }
}
