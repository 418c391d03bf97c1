import IngotContainer
import IngotEncodings

/// Holds the bytes of a file to its seal.
///
/// It opens nothing and keeps nothing of the file: whoever has the bytes asks it, in any order and from any thread.
package struct SealVerifier: Sendable {
  /// The seal.
  package let seal: Seal
  /// The header, as it was read from the file.
  package let header: ContainerHeader

  /// Prepares to check a file.
  package init(_ seal: Seal, of header: ContainerHeader) {
    self.seal = seal
    self.header = header
  }

  /// Checks that the header is the one that was sealed, and that the index says what the header says.
  ///
  /// The skeleton is taken by what stands in the file, not by the index.
  ///
  /// - Parameter reading: Gives the bytes of the body.
  /// - Throws: ``SealError`` (`STALE`, `INDEX`), or what `reading` throws.
  package func checkHeader(reading: Seal.Reading) throws {
    let index = ArrayIndex(of: header)
    let digest = try BodyDigests.skeletonDigest(
      seal.statement.digest, index, headerByteCount: header.headerByteCount, reading: reading)
    guard digest == seal.statement.skeletonDigest else { throw Self.stale }
    try check(index)
  }

  /// Checks that bytes which are read as a header are the sealed ones, before they are, by the index of the seal.
  ///
  /// For files that are trusted: of the index only the places and lengths of arrays are compared with the header, for the marks of
  /// the header come from it.
  ///
  /// - Throws: `STALE`, `INDEX`, or what `reading` throws.
  package func checkSkeleton(reading: Seal.Reading) throws {
    let digest = try BodyDigests.skeletonDigest(
      seal.statement.digest, seal.index, headerByteCount: header.headerByteCount, reading: reading)
    guard digest == seal.statement.skeletonDigest else { throw Self.stale }
    guard ArrayIndex.ranges(of: header).elementsEqual(seal.index.entries.lazy.map(\.range)) else {
      throw SealError(
        .index, found: "entries that are not the arrays of the header", expected: "one for each large array")
    }
  }

  private static var stale: SealError {
    SealError(
      .stale, at: 0, .header, found: "a header that was changed or damaged after it was sealed",
      expected: "the sealed one; if another tool has edited the file, seal it again")
  }

  private func check(_ index: ArrayIndex) throws(SealError) {
    guard index != seal.index else { return }
    let pairs = zip(index.entries, seal.index.entries)
    let first = pairs.enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let place = first ?? min(index.entries.count, seal.index.entries.count)
    let entry = place < index.entries.count ? index.entries[place] : nil
    throw SealError(
      .index, at: entry?.offset, entry.flatMap(subject) ?? .seal,
      found: place < seal.index.entries.count ? "another entry in the index" : "no entry in the index",
      expected: entry.map { "an array of \($0.byteCount.counted("byte")) at \($0.offset)" }
        ?? "no more entries")
  }

  private func subject(_ entry: ArrayIndex.Entry) -> SealError.Subject? {
    header.metadata.keys.first { header.metadata.offset(of: $0) == entry.offset - 12 }.map { .key($0) }
  }

  /// The error of a chunk that does not match; it names where its bytes stand and what they hold.
  package func damage(chunk index: Int) -> SealError {
    Self.damage(
      seal.statement, chunk: index, in: contents(of: seal.statement.range(ofChunk: index)))
  }

  /// As ``damage(chunk:)``, with what the chunk holds in words.
  package static func damage(_ statement: SealStatement, chunk index: Int, in contents: String) -> SealError {
    let range = statement.range(ofChunk: index)
    return SealError(
      .damaged, at: range.lowerBound, .chunk(index),
      found: "other bytes from \(range.lowerBound) to \(range.upperBound), in \(contents)",
      expected: "those that were sealed")
  }

  /// The tensors whose data lies in a stretch of the body, in order.
  package func tensors(in range: Range<UInt64>) -> [TensorInfo] {
    let tensors = header.tensors
    // Tensors follow each other: find the first that ends after the start.
    var (low, high) = (0, tensors.count)
    while low < high {
      let middle = (low + high) / 2
      if header.byteRange(of: tensors[middle]).upperBound > range.lowerBound {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return Array(tensors[low...].prefix { header.byteRange(of: $0).lowerBound < range.upperBound })
      .filter { $0.byteCount > 0 }
  }

  /// What a stretch of the body holds, in words.
  package func contents(of range: Range<UInt64>) -> String {
    var parts: [String] = range.lowerBound < header.headerByteCount ? ["the header"] : []
    let names = tensors(in: range).map(\.name)
    parts += names.prefix(3).map { "tensor \($0.debugDescription)" }
    if names.count > 3 { parts.append((names.count - 3).counted("more tensor")) }
    return parts.isEmpty ? "padding" : parts.joined(separator: ", ")
  }
}
