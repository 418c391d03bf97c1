import IngotContainer
import IngotFiles
import IngotSeal

/// A model on its way into a file, with its seal if there is to be one: every byte is digested as it is written.
struct SealedOutput {
  private let file: AtomicFile
  private var digester: BodyDigester?

  /// Writes the header.
  init(_ file: AtomicFile, _ header: ContainerHeader, _ digest: SealDigest?) throws {
    self.file = file
    let bytes = header.encoded()
    if let digest {
      // The index tells where arrays stand in a file, which a header that was made in memory does not know.
      let read = try ContainerHeader(byteCount: header.bodyByteCount, limits: .default) { offset, buffer in
        let start = min(Int(clamping: offset), bytes.count)
        let count = min(buffer.count, bytes.count - start)
        buffer.copyBytes(from: bytes[start..<start + count])
      }
      digester = try BodyDigester(read, digest)
    }
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Writes bytes that follow.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    try file.write(bytes)
    digester?.update(bytes)
  }

  /// Writes the seal, when all of the body is written.
  mutating func finish() throws {
    guard let digester = digester.take() else { return }
    try file.write(try Seal(digester.finish()).encoded())
  }
}
