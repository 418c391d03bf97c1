/// What a validator learns from a header: everything that could be read, whatever is wrong with it.
///
/// Specification: `spec/conformance.md`, clauses F.
package struct HeaderExamination: Sendable {
  /// Where an entry of the tensor table stands.
  package struct Entry: Sendable {
    /// The name, repaired where it is not UTF-8.
    package let name: String
    /// Where the entry starts, with the length of the name.
    package let offset: UInt64
    /// Where the number of dimensions stands.
    package let shape: UInt64
    /// Where the offset of the data stands.
    package let data: UInt64

    /// The bytes of the name in the file.
    package var nameByteCount: UInt64 { shape - offset - 8 }
    /// The number of dimensions.
    package var dimensionCount: UInt64 { (data - shape - 8) / 8 }
  }

  /// The version; 3 where the walk did not reach it.
  package let version: UInt32
  /// The metadata as far as it was read; of a key that occurs twice the first value.
  package let metadata: Metadata
  /// The entries of the tensor table as far as they were read.
  package let entries: [Entry]
  /// The header, if the walk reached its end; without the tensors whose size is unknown.
  package let header: ContainerHeader?
  /// Whether the end of the body is that of `header`; not after an alignment or a last tensor that is none.
  package let isBodyEndKnown: Bool

  /// Walks over the header of a file to its end, or to a fault that hides the rest.
  ///
  /// - Parameters:
  ///   - byteCount: The size of the file.
  ///   - limits: What is accepted.
  ///   - reading: Fills the buffer with the bytes of the file from the offset on, or throws.
  ///   - report: Takes each fault, in the order of the walk. A reader throws the first of them.
  /// - Throws: what `reading` throws.
  package init(
    byteCount: UInt64, limits: ParseLimits,
    reading: (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void,
    report: (ContainerError) -> Void
  ) throws {
    self = try withoutActuallyEscaping(reading) { read in
      try withoutActuallyEscaping(report) { report in
        var parser = HeaderParser(
          ByteCursor(byteCount: byteCount, read: read), limits: limits, report: report)
        let header = Self.header(of: &parser)
        if let failure = parser.cursor.readFailure { throw failure }
        return Self(
          version: parser.version, metadata: parser.metadata, entries: parser.entries, header: header,
          isBodyEndKnown: header != nil && parser.isPlaceKnown && parser.alignment != nil)
      }
    }
  }

  private init(
    version: UInt32, metadata: Metadata, entries: [Entry], header: ContainerHeader?, isBodyEndKnown: Bool
  ) {
    self.version = version
    self.metadata = metadata
    self.entries = entries
    self.header = header
    self.isBodyEndKnown = isBodyEndKnown
  }

  private static func header(of parser: inout HeaderParser) -> ContainerHeader? {
    do throws(ContainerError) {
      return try parser.header()
    } catch {
      if parser.cursor.readFailure == nil { parser.report?(error) }
      return nil
    }
  }
}
