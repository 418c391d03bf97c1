import IngotFiles
import IngotSeal
import SystemPackage

/// Keys in files.
enum KeyFile {
  /// More than any key in PEM has.
  private static let largestByteCount: UInt64 = 64 << 10

  static func signingKey(_ path: FilePath) throws -> SigningKey {
    try named(path, "--sign takes the private key that ingot keygen writes") { text throws(SealError) in
      try SigningKey(pem: text)
    }
  }

  static func verifyingKey(_ path: FilePath) throws -> VerifyingKey {
    try named(path, "--key takes the public key, a file that ends in .pub.pem") { text throws(SealError) in
      try VerifyingKey(pem: text)
    }
  }

  private static func named<Key>(
    _ path: FilePath, _ advice: String, _ make: (String) throws(SealError) -> Key
  ) throws -> Key {
    let file = try RegularFile(opening: path)
    guard file.byteCount <= largestByteCount else {
      throw Failure(
        .refusedInput, SealError.Code.key.rawValue, "\(path): too large for a key in PEM: \(advice)")
    }
    var bytes = [UInt8](repeating: 0, count: Int(file.byteCount))
    try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    do {
      return try make(String(decoding: bytes, as: UTF8.self))
    } catch {
      throw Failure(.refusedInput, error.code.rawValue, "\(path): \(error)")
    }
  }
}
