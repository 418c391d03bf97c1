/// The bytes of an array's elements.
enum ArrayPayload: Sendable {
  /// In memory.
  case bytes([UInt8])
  /// In a file, until somebody asks for them.
  case deferred(DeferredPayload)

  var byteCount: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .deferred(let payload): payload.byteCount
    }
  }

  var bytes: [UInt8] {
    switch self {
    case .bytes(let bytes): bytes
    case .deferred(let payload): payload.bytes
    }
  }
}
