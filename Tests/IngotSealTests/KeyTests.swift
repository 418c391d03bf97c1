import Testing

@testable import IngotSeal

/// Clause L11.
struct KeyTests {
  /// The key of RFC 8410, section 10.
  private let privateText = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
    -----END PRIVATE KEY-----

    """
  private let publicText = """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    -----END PUBLIC KEY-----

    """

  @Test func keysOfTheRFCReadAndWriteBack() throws {
    let key = try SigningKey(pem: privateText)
    #expect(key.pem == privateText)
    #expect(key.verifyingKey.pem == publicText)
    #expect(try VerifyingKey(pem: publicText) == key.verifyingKey)
    #expect(try VerifyingKey(pem: publicText.replacing("\n", with: "\r\n")) == key.verifyingKey)
  }

  @Test func otherTextIsNoKey() throws {
    let texts = [
      "", "-----BEGIN PUBLIC KEY-----", privateText, publicText + "x", "x" + publicText,
      publicText + publicText,
      publicText.replacing("MCow", with: "MCox"), publicText.replacing("=", with: ""),
      publicText.replacing("uE=", with: "uF="), publicText.replacing("Zu", with: "Z*"),
      publicText.replacing("MCowBQYDK2VwAyEA", with: "MCowBQYDK2VuAyEA"),
      publicText.replacing("PUBLIC KEY", with: "RSA PUBLIC KEY"),
      "-----BEGIN PUBLIC KEY----- -----END PUBLIC KEY-----",
    ]
    for text in texts {
      let error = #expect(throws: SealError.self, "\(text)") { try VerifyingKey(pem: text) }
      #expect(error?.code == .key)
    }
    #expect(throws: SealError.self) { try SigningKey(pem: publicText) }
    #expect(throws: SealError.self) { try SigningKey(seed: [1, 2, 3]) }
  }

  @Test func linesMayEndAndBeCutInAnyWay() throws {
    let key = try SigningKey(pem: privateText)
    let lines = privateText.split(separator: "\n")
    for end in ["\r\n", "\r", "\n\n", " \n\t", " "] {
      let text = lines.joined(separator: end)
      #expect(try SigningKey(pem: text + end).verifyingKey == key.verifyingKey)
      #expect(try SigningKey(pem: "\n" + text).verifyingKey == key.verifyingKey)
    }
    let folded = "\(lines[0])\n\(lines[1].prefix(13))\r\n\(lines[1].dropFirst(13))\n\(lines[2])"
    #expect(try SigningKey(pem: folded).verifyingKey == key.verifyingKey)
  }

  @Test func keysOfOtherKindsAreNamed() {
    func refuse(_ text: String, _ found: String) {
      let error = #expect(throws: SealError.self) { try SigningKey(pem: text) }
      #expect(error?.code == .key)
      #expect(error?.found == found)
    }
    func pem(_ label: String, _ text: String) -> String {
      "-----BEGIN \(label)-----\n\(text)\n-----END \(label)-----\n"
    }
    refuse(publicText, "PUBLIC KEY in PEM")
    refuse(pem("ENCRYPTED PRIVATE KEY", "MIGj"), "ENCRYPTED PRIVATE KEY in PEM")
    refuse(pem("RSA PRIVATE KEY", "MIIB"), "RSA PRIVATE KEY in PEM")
    refuse(pem("OPENSSH PRIVATE KEY", "b3Bl"), "OPENSSH PRIVATE KEY in PEM")
    // What is printed of a file has few letters and no controls.
    refuse("-----BEGIN \u{1B}[31m-----", "other text")
    refuse("-----BEGIN " + String(repeating: "A", count: 5000), String(repeating: "A", count: 40) + " in PEM")
    // X25519 (1.3.101.110), Ed448 (1.3.101.113), and a later version.
    let seed = [UInt8](repeating: 7, count: 32)
    let prefix: [UInt8] = [0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20]
    for (place, byte) in [(11, 0x6E), (11, 0x71), (4, 2), (1, 0x51)] as [(Int, UInt8)] {
      var other = prefix
      other[place] = byte
      refuse(pem("PRIVATE KEY", Base64.encode(other + seed)), "a key of another kind")
    }
    // With the public key behind it (RFC 5958): the example of RFC 8410, section 10.3, but for its attributes.
    var second = prefix
    (second[1], second[4]) = (0x51, 1)
    refuse(
      pem("PRIVATE KEY", Base64.encode(second + seed + [0x81, 0x21, 0] + seed)),
      "a key of version 2, with its public key")
    refuse(pem("PRIVATE KEY", Base64.encode(prefix + seed + [0])), "a key of another kind")
    refuse(pem("PRIVATE KEY", Base64.encode(prefix + seed.dropLast())), "a key of another kind")
    // A space that is none of ASCII is no space.
    refuse(privateText.replacing("MC4C", with: "MC4C\u{A0}"), "a key that is not in Base64")
    refuse("\u{FEFF}" + privateText, "text before BEGIN")
    refuse("Comment: mine\n" + privateText, "text before BEGIN")
    refuse(privateText + "mine\n", "text after END")
    refuse(privateText + privateText, "two keys")
    refuse(String(privateText.prefix(60)), "no END")
    refuse("nothing", "other text")
  }

  @Test func base64IsThatOfTheRFC() {
    let vectors = [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ]
    for (plain, text) in vectors {
      #expect(Base64.encode(Array(plain.utf8)) == text)
      #expect(Base64.decode(Array(text.utf8)) == Array(plain.utf8))
    }
    for text in ["Z", "Zg", "Zg=", "Zh==", "Zg==Zg==", "Zm9v=", "Z m8="] {
      #expect(Base64.decode(Array(text.utf8)) == nil)
    }
  }

  @Test func encodingIsThatOfDSSE() {
    // The example of the protocol's own page.
    let encoded = PreAuthentication.encode("http://example.com/HelloWorld", Array("hello world".utf8))
    #expect(
      String(decoding: encoded, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
  }

  @Test func pointsOfSmallOrderAndOtherFormsAreRefused() throws {
    let order8: [UInt8] = [
      0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0, 0xD5,
      0xDF,
      0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
    ]
    // Its negative in y is the other one: p - y.
    var borrow = 0
    let prime = [0xED] + [Int](repeating: 0xFF, count: 30) + [0x7F]
    let negative = order8.enumerated().map { index, byte in
      var difference = prime[index] - Int(byte) - borrow
      borrow = difference < 0 ? 1 : 0
      difference += borrow * 256
      return UInt8(difference)
    }
    let zeros = [UInt8](repeating: 0, count: 31)
    let ones = [UInt8](repeating: 0xFF, count: 30)
    let y: [[UInt8]] = [
      [0] + zeros, [1] + zeros, [0xEC] + ones + [0x7F], order8, negative,
      // p, p + 1, and 2^255 - 1, which stand for 0, 1 and 18.
      [0xED] + ones + [0x7F], [0xEE] + ones + [0x7F], [0xFF] + ones + [0x7F],
    ]
    for var bytes in y {
      for sign: UInt8 in [0, 0x80] {
        bytes[31] = bytes[31] & 0x7F | sign
        let error = #expect(throws: SealError.self, "\(Seal.hex(bytes))") { try VerifyingKey(bytes: bytes) }
        #expect(error?.code == .key)
      }
    }
    #expect(throws: SealError.self) { try VerifyingKey(bytes: []) }
  }

  /// Of the first y those that have no x, as computed by powers in Python.
  @Test func numbersThatAreNoPointsAreRefused() throws {
    let withoutX: Set<UInt8> = [
      2, 7, 8, 11, 12, 13, 17, 20, 22, 31, 34, 36, 38, 41, 45, 46, 47, 49, 50, 53, 59,
    ]
    for y in 2...UInt8(60) {
      for sign: UInt8 in [0, 0x80] {
        let bytes = [y] + [UInt8](repeating: 0, count: 30) + [sign]
        if withoutX.contains(y) {
          let error = #expect(throws: SealError.self, "\(y)") { try VerifyingKey(bytes: bytes) }
          #expect(error?.code == .key && error?.found == "no point of the curve")
        } else {
          _ = try VerifyingKey(bytes: bytes)
        }
      }
    }
    // Numbers of all sizes: the keys that there are.
    for number in 0..<40 {
      _ = try SigningKey(seed: [UInt8](repeating: UInt8(number), count: 32))
    }
  }

  @Test func signaturesOfOtherFormsAreRefused() throws {
    let key = try SigningKey(pem: privateText)
    let fixture = try SealedFixture()
    let seal = try Seal(try fixture.digests(.sha256), signedBy: key)
    try key.verifyingKey.check(seal.signature, of: seal.statement)

    func refuse(_ signature: [UInt8], _ found: String) {
      let error = #expect(throws: SealError.self) {
        try key.verifyingKey.check(signature, of: seal.statement)
      }
      #expect(error?.code == .signature)
      #expect(error?.found == found)
    }
    // S and S + L are the same scalar: only the smaller may stand there.
    let order: [Int] =
      [
        0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14,
      ] + [Int](repeating: 0, count: 15) + [0x10]
    var larger = seal.signature
    var carry = 0
    for index in 0..<32 {
      let sum = Int(larger[32 + index]) + order[index] + carry
      larger[32 + index] = UInt8(sum & 255)
      carry = sum >> 8
    }
    refuse(larger, "a signature whose S is too large")
    refuse(seal.signature[..<32] + order.map { UInt8($0) }, "a signature whose S is too large")
    refuse(
      [1] + [UInt8](repeating: 0, count: 31) + seal.signature[32...],
      "a signature with a point of small order")
    refuse(
      [UInt8](repeating: 0xFF, count: 31) + [0x7F] + seal.signature[32...],
      "a signature with a point that is not in its canonical form")
    refuse([], "0 bytes")
    refuse(seal.signature[..<32] + [UInt8](repeating: 0, count: 32), "a signature of something else")
  }

  @Test func newKeysDiffer() throws {
    #expect(try SigningKey().verifyingKey != SigningKey().verifyingKey)
  }
}
