import Dispatch
import IngotFiles
import IngotSeal
import Synchronization

/// The chunks of a file, each held to the seal before its first use, once.
final class VerifiedChunks: Sendable {
  /// Why a chunk may not be used.
  enum Fault: Error {
    /// It is not what was sealed.
    case damaged(Int, SealStatement)
    /// It cannot be read.
    case unreadable(FileError)

    /// What is told of it, with what a stretch of the file holds.
    func error(for file: RegularFile, _ contents: (Range<UInt64>) -> String) -> ModelError {
      switch self {
      case .damaged(let chunk, let statement):
        let error = SealVerifier.damage(
          statement, chunk: chunk, in: contents(statement.range(ofChunk: chunk)))
        return ModelError(.seal(error), file.path)
      case .unreadable(let error): return ModelError(.file(error), file.path)
      }
    }
  }

  let seal: Seal
  private let file: RegularFile
  private let mapping: MappedFile?
  private let known: CheckedOnce

  /// Nothing has been checked yet.
  init(_ seal: Seal, of file: RegularFile, mapping: MappedFile?) {
    self.seal = seal
    self.file = file
    self.mapping = mapping
    known = CheckedOnce(count: seal.statement.chunkCount)
  }

  /// Checks the chunks that hold bytes of `range`, those that have not been checked before.
  func verify(_ range: Range<UInt64>) throws(Fault) {
    let statement = seal.statement
    for index in statement.chunks(in: range.clamped(to: 0..<statement.bodyByteCount)) {
      try verify(chunk: index)
    }
  }

  /// Checks all chunks, on all cores; of several faults the first in the order of the file is told.
  func verifyAll() throws(Fault) {
    let failure = Mutex<(chunk: Int, fault: Fault)?>(nil)
    DispatchQueue.concurrentPerform(iterations: seal.statement.chunkCount) { index in
      guard failure.withLock({ $0.map { index < $0.chunk } ?? true }) else { return }
      do throws(Fault) {
        try verify(chunk: index)
      } catch {
        failure.withLock { if $0.map({ index < $0.chunk }) ?? true { $0 = (index, error) } }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.fault }
  }

  private func verify(chunk index: Int) throws(Fault) {
    try known.check(index) { () throws(Fault) in
      do throws(FileError) {
        let digest = try digest(ofChunk: index)
        if seal.matches(digest[...], chunk: index) { return }
      } catch {
        throw .unreadable(error)
      }
      throw .damaged(index, seal.statement)
    }
  }

  /// The digest of a chunk, from the mapping where there is one; nothing is copied then.
  private func digest(ofChunk index: Int) throws(FileError) -> [UInt8] {
    let range = seal.statement.range(ofChunk: index)
    var state = ChunkDigest(seal.statement.digest, index: index, byteCount: range.count)
    var position = range.lowerBound
    if let mapping {
      try mapping.checkStillWhole()
      let present = range.clamped(to: 0..<mapping.byteCount)
      mapping.withBytes(in: present) { bytes in bytes.withUnsafeBytes { state.update($0) } }
      position = max(position, present.upperBound)
    }
    guard position < range.upperBound else { return state.finish() }
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Int(min(256 << 10, range.upperBound - position)), alignment: 64)
    defer { buffer.deallocate() }
    while position < range.upperBound {
      let count = Int(min(UInt64(buffer.count), range.upperBound - position))
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      try file.readBody(into: part, at: position)
      state.update(UnsafeRawBufferPointer(part))
      position += UInt64(count)
    }
    return state.finish()
  }
}

extension RegularFile {
  /// Fills `buffer` with bytes of a body; where the file has ended before its last padding, with zeros.
  ///
  /// - Precondition: the bytes lie within the body.
  func readBody(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(FileError) {
    let present = Int(min(UInt64(buffer.count), byteCount - min(byteCount, offset)))
    try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<present]), at: offset)
    UnsafeMutableRawBufferPointer(rebasing: buffer[present...]).initializeMemory(as: UInt8.self, repeating: 0)
  }
}
