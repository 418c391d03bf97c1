import IngotEncodings

extension ContainerHeader {
  /// Lays out a file: checks names, keys, shapes and limits, and places the tensors one after another.
  ///
  /// - Parameters:
  ///   - metadata: The metadata, in the order in which it is written.
  ///   - tensors: Names, shapes (the dimension that runs fastest first, one to four) and encodings, in order.
  ///   - alignment: The alignment of tensor data. `nil` takes that of the key `general.alignment`, or else 32. A
  ///     number decides, and the key is set to it, unless it is 32 and there is no such key.
  ///   - limits: What the reader of the file will accept.
  /// - Throws: `KEY`, `LIMIT`, `NESTING`, `ALIGN`, `NAME`, `DUPLICATE`, `DIMS`, `BLOCK`, `OVERFLOW`, all without an
  ///   offset.
  public init(
    metadata: Metadata,
    tensors: some Collection<(name: String, dimensions: [Int], encoding: Encoding)>,
    alignment: Int? = nil, limits: ParseLimits = .default
  ) throws(ContainerError) {
    guard tensors.count <= limits.effectiveTensorCount else {
      throw ContainerError(
        .countLimit, found: tensors.count.counted("tensor"),
        expected: "at most \(limits.effectiveTensorCount)")
    }
    let metadata = metadata.aligned(to: alignment)
    var draft = try HeaderDraft(for: metadata, expectedCount: tensors.count, limits: limits)
    try metadata.check(limits: limits)
    for tensor in tensors { try draft.append(tensor) }
    self = try draft.header(with: metadata)
  }

  /// The bytes of the file up to ``dataOffset``: version 3, little-endian, padded with zeros.
  ///
  /// For a header that was read from a canonical file these are the bytes that were read.
  ///
  /// - Complexity: O(*n*) in the bytes.
  public func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(dataOffset))
    encode { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Gives the bytes of ``encoded()`` in order, some 64 KiB at a time, or as many as one value of the metadata has.
  ///
  /// - Throws: what `body` throws.
  package func encode<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var bytes: [UInt8] = []
    func flush(atLeast count: Int) throws(Failure) {
      guard bytes.count >= count else { return }
      try bytes.span.bytes.withUnsafeBytes { buffer throws(Failure) in try body(buffer) }
      bytes.removeAll(keepingCapacity: true)
    }
    let piece = 64 << 10
    bytes.append(contentsOf: ContainerFormat.magic)
    bytes.append(littleEndian: ContainerFormat.version)
    bytes.append(littleEndian: UInt64(tensors.count))
    bytes.append(littleEndian: UInt64(metadata.count))
    for index in metadata.indices {
      metadata.encode(entryAt: index, into: &bytes)
      try flush(atLeast: piece)
    }
    for index in tensors.indices {
      tensors.encode(entryAt: index, into: &bytes)
      try flush(atLeast: piece)
    }
    bytes.append(contentsOf: repeatElement(0, count: Int(dataOffset - headerByteCount)))
    try flush(atLeast: 1)
  }
}

extension Metadata {
  /// The alignment that the metadata states, or the default.
  func alignment(limits: ParseLimits) throws(ContainerError) -> Int {
    let key = ContainerFormat.alignmentKey
    guard let value = self[key] else { return ContainerFormat.defaultAlignment }
    guard case .uint32(let number) = value, let alignment = Int(exactly: number),
      NameRules.isAlignment(alignment, limits: limits)
    else {
      throw ContainerError(
        .alignment, .key(key), found: value.integer.map { "\(value.type.name) \($0)" } ?? value.type.name,
        expected: "UINT32, a power of two of at most \(limits.alignment)")
    }
    return alignment
  }

  /// Checks what a writer must not emit.
  func check(limits: ParseLimits) throws(ContainerError) {
    guard count <= limits.keyCount else {
      throw ContainerError(
        .countLimit, found: count.counted("key"), expected: "at most \(limits.keyCount)")
    }
    for (key, value) in self {
      let byteCount = key.utf8.count
      guard byteCount > 0, key.firstFault(NameRules.firstFault(inKey:)) == nil else {
        throw ContainerError(
          .key, .key(key), found: byteCount == 0 ? "an empty key" : "NUL or a byte that is not ASCII",
          expected: "ASCII without NUL")
      }
      try limit(.keyLength, byteCount, limits.keyByteCount, "bytes of key", key)
      switch value {
      case .string(let text): try limit(.stringLength, text.utf8.count, limits.stringByteCount, "bytes", key)
      case .array(let array):
        try array.check(.key(key), limits: limits)
      default: break
      }
    }
    guard encodedByteCount <= limits.metadataByteCount else {
      throw ContainerError(
        .metadataSize, found: "\(encodedByteCount.counted("byte")) of metadata",
        expected: "at most \(limits.metadataByteCount)")
    }
  }

  private func limit(
    _ rule: ContainerRule, _ count: Int, _ most: Int, _ unit: String, _ key: String
  ) throws(ContainerError) {
    guard count <= most else {
      throw ContainerError(rule, .key(key), found: "\(count) \(unit)", expected: "at most \(most)")
    }
  }
}

extension MetadataArray {
  /// Checks the array, and what it holds, by the rules of the reader.
  fileprivate func check(_ subject: ContainerError.Subject, limits: ParseLimits) throws(ContainerError) {
    guard count <= limits.arrayCount else {
      throw ContainerError(
        .arrayCount, subject, found: count.counted("element"), expected: "at most \(limits.arrayCount)")
    }
    guard depth <= limits.effectiveNesting else {
      throw ContainerError(
        .nesting, subject, found: "\(depth.counted("level")) of arrays",
        expected: "at most \(limits.effectiveNesting)")
    }
    guard elementType.byteCount == nil else { return }
    var walk = ArrayWalk(elementType: elementType, count: count)
    let context = ArrayWalk.Context(limits: limits, subject: subject, fileEnd: UInt64(payload.count))
    do throws(ContainerError) {
      _ = try payload.span.bytes.withUnsafeBytes { bytes throws(ContainerError) in
        try walk.advance(over: bytes, at: 0, in: context)
      }
    } catch {
      throw ContainerError(error.rule, subject, found: error.found, expected: error.expected)
    }
  }
}

extension String {
  /// What `rule` finds in the UTF-8 bytes.
  func firstFault(_ rule: (UnsafeRawBufferPointer) -> Int?) -> Int? {
    var text = self
    return text.withUTF8 { rule(UnsafeRawBufferPointer($0)) }
  }
}
