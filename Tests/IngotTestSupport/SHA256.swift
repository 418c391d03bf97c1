/// The digest of FIPS 180-4, by which answers of other programs name long arrays.
package enum SHA256 {
  /// The digest in hexadecimal.
  package static func hexadecimal(_ bytes: [UInt8]) -> String {
    var message = bytes + [0x80]
    message += [UInt8](repeating: 0, count: (120 - message.count % 64) % 64)
    let bitCount = 8 * UInt64(bytes.count)
    message += (0..<8).reversed().map { UInt8(truncatingIfNeeded: bitCount >> (8 * UInt64($0))) }
    var state = roots(2, of: 8)
    let constants = roots(3, of: 64)
    for start in stride(from: 0, to: message.count, by: 64) {
      digest(message[start..<start + 64], into: &state, constants)
    }
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private static func digest(_ block: ArraySlice<UInt8>, into state: inout [UInt32], _ constants: [UInt32]) {
    var words = (0..<16).map { word in
      block[(block.startIndex + 4 * word)...].prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for index in 16..<64 {
      let (early, late) = (words[index - 15], words[index - 2])
      words.append(
        words[index - 16] &+ words[index - 7]
          &+ (rotate(early, 7) ^ rotate(early, 18) ^ early >> 3)
          &+ (rotate(late, 17) ^ rotate(late, 19) ^ late >> 10))
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for index in 0..<64 {
      let choice = e & f ^ ~e & g
      let first =
        h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ choice &+ constants[index] &+ words[index]
      let second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ (a & b ^ a & c ^ b & c)
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
    }
    for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
  }

  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  /// The first 32 bits of the fractions of the square or cube roots of the first primes.
  private static func roots(_ exponent: Int, of count: Int) -> [UInt32] {
    let primes = (2...311).filter { number in !(2..<number).contains { number % $0 == 0 } }
    return primes.prefix(count).map { prime in
      // By integers, for a floating-point root has too few bits after the point.
      let fractions = UInt128(prime) << UInt128(32 * exponent)
      var root: UInt128 = 0
      for bit in (0..<UInt128(38)).reversed() {
        let candidate = root | 1 << bit
        let power = (1..<exponent).reduce(candidate) { product, _ in product * candidate }
        if power <= fractions { root = candidate }
      }
      return UInt32(truncatingIfNeeded: root)
    }
  }
}
