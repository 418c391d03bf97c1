extension UnsafeRawBufferPointer {
  /// The position of the first byte that does not belong to well-formed UTF-8 (Unicode 16, table 3-7), which is
  /// the start of the ill-formed sequence; `nil` if all is well-formed.
  ///
  /// Eight ASCII bytes are passed at a time. `UTF8Span` does the same, from macOS 26 on.
  var firstInvalidUTF8: Int? {
    var position = 0
    while position < count {
      if count - position >= 8 {
        let word = loadUnaligned(fromByteOffset: position, as: UInt64.self)
        if word & 0x8080_8080_8080_8080 == 0 {
          position += 8
          continue
        }
      }
      guard let length = sequenceLength(at: position) else { return position }
      position += length
    }
    return nil
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
