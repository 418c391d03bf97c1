/// Goes over the elements of an array, and reads one that is in a file a part at a time.
struct ElementCursor {
  let elementType: MetadataType
  private let array: MetadataArray
  /// The elements after those of `payload`.
  private var next = 0
  /// Some elements, how many of them are left, and where the next one starts.
  private var payload: [UInt8] = []
  private var left = 0
  private var position = 0

  /// The numbers that are read at once.
  private static let partCount = 4096

  init(over array: MetadataArray) {
    self.array = array
    elementType = array.elementType
  }

  /// Decodes the next element, or gives `nil` after the last.
  mutating func next<Element>(_ decode: (UnsafeRawBufferPointer, Int) -> Element) -> Element? {
    if left == 0 {
      guard next < array.count else { return nil }
      fill()
    }
    left -= 1
    return payload.withUnsafeBytes { bytes in
      defer { position += bytes.byteCount(of: elementType, at: position) }
      return decode(bytes, position)
    }
  }

  private mutating func fill() {
    let (part, first) =
      switch array.storage {
      case .bytes: (array, 0)
      case .deferred(let payload): payload.partOrBlank(around: next, atMost: Self.partCount)
      }
    payload = part.payload
    // A part starts here, unless somebody has loaded the whole array meanwhile.
    left = part.count - (next - first)
    position = payload.withUnsafeBytes { part.position(of: next - first, in: $0) }
    next += left
  }
}
