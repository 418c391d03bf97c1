/// Which bytes keys and tensor names may hold; reader and writer both ask here.
enum NameRules {
  /// The first byte that a key must not hold: NUL, or one that is not ASCII.
  static func firstFault(inKey bytes: UnsafeRawBufferPointer) -> Int? {
    bytes.firstIndex { $0 == 0 || $0 >= 0x80 }
  }

  /// The first byte that a tensor name must not hold: NUL; that it is UTF-8 is another question.
  static func firstFault(inTensorName bytes: UnsafeRawBufferPointer) -> Int? {
    bytes.firstIndex(of: 0)
  }

  /// Whether tensor data may be aligned to multiples of `alignment` bytes.
  static func isAlignment(_ alignment: Int, limits: ParseLimits) -> Bool {
    alignment > 0 && alignment & (alignment - 1) == 0 && alignment <= limits.alignment
  }
}
