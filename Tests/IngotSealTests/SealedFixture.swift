import IngotContainer
import IngotEncodings
import Testing

@testable import IngotSeal

/// A small model file in memory, and what is asked of its seal.
struct SealedFixture {
  /// The file without a seal.
  let body: [UInt8]
  let header: ContainerHeader

  /// A body of 64 bytes for each row, with some metadata and, if asked for, arrays that are indexed.
  init(rows: Int = 8, words: Int = 0, seed: UInt64 = 1, name: String = "blk.0.weight") throws {
    var metadata = Metadata()
    metadata["general.architecture"] = .string("generic")
    if words > 0 {
      metadata["tokenizer.ggml.tokens"] = .array(MetadataArray((0..<words).map { "word\($0 &* Int(seed))" }))
      metadata["tokenizer.ggml.scores"] = .array(MetadataArray((0..<words).map(Float.init)))
    }
    metadata["general.name"] = .string("fixture")
    let header = try ContainerHeader(
      metadata: metadata,
      tensors: [
        (name: name, dimensions: [16, rows], encoding: .f32),
        (name: "output_norm.weight", dimensions: [20], encoding: .f32),
      ])
    var bytes = header.encoded()
    var state = seed
    while bytes.count < Int(header.bodyByteCount) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      bytes.append(UInt8(truncatingIfNeeded: state >> 33))
    }
    // The last padding is zeros.
    let end = Int(header.leastByteCount)
    for index in end..<bytes.count { bytes[index] = 0 }
    body = bytes
    self.header = try ContainerHeader(parsing: bytes.span.bytes)
  }

  func digests(
    _ digest: SealDigest = .crc32, chunkByteCount: Int = 64 << 10, step: Int = 1000
  ) throws -> BodyDigests {
    var digester = try BodyDigester(header, digest, chunkByteCount: chunkByteCount)
    body.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: step) {
        digester.update(UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + step)]))
      }
    }
    return digester.finish()
  }

  /// The file with a seal.
  func sealed(
    _ digest: SealDigest = .crc32, release: SealRelease = .none, key: SigningKey? = nil
  ) throws -> [UInt8] {
    body + (try Seal(try digests(digest), release: release, signedBy: key)).encoded()
  }

  /// The same key in every run.
  static func key(_ number: UInt8 = 7) throws -> SigningKey {
    try SigningKey(seed: [UInt8](repeating: number, count: 32))
  }
}

/// Verifies a file as a reader does: header, seal, policy, then every byte.
func verify(_ file: [UInt8], _ policy: SealPolicy = SealPolicy()) throws {
  let header = try ContainerHeader(parsing: file.span.bytes)
  let seal = try Seal(following: header, byteCount: UInt64(file.count), reading: reading(file))
  try policy.check(seal)
  let verifier = SealVerifier(seal, of: header)
  if let error = try verifier.findings(reading: reading(file)).errors(verifier).first { throw error }
}

/// Gives the bytes of a file in memory, and nothing beyond them.
func reading(_ file: [UInt8]) -> Seal.Reading {
  { offset, buffer in
    buffer.copyBytes(from: file[Int(offset)..<Int(offset) + buffer.count])
  }
}

/// Expects that a file is refused with `code` at `offset`.
func expectRefusal(
  _ file: [UInt8], _ code: SealError.Code, at offset: Int?, _ policy: SealPolicy = SealPolicy(),
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let error = #expect(throws: SealError.self, sourceLocation: sourceLocation) { try verify(file, policy) }
  #expect(error?.code == code, "\(error.map { "\($0)" } ?? "")", sourceLocation: sourceLocation)
  #expect(error?.offset == offset.map { UInt64($0) }, sourceLocation: sourceLocation)
}
