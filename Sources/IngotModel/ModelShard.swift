import IngotContainer
import IngotFiles
import IngotSeal
import SystemPackage

/// One file of a model: the only one, or one of a split set.
///
/// It stays open, and mapped, for as long as a model or a tensor uses it.
public final class ModelShard: Sendable {
  /// The file.
  public let file: RegularFile
  /// Its header: version, metadata, tensors and their layout.
  public let header: ContainerHeader

  /// The seal that the file was held to as it was opened; `nil` if that was not asked for.
  public let seal: Seal?

  /// Nil for positional access.
  let mapping: MappedFile?
  /// Nil where chunks are not checked on access.
  let chunks: VerifiedChunks?

  init(
    file: RegularFile, header: ContainerHeader, mapping: MappedFile?, seal: Seal? = nil,
    chunks: VerifiedChunks? = nil
  ) {
    self.file = file
    self.header = header
    self.mapping = mapping
    self.seal = seal
    self.chunks = chunks
  }

  /// Lends the bytes of `range` if they are mapped, after a check that the file still holds them.
  func withMappedBytes<Result: ~Copyable>(
    _ range: Range<UInt64>, _ body: (RawSpan) throws(ModelError) -> Result
  ) throws(ModelError) -> Result? {
    guard let mapping else { return nil }
    do throws(FileError) {
      try mapping.checkStillWhole()
    } catch {
      throw ModelError(.file(error), file.path)
    }
    try verify(range)
    // A tensor without bytes may stand past the end: its place needs the padding before it, which a file may lack.
    return try mapping.withBytes(in: range.isEmpty ? 0..<0 : range, body)
  }

  /// Fills `buffer` with data from the file, after a check by the seal if that is asked for.
  func readData(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ModelError) {
    try verify(offset..<offset + UInt64(buffer.count))
    try read(into: buffer, at: offset)
  }

  /// Fills `buffer` from the file.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ModelError) {
    do throws(FileError) {
      try file.read(into: buffer, at: offset)
    } catch {
      throw ModelError(.file(error), file.path)
    }
  }
}
