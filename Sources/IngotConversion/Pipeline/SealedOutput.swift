import IngotContainer
import IngotFiles
import IngotSeal

/// A model on its way into a file: every byte is digested as it is written, if it is to be sealed.
struct SealedOutput {
  private let file: AtomicFile
  private var digester: BodyDigester?

  /// Writes the header.
  init(_ file: AtomicFile, _ header: ContainerHeader, _ digest: SealDigest?) throws {
    self.file = file
    // The index tells where arrays stand in the file.
    digester = try digest.map { try BodyDigester(header.located(), $0) }
    try header.encode { try write($0) }
  }

  /// Writes bytes that follow.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    try file.write(bytes)
    digester?.update(bytes)
  }

  /// The digests of the body, when all of it is written; `nil` if it is not to be sealed.
  mutating func finish() -> BodyDigests? { digester.take()?.finish() }
}
