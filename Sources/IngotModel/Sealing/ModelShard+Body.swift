import IngotContainer
import IngotFiles
import IngotSeal

extension ModelShard {
  /// Fills `buffer` with bytes of the body; where the last padding is missing, with zeros.
  ///
  /// - Precondition: the bytes lie within the body.
  func readBody(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ModelError) {
    do throws(FileError) {
      try file.readBody(into: buffer, at: offset)
    } catch {
      throw self.error(error)
    }
  }

  /// What stands after the body.
  var place: SealPlace {
    get throws(ModelError) {
      do {
        return try SealPlace(after: header, byteCount: file.byteCount) { try read(into: $1, at: $0) }
      } catch {
        throw self.error(error)
      }
    }
  }

  /// The error of a step that reads this file and its seal, whatever threw it.
  func error(_ error: any Error) -> ModelError { ModelError(error, file.path) }
}
