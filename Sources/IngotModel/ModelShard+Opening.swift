import IngotContainer
import IngotFiles
import IngotSeal
import SystemPackage

extension ModelShard {
  /// Opens a file and holds it to its seal, as far as is asked for.
  static func open(
    _ path: FilePath, access: ModelFile.Access, limits: ParseLimits, seal check: SealCheck,
    calls: any SystemCalls
  ) throws(ModelError) -> ModelShard {
    do {
      let file = try RegularFile(opening: path, calls: calls)
      let mapping = access == .mapped ? try MappedFile(file) : nil
      if check.mayUseIndex, let shard = openByIndex(file, mapping, limits: limits, seal: check) {
        try shard.verifyAtOpening(check.verification, isHeaderRead: false)
        return shard
      }
      let header = try header(of: file, mapping, limits: limits, deferring: ArrayLoader(file: file).arrays())
      // All of it has been walked, and what is read again is read by system calls.
      mapping?.forgetPages(upTo: header.headerByteCount)
      let shard = ModelShard(file: file, header: header, mapping: mapping)
      guard let seal = try shard.openSeal(check) else { return shard }
      let sealed = ModelShard(
        file: file, header: header, mapping: mapping, seal: seal,
        chunks: check.verification == .never ? nil : VerifiedChunks(seal, of: file, mapping: mapping))
      try sealed.verifyAtOpening(check.verification, isHeaderRead: true)
      return sealed
    } catch {
      throw ModelError(error, path)
    }
  }

  /// Opens a file that is trusted, or signed by a trusted key, by the index of its seal.
  ///
  /// - Returns: nil where that is not possible for whatever reason: the walk over the whole header then says what is wrong.
  private static func openByIndex(
    _ file: RegularFile, _ mapping: MappedFile?, limits: ParseLimits, seal check: SealCheck
  ) -> ModelShard? {
    do {
      let read: Seal.Reading = { try file.read(into: $1, at: $0) }
      let seal = try Seal(atEndOf: file.byteCount, reading: read)
      try check.policy.check(seal)
      let chunks = check.verification == .never ? nil : VerifiedChunks(seal, of: file, mapping: mapping)
      // By reads: to touch a few pages of a mapping makes the system read many more ahead, the skipped ones among them.
      let header = try header(
        of: file, nil, limits: limits,
        deferring: ArrayLoader(file: file, chunks: chunks).arrays(of: seal.index))
      guard header.bodyByteCount == seal.statement.bodyByteCount,
        header.leastByteCount <= seal.statement.originalByteCount
      else { return nil }
      try SealVerifier(seal, of: header).checkSkeleton(reading: read)
      return ModelShard(file: file, header: header, mapping: mapping, seal: seal, chunks: chunks)
    } catch {
      return nil
    }
  }

  private static func header(
    of file: RegularFile, _ mapping: MappedFile?, limits: ParseLimits, deferring arrays: DeferredArrays
  ) throws -> ContainerHeader {
    // A mapping is faster than reads for a header of some MB.
    guard let mapping else {
      return try ContainerHeader(byteCount: file.byteCount, limits: limits, deferring: arrays) {
        try file.read(into: $1, at: $0)
      }
    }
    return try mapping.withBytes { bytes throws(ContainerError) in
      try ContainerHeader(parsing: bytes, limits: limits, deferring: arrays)
    }
  }
}
