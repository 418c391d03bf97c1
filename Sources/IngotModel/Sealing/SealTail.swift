import IngotContainer
import IngotEncodings
import IngotFiles
import IngotSeal
import SystemPackage

/// The end of a file where its seal is written, or from where it is taken.
///
/// Specification: `spec/seal.md`, clause L14.
struct SealTail {
  private let shard: ModelShard
  private let tail: FileTail

  var path: FilePath { shard.file.path }

  /// Opens a file for changes of its end.
  init(_ shard: ModelShard, calls: any SystemCalls) throws {
    tail = try FileTail(opening: shard.file.path, byteCount: shard.file.byteCount, calls: calls)
    guard tail.identity == shard.file.identity else {
      throw FileError(.changed, shard.file.path, operation: "open", detail: "was replaced")
    }
    self.shard = shard
  }

  /// Takes the space for all seals, before the first file is changed.
  ///
  /// - Throws: `FileError` where there is not enough; the files are then as they were.
  static func reserve(for seals: [Seal], _ tails: [SealTail]) throws {
    do {
      for (tail, seal) in zip(tails, seals) {
        try tail.tail.reserve(byteCount: seal.statement.bodyByteCount + seal.byteCount)
      }
    } catch {
      for tail in tails { tail.tail.release() }
      throw error
    }
  }

  /// Writes the seals of all files of a set.
  ///
  /// - Throws: As ``write(_:)``; the error says how many files have their seals.
  static func write(_ seals: [Seal], _ tails: [SealTail]) throws {
    for (index, (tail, seal)) in zip(tails, seals).enumerated() {
      do {
        try tail.write(seal)
      } catch let error as FileError where index > 0 {
        let count = "\(index) of the \(tails.count) files"
        throw error.adding(
          "\(count) \(index == 1 ? "has its" : "have their") new seal: seal the set again with --force, or unseal it"
        )
      }
    }
  }

  /// Writes a seal, in place of one that is there.
  ///
  /// The table header is on the disk before the rest, so that whatever a crash leaves can be told from foreign bytes; the
  /// footer comes when all else is there.
  ///
  /// - Throws: `FileError`, which says so if the old seal is lost, or if a part of the new one has stayed.
  func write(_ seal: Seal) throws {
    let end = try shard.unsealedByteCount
    let hadSeal = try shard.place != .nothing
    try tail.cut(to: end)
    do {
      let tables = seal.tables()
      let padding = [UInt8](repeating: 0, count: Int(shard.header.bodyByteCount - end))
      try tail.append(padding + tables[..<SealFormat.frameByteCount])
      try tail.sync()
      try tail.append(Array(tables[SealFormat.frameByteCount...]))
      try tail.sync()
      try tail.append(seal.footer())
      try tail.sync()
    } catch {
      // A full disk must not leave half a seal. If this fails too, the rest is recognised later.
      let isCut = (try? tail.cut(to: end)) != nil
      let rest = isCut ? 0 : tail.byteCount - end
      var states = hadSeal ? ["the old seal was cut off"] : []
      if rest > 0 {
        states.append(
          "what was written of the new one, \(rest.counted("byte")), could not be cut off: unseal the file")
      } else if hadSeal {
        states.append("the file is unsealed now")
      }
      guard !states.isEmpty else { throw error }
      throw error.adding(states.joined(separator: ", and "))
    }
  }

  /// Cuts off the seal, whole or unfinished.
  func remove() throws -> UnsealedFile? {
    let place = try shard.place
    switch place {
    case .nothing: return nil
    case .foreign: throw shard.foreignBytes(expected: "a seal: foreign bytes are not cut off")
    case .seal, .unfinished:
      let length = try shard.unsealedByteCount
      try tail.cut(to: length)
      do {
        try tail.sync()
      } catch {
        throw error.adding("the seal was cut off, but that may be lost in a power failure")
      }
      return UnsealedFile(
        path: path, byteCount: length, removedByteCount: shard.file.byteCount - length,
        wasUnfinished: place.isUnfinished)
    }
  }
}

extension FileError {
  /// The same error, with what has become of the files.
  func adding(_ state: String) -> FileError {
    let reason = detail ?? errno.map { "\($0)" } ?? operation
    return FileError(code, path, operation: operation, errno: errno, detail: "\(reason) (\(state))")
  }
}

extension ModelShard {
  /// The error of a file whose body is followed by what is no seal.
  func foreignBytes(expected: String) -> ModelError {
    error(
      SealError(
        .position, at: header.bodyByteCount, .file, found: "bytes after the body that are no seal",
        expected: expected))
  }

  /// Where a detached seal of the file stands.
  var detachedSealPath: FilePath {
    let name = file.path.lastComponent?.string ?? file.path.string
    return file.path.removingLastComponent().appending("\(name).\(SealFormat.detachedExtension)")
  }

  /// The length of the file without its seal.
  ///
  /// That is where the body ends, or where the file was seen to end when it was sealed, if there is only padding between.
  var unsealedByteCount: UInt64 {
    get throws(SealError) {
      let end = header.bodyByteCount
      guard file.byteCount > end else { return file.byteCount }
      do {
        guard let stated = try place.originalByteCount, stated < end else { return end }
        var padding = [UInt8](repeating: 0, count: Int(end - stated))
        try padding.withUnsafeMutableBytes { try read(into: $0, at: stated) }
        return padding.allSatisfy { $0 == 0 } ? stated : end
      } catch {
        throw SealError(
          .range, at: end, .file, found: "bytes that cannot be read", expected: "what follows the body")
      }
    }
  }
}
