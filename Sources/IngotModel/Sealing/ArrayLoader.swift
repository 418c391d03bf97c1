import IngotContainer
import IngotFiles
import IngotSeal

/// Reads the arrays of a header that stay in its file, when somebody asks for them.
///
/// It reads by system calls whether the file is mapped or not: a copy of a few strings costs nothing, cannot change while it is
/// checked, and a file that was cut is an error.
struct ArrayLoader: Sendable {
  let file: RegularFile
  /// What the bytes are held to before they are used; nil where they are not, or have been already.
  var chunks: VerifiedChunks?

  /// The arrays of the file, of which those of an index are passed over.
  func arrays(of index: ArrayIndex? = nil) -> DeferredArrays {
    var entries: [UInt64: DeferredArrays.Entry] = [:]
    for entry in index?.entries ?? [] {
      guard let byteCount = Int(exactly: entry.byteCount) else { continue }
      entries[entry.offset] = DeferredArrays.Entry(byteCount: byteCount, marks: entry.marks)
    }
    return DeferredArrays(entries) { offset, buffer in try load(offset, buffer) }
  }

  private func load(_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws(ModelError) {
    do throws(VerifiedChunks.Fault) {
      try chunks?.verify(offset..<offset + UInt64(buffer.count))
    } catch {
      // The names of the tensors may not have been read yet.
      throw error.error(for: file) { _ in "the header" }
    }
    do throws(FileError) {
      try file.read(into: buffer, at: offset)
    } catch {
      throw ModelError(.file(error), file.path)
    }
  }
}
