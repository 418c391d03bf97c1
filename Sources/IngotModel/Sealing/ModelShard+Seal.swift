import IngotContainer
import IngotFiles
import IngotSeal
import SystemPackage

extension ModelShard {
  /// Reads the seal that follows the body, or else the detached one beside the file; `nil` if there is neither.
  ///
  /// Its own checksums are checked. Whether it is the seal of these bytes is not: ``ModelVerifier`` says that.
  ///
  /// - Throws: ``ModelError`` with the code of a seal that is refused, or what the system reports.
  /// - Complexity: O(*n*) in the bytes of the seal.
  public func readSeal() throws(ModelError) -> Seal? {
    let path = try sealPath
    if path == file.path, file.byteCount <= header.bodyByteCount { return nil }
    do {
      return try seal(at: path)
    } catch {
      throw self.error(error)
    }
  }

  /// The file that holds the seal.
  var sealPath: FilePath {
    get throws(ModelError) {
      guard file.byteCount <= header.bodyByteCount else { return file.path }
      do throws(FileError) {
        _ = try FileIdentity(of: detachedSealPath)
        return detachedSealPath
      } catch {
        if error.code == .notFound { return file.path }
        throw ModelError(.file(error), detachedSealPath)
      }
    }
  }

  /// Reads the seal from the file itself, or from a file of its own.
  ///
  /// - Throws: ``SealError`` at bytes of this file; ``ModelError`` for those of a detached seal, and for what the system reports.
  func seal(at path: FilePath) throws -> Seal {
    guard path != file.path else {
      return try Seal(following: header, byteCount: file.byteCount) { try read(into: $1, at: $0) }
    }
    let seal: Seal
    do {
      let other = try RegularFile(opening: path)
      seal = try Seal(detachedFrom: header, byteCount: other.byteCount) { try other.read(into: $1, at: $0) }
    } catch {
      throw ModelError(error, path)
    }
    try seal.checkFile(byteCount: file.byteCount)
    return seal
  }
}
