import IngotFiles
import SystemPackage

/// Standard input as a stream of bytes.
enum StandardInput {
  /// Fills the buffer as far as bytes are there, and gives their number; 0 at the end.
  static func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    do {
      return try FileDescriptor.standardInput.read(into: buffer)
    } catch let error as Errno {
      throw FileError(
        error == .isDirectory ? .notRegular : .io, "standard input", operation: "read", errno: error)
    }
  }
}
