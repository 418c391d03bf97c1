import IngotContainer
import IngotSeal

extension ModelShard {
  /// Fills `buffer` with bytes of the body; where the last padding is missing, with zeros.
  ///
  /// - Precondition: the bytes lie within the body.
  func readBody(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ModelError) {
    let present = Int(min(UInt64(buffer.count), file.byteCount - min(file.byteCount, offset)))
    try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<present]), at: offset)
    UnsafeMutableRawBufferPointer(rebasing: buffer[present...]).initializeMemory(as: UInt8.self, repeating: 0)
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
  func error(_ error: any Error) -> ModelError {
    switch error {
    case let error as ModelError: error
    case let error as SealError: ModelError(.seal(error), file.path)
    default:
      ModelError(.seal(SealError(.range, .file, found: "\(error)", expected: "a readable file")), file.path)
    }
  }
}
