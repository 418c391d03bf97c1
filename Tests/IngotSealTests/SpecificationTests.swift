import IngotContainer
import IngotTestSupport
import Testing

@testable import IngotSeal

/// `spec/seal.md`, held against the code.
struct SpecificationTests {
  private let page: String

  init() throws {
    let path = TestData.packageRoot.appending("spec").appending("seal.md")
    page = String(decoding: try TestData.bytes(at: path), as: UTF8.self)
  }

  /// The bytes of the page's example: its lines of hexadecimal digits, in order.
  private var example: [UInt8] {
    page.split(separator: "\n").filter { $0.hasPrefix("    ") && $0.dropFirst(4).allSatisfy(\.isHexDigit) }
      .flatMap { line -> [UInt8] in
        let digits = Array(line.dropFirst(4))
        return stride(from: 0, to: digits.count, by: 2).compactMap {
          UInt8(String(digits[$0..<$0 + 2]), radix: 16)
        }
      }
  }

  /// Another implementation, with the signature of openssl, made the example.
  @Test func exampleIsWhatIsWritten() throws {
    let file = example
    let body = Array(file[..<32])
    let header = try ContainerHeader(parsing: body.span.bytes)
    let key = try SigningKey(
      pem:
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n"
    )
    var digester = try BodyDigester(header, .sha256, chunkByteCount: 64 << 10)
    body.withUnsafeBytes { digester.update($0) }
    let seal = try Seal(digester.finish(), release: SealRelease(name: "example", counter: 1), signedBy: key)
    #expect(body + seal.encoded() == file)
    try verify(file, SealPolicy(keys: [key.verifyingKey]))
  }

  @Test func everyCodeIsOnThePage() {
    for code in SealError.Code.allCases { #expect(page.contains("`\(code.rawValue)`"), "\(code)") }
  }
}
