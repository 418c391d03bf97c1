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
  private let chunks: VerifiedChunks?

  init(opening path: FilePath, access: ModelFile.Access, limits: ParseLimits) throws(ModelError) {
    seal = nil
    chunks = nil
    do {
      let file = try RegularFile(opening: path)
      switch access {
      case .mapped:
        // Twice as fast as reading for a header of some MB.
        let mapping = try MappedFile(file)
        header = try mapping.withBytes { bytes throws(ContainerError) in
          try ContainerHeader(parsing: bytes, limits: limits)
        }
        self.mapping = mapping
      case .positional:
        header = try ContainerHeader(byteCount: file.byteCount, limits: limits) { offset, buffer in
          try file.read(into: buffer, at: offset)
        }
        mapping = nil
      }
      self.file = file
    } catch let error as ContainerError {
      throw ModelError(.container(error), path)
    } catch let error as FileError {
      throw ModelError(.file(error), path)
    } catch {
      // Nothing else is thrown above.
      throw ModelError(.file(FileError(.io, path, operation: "open")), path)
    }
  }

  /// A file whose header has been read; its chunks, if there are any here, are checked when they are touched.
  init(
    file: RegularFile, header: ContainerHeader, mapping: MappedFile?, seal: Seal,
    chunks: VerifiedChunks? = nil
  ) {
    self.file = file
    self.header = header
    self.mapping = mapping
    self.seal = seal
    self.chunks = chunks
  }

  /// Opens a file and holds it to its seal, as far as is asked for.
  static func open(
    _ path: FilePath, access: ModelFile.Access, limits: ParseLimits, seal check: SealCheck
  ) throws(ModelError) -> ModelShard {
    if check.mayUseIndex,
      let shard = try openByIndex(path, access: access, limits: limits, seal: check), let seal = shard.seal
    {
      guard check.verification != .never else { return shard }
      let chunks = VerifiedChunks(SealVerifier(seal, of: shard.header))
      if check.verification == .fully { try shard.verifyAll(chunks) }
      return shard.checking(chunks)
    }
    let shard = try ModelShard(opening: path, access: access, limits: limits)
    guard let chunks = try shard.openSeal(check) else { return shard }
    switch check.verification {
    case .never: break
    // The metadata has been read already.
    case .onAccess: try shard.verify(0..<shard.header.headerByteCount, chunks)
    case .fully: try shard.verifyAll(chunks)
    }
    return shard.checking(chunks, onAccess: check.verification != .never)
  }

  /// The same file, with its seal; and, unless that is not asked for, with checks on access.
  private func checking(_ chunks: VerifiedChunks, onAccess: Bool = true) -> ModelShard {
    ModelShard(
      file: file, header: header, mapping: mapping, seal: chunks.verifier.seal,
      chunks: onAccess ? chunks : nil)
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
    if let chunks { try verify(range, chunks) }
    // A tensor without bytes may stand past the end: its place needs the padding before it, which a file may lack.
    return try mapping.withBytes(in: range.isEmpty ? 0..<0 : range, body)
  }

  /// Fills `buffer` with data from the file, after a check by the seal if that is asked for.
  func readData(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ModelError) {
    if let chunks { try verify(offset..<offset + UInt64(buffer.count), chunks) }
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
