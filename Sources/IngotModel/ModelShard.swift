import IngotContainer
import IngotFiles
import SystemPackage

/// One file of a model: the only one, or one of a split set.
///
/// It stays open, and mapped, for as long as a model or a tensor uses it.
public final class ModelShard: Sendable {
  /// The file.
  public let file: RegularFile
  /// Its header: version, metadata, tensors and their layout.
  public let header: ContainerHeader

  /// Nil for positional access.
  private let mapping: MappedFile?

  init(opening path: FilePath, access: ModelFile.Access, limits: ParseLimits) throws(ModelError) {
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
    // A tensor without bytes may stand past the end: its place needs the padding before it, which a file may lack.
    return try mapping.withBytes(in: range.isEmpty ? 0..<0 : range, body)
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
