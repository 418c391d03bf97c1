import IngotContainer
import IngotEncodings
import IngotSeal

/// Says whether what follows a body is its seal.
///
/// The chunks are not looked at: whether the data is what was sealed is a question of its own, of a `ModelVerifier`.
///
/// Specification: `spec/seal.md`, clause L15.
struct SealJudge {
  let header: ContainerHeader
  let byteCount: UInt64

  /// What is wrong with the seal of a file; `nil` for a seal that is none the worse.
  ///
  /// - Throws: what `read` throws.
  func fault(read: Seal.Reading) throws -> SealError? {
    do {
      let seal = try Seal(following: header, byteCount: byteCount, reading: read)
      try SealVerifier(seal, of: header).checkHeader(reading: read)
      return nil
    } catch let error as SealError {
      return error
    }
  }

  /// The same of a stream, of which only start and end were kept: its footer is believed.
  func faultOfStream(read: Seal.Reading) throws -> SealError? {
    let isSealed = try SealPlace.endsInFooter(after: header, byteCount: byteCount, reading: read)
    return isSealed
      ? nil
      : SealError(
        .position, at: header.bodyByteCount, .file,
        found: "\((byteCount - header.bodyByteCount).counted("byte")) after the end of the model",
        expected: "the end of the file")
  }
}
