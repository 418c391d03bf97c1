extension ContainerHeader {
  /// Reads the header of a file of which all bytes are at hand, such as a mapping.
  ///
  /// Bytes after the body are no error here. Nothing is kept of `bytes`.
  ///
  /// - Throws: the code and offset of the first thing that is wrong.
  /// - Complexity: O(*n*) in the bytes of the header; the data is not touched.
  public init(parsing bytes: RawSpan, limits: ParseLimits = .default) throws(ContainerError) {
    try self.init(parsing: bytes, limits: limits, deferring: nil)
  }

  /// As the public one; passes over the arrays that `deferred` has, without touching their bytes.
  package init(
    parsing bytes: RawSpan, limits: ParseLimits, deferring deferred: DeferredArrays?
  ) throws(ContainerError) {
    self = try bytes.withUnsafeBytes { buffer throws(ContainerError) in
      var parser = HeaderParser(ByteCursor(buffer), limits: limits, deferring: deferred)
      return try parser.header()
    }
  }

  /// Reads the header of a file by positional reads, each of 4 to 64 KiB or the size of one longer string
  /// or array.
  ///
  /// - Parameters:
  ///   - byteCount: The size of the file.
  ///   - limits: What is accepted.
  ///   - reading: Fills the buffer with the bytes of the file from the offset on, or throws. It is called only
  ///     for ranges within `byteCount`.
  /// - Throws: ``ContainerError``, or what `reading` threw.
  public init(
    byteCount: UInt64, limits: ParseLimits = .default,
    reading: (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    try self.init(byteCount: byteCount, limits: limits, deferring: nil, reading: reading)
  }

  /// As the public one; passes over the arrays that `deferred` has.
  package init(
    byteCount: UInt64, limits: ParseLimits, deferring deferred: DeferredArrays?,
    reading: (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    self = try withoutActuallyEscaping(reading) { read in
      var parser = HeaderParser(
        ByteCursor(byteCount: byteCount, read: read), limits: limits, deferring: deferred)
      do {
        return try parser.header()
      } catch {
        throw parser.cursor.readFailure ?? error
      }
    }
  }
}
