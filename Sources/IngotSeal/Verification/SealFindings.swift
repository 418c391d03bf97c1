import IngotContainer
import IngotEncodings

/// What a file that was held to its seal shows to be wrong.
package struct SealFindings: Sendable {
  /// What is wrong with the header.
  package var header: SealError?
  /// The chunks that do not match, in any order.
  package var damagedChunks: [Int] = []

  package init() {}

  /// Whether all bytes are those that were sealed.
  package var isEmpty: Bool { header == nil && damagedChunks.isEmpty }

  /// The errors, the most telling first; of damaged chunks at most `limit`.
  ///
  /// Where no chunk at all matches, and there are several, the seal is that of another file.
  package func errors(_ verifier: SealVerifier, limit: Int = .max) -> [SealError] {
    let statement = verifier.seal.statement
    if damagedChunks.count == statement.chunkCount, statement.chunkCount > 1 {
      let found = "none of \(statement.chunkCount.counted("chunk")) as it was sealed"
      return [
        SealError(.digest, at: 0, .file, found: found, expected: "the seal of this file, not of another")
      ]
    }
    return (header.map { [$0] } ?? [])
      + damagedChunks.sorted().prefix(limit).map { verifier.damage(chunk: $0) }
  }
}

extension SealVerifier {
  /// Checks header and all chunks, one after another.
  ///
  /// - Parameter reading: Gives the bytes of the body; where the last padding is missing, zeros.
  /// - Throws: what `reading` throws.
  package func findings(reading: Seal.Reading) throws -> SealFindings {
    var findings = SealFindings()
    do {
      try checkHeader(reading: reading)
    } catch let error as SealError {
      findings.header = error
    }
    // No chunk is larger than the first, which of a small body is far below the size that is stated.
    let byteCount = seal.statement.chunkCount > 0 ? seal.statement.range(ofChunk: 0).count : 0
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
    defer { buffer.deallocate() }
    for index in 0..<seal.statement.chunkCount {
      let range = seal.statement.range(ofChunk: index)
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<range.count])
      try reading(range.lowerBound, part)
      if !seal.matches(UnsafeRawBufferPointer(part), chunk: index) { findings.damagedChunks.append(index) }
    }
    return findings
  }
}
