import IngotContainer
import IngotFiles
import IngotSeal
import SystemPackage

/// Reads the arrays of a header that were passed over, when somebody asks for them.
struct ArrayLoader: Sendable {
  let file: RegularFile
  /// What the bytes are held to; nil where they are not.
  let seal: Seal?

  /// The arrays that the index of a seal has.
  func arrays(of index: ArrayIndex) -> DeferredArrays {
    var entries: [UInt64: DeferredArrays.Entry] = [:]
    for entry in index.entries {
      guard let byteCount = Int(exactly: entry.byteCount) else { continue }
      entries[entry.offset] = DeferredArrays.Entry(byteCount: byteCount, marks: entry.marks)
    }
    return DeferredArrays(entries) { offset, buffer in try load(offset, buffer) }
  }

  private func load(_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws {
    if let seal {
      let statement = seal.statement
      for index in statement.chunks(in: offset..<offset + UInt64(buffer.count)) {
        let range = statement.range(ofChunk: index)
        var bytes = [UInt8](repeating: 0, count: range.count)
        try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: range.lowerBound) }
        guard bytes.withUnsafeBytes({ seal.matches($0, chunk: index) }) else {
          let error = SealError(
            .damaged, at: range.lowerBound, .chunk(index),
            found: "other bytes from \(range.lowerBound) to \(range.upperBound), in the header",
            expected: "those that were sealed")
          throw ModelError(.seal(error), file.path)
        }
      }
    }
    try file.read(into: buffer, at: offset)
  }
}

extension ModelShard {
  /// Opens a file that is trusted, or signed by a trusted key, by the index of its seal.
  ///
  /// - Returns: nil where that is not possible for whatever reason: the walk over the whole header then says what is wrong.
  static func openByIndex(
    _ path: FilePath, access: ModelFile.Access, limits: ParseLimits, seal check: SealCheck
  ) throws(ModelError) -> ModelShard? {
    do {
      let file = try RegularFile(opening: path)
      let mapping = access == .mapped ? try MappedFile(file) : nil
      let read: Seal.Reading = { try file.read(into: $1, at: $0) }
      let seal = try Seal(atEndOf: file.byteCount, reading: read)
      try check.policy.check(seal)

      let loader = ArrayLoader(file: file, seal: check.verification == .onAccess ? seal : nil)
      let arrays = loader.arrays(of: seal.index)
      let header =
        if let mapping {
          try mapping.withBytes { bytes throws(ContainerError) in
            try ContainerHeader(parsing: bytes, limits: limits, deferring: arrays)
          }
        } else {
          try ContainerHeader(byteCount: file.byteCount, limits: limits, deferring: arrays, reading: read)
        }
      guard header.bodyByteCount == seal.statement.bodyByteCount,
        header.leastByteCount <= seal.statement.originalByteCount
      else { return nil }
      try SealVerifier.checkSkeleton(seal, headerByteCount: header.headerByteCount, reading: read)
      return ModelShard(file: file, header: header, mapping: mapping, seal: seal)
    } catch {
      return nil
    }
  }
}
