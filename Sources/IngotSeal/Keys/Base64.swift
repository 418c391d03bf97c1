/// Base64 as in PEM (RFC 4648, section 4), which Foundation has, and this module must do without.
enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for byte in group { bits = bits << 8 | UInt32(byte) }
      bits <<= UInt32(8 * (3 - group.count))
      for index in 0..<4 {
        let digit = Int(bits >> UInt32(18 - 6 * index) & 63)
        text.append(index <= group.count ? digits[digit] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes; `nil` for text that is not exactly what ``encode(_:)`` gives.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for character in text {
      if character == UInt8(ascii: "=") { break }
      guard let digit = digits.firstIndex(of: character) else { return nil }
      bits = bits << 6 | UInt32(digit)
      count += 1
      if count % 4 == 0 { for shift in [16, 8, 0] as [UInt32] { bytes.append(UInt8(bits >> shift & 255)) } }
      if count % 4 == 0 { bits = 0 }
    }
    switch count % 4 {
    case 2: bytes.append(UInt8(bits >> 4 & 255))
    case 3:
      bytes.append(UInt8(bits >> 10 & 255))
      bytes.append(UInt8(bits >> 2 & 255))
    default: break
    }
    return encode(bytes).utf8.elementsEqual(text) ? bytes : nil
  }
}
