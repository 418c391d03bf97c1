extension HeaderParser {
  /// Reads all metadata entries: clauses C6 to C12.
  mutating func readMetadata(count: Int) throws(ContainerError) {
    for _ in 0..<count {
      subject = .file
      let field = cursor.offset
      let key = try key()
      subject = .key(key)
      let isNew = !metadata.contains(key)
      if !isNew {
        try settle(.uniqueKey, at: field, found: "the key a second time", expected: "unique keys")
      }
      let type = try type()
      let start = cursor.offset
      let isAlignment = isNew && key == ContainerFormat.alignmentKey
      if isAlignment, type != .uint32 {
        alignment = nil
        try settle(.alignment, at: start - 4, found: type.name, expected: "UINT32")
      }
      let value = try value(of: type)
      if isAlignment, type == .uint32 { try align(to: value, at: start) }
      if isNew { metadata.append(key, value, at: start) }
    }
    subject = .file
  }

  /// Clause C6.
  private mutating func key() throws(ContainerError) -> String {
    let field = cursor.offset
    let bytes = try sizedBytes(atMost: limits.keyByteCount, else: .keyLength)
    if bytes.isEmpty {
      try settle(.key, at: field, found: "an empty key", expected: "at least one byte")
    }
    if let fault = NameRules.firstFault(inKey: bytes) {
      try settle(
        .key, at: field + 8 + UInt64(fault), found: "byte \(bytes[fault])", expected: "ASCII without NUL")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Clause C9.
  private mutating func type() throws(ContainerError) -> MetadataType {
    let field = cursor.offset
    let id = try number(UInt32.self)
    guard let type = MetadataType(rawValue: id) else {
      throw error(.valueType, at: field, found: "value type \(id)", expected: "0 to 12")
    }
    return type
  }

  private mutating func value(of type: MetadataType) throws(ContainerError) -> MetadataValue {
    switch type {
    case .uint8: .uint8(try number(UInt8.self))
    case .int8: .int8(try number(Int8.self))
    case .uint16: .uint16(try number(UInt16.self))
    case .int16: .int16(try number(Int16.self))
    case .uint32: .uint32(try number(UInt32.self))
    case .int32: .int32(try number(Int32.self))
    case .uint64: .uint64(try number(UInt64.self))
    case .int64: .int64(try number(Int64.self))
    case .float32: .float32(Float(bitPattern: try number(UInt32.self)))
    case .float64: .float64(Double(bitPattern: try number(UInt64.self)))
    case .bool: .bool(try bool())
    case .string: .string(try string())
    case .array: .array(try array())
    }
  }

  /// Clause C10.
  private mutating func bool() throws(ContainerError) -> Bool {
    let field = cursor.offset
    let byte = try number(UInt8.self)
    if byte > 1 {
      try settle(.boolean, at: field, found: "a boolean of \(byte)", expected: "0 or 1")
    }
    return byte != 0
  }

  /// Clause C11.
  private mutating func string() throws(ContainerError) -> String {
    let field = cursor.offset
    let bytes = try sizedBytes(atMost: limits.stringByteCount, else: .stringLength)
    if let fault = bytes.firstInvalidUTF8 {
      try settle(
        .stringText, at: field + 8 + UInt64(fault), found: "bytes that are not UTF-8", expected: "UTF-8")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Clause C8.
  private mutating func align(to value: MetadataValue, at field: UInt64) throws(ContainerError) {
    let number = value.integer ?? 0
    guard NameRules.isAlignment(number, limits: limits) else {
      alignment = nil
      return try settle(
        .alignment, at: field, found: "\(number)",
        expected: "a power of two of at most \(limits.alignment)")
    }
    alignment = number
  }

  /// Clause C12.
  private mutating func array() throws(ContainerError) -> MetadataArray {
    let field = cursor.offset
    let context = ArrayWalk.Context(
      limits: limits, subject: subject, fileEnd: cursor.byteCount, report: report)
    let id = try number(UInt32.self)
    let head = try ArrayHead(
      id: id, count: try number(UInt64.self), at: field, depth: 1, in: context)
    if let array = deferred?.unwalked(head, at: cursor.offset, in: context) {
      try require(UInt64(array.payloadByteCount), for: field + 4)
      cursor.pass(array.payloadByteCount)
      return array
    }
    guard let stride = head.elementType.byteCount else { return try array(head, in: context) }

    let byteCount = head.count * stride
    try require(UInt64(byteCount), for: field + 4)
    let start = cursor.offset
    var isRead = true
    let payload = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initializedCount in
      isRead = cursor.copy(into: UnsafeMutableRawBufferPointer(buffer.extracting(..<byteCount)))
      initializedCount = isRead ? byteCount : 0
    }
    guard isRead else { throw readFailed }
    if head.elementType == .bool, let fault = payload.firstIndex(where: { $0 > 1 }) {
      try settle(
        .boolean, at: start + UInt64(fault), found: "a boolean of \(payload[fault])", expected: "0 or 1")
    }
    return MetadataArray(
      elementType: head.elementType, count: head.count, payload: payload, depth: 1, marks: [])
  }

  /// The elements of an array whose elements vary in size: walked first, then copied, unless they may stay in the file.
  private mutating func array(
    _ head: ArrayHead, in context: ArrayWalk.Context
  ) throws(ContainerError) -> MetadataArray {
    let start = cursor.offset
    let deferred = head.elementType == .string ? deferred : nil
    var walk = ArrayWalk(elementType: head.elementType, count: head.count)
    var payload: [UInt8] = []
    while !walk.isDone {
      try fill(walk.wanted)
      let walked = try walk.advance(over: cursor.window, at: cursor.offset, in: context)
      try require(UInt64(walked), for: start - 8)
      if deferred == nil || walk.byteCount < DeferredArrays.smallestByteCount {
        payload.append(contentsOf: cursor.window[..<walked])
      }
      cursor.skip(walked)
    }
    if let deferred, walk.byteCount >= DeferredArrays.smallestByteCount {
      return deferred.array(
        head, at: start, byteCount: walk.byteCount, marks: .walked(walk.marks), in: context)
    }
    return MetadataArray(
      elementType: head.elementType, count: head.count, payload: payload, depth: walk.depth,
      marks: walk.marks)
  }
}
