/// The numbers of a repeated field, packed or one by one, wherever they stand among the other fields of a message.
///
/// They stay in the file. Of every 16,384th but the first the place is known, so that a range is read without what is before it.
///
/// Specification: `spec/onnx.md`, clause O2.4.
struct RepeatedNumbers: Sendable {
  /// How a number is written.
  enum Form: Sendable {
    case varint
    case fixed32
    case fixed64
  }

  /// A place between two numbers, and where the packed ones end that follow; at or before the place if none do.
  fileprivate struct Place: Sendable {
    var offset: UInt64
    var packedEnd: UInt64 = 0
  }

  private static let stride = 1 << 14

  // In an order that leaves no room between them: there may be a million of these.
  private let message: Range<UInt64>
  private var marks: [Place] = []
  private(set) var count = 0
  private let field: UInt8
  private let form: Form

  /// Counts the numbers, and passes each to `check` with its offset.
  ///
  /// - Parameter limit: No more than one beyond it are counted.
  init(
    _ field: UInt8, _ form: Form, of message: Range<UInt64>, in bytes: MessageBytes, limit: Int,
    check: (_ number: UInt64, _ offset: UInt64) throws -> Void
  ) throws {
    self.field = field
    self.form = form
    self.message = message
    var cursor = Cursor(self, at: Place(offset: message.lowerBound), in: bytes)
    while count <= limit {
      let place = cursor.place
      guard let (number, offset) = try cursor.next() else { break }
      try check(number, offset)
      if count > 0, count.isMultiple(of: Self.stride) { marks.append(place) }
      count += 1
    }
  }

  /// Passes the numbers of a range to `body`, in order.
  ///
  /// - Precondition: The range is within `0..<count`.
  func forEach(in range: Range<Int>, of bytes: MessageBytes, _ body: (_ number: UInt64) -> Void) throws {
    guard !range.isEmpty else { return }
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "not among the numbers")
    let mark = range.lowerBound / Self.stride
    let place = mark == 0 ? Place(offset: message.lowerBound) : marks[mark - 1]
    var cursor = Cursor(self, at: place, in: bytes)
    for index in mark * Self.stride..<range.upperBound {
      // They were all there when they were counted.
      guard let (number, _) = try cursor.next() else {
        throw bytes.refuse(
          .truncated, at: cursor.place.offset, found: "fewer numbers than before", expected: "\(count)")
      }
      if index >= range.lowerBound { body(number) }
    }
  }

  private struct Cursor {
    private let numbers: RepeatedNumbers
    private let bytes: MessageBytes
    private(set) var place: Place

    init(_ numbers: RepeatedNumbers, at place: Place, in bytes: MessageBytes) {
      self.numbers = numbers
      self.bytes = bytes
      self.place = place
    }

    mutating func next() throws -> (number: UInt64, offset: UInt64)? {
      while place.offset >= place.packedEnd {
        var walk = MessageWalk(place.offset..<numbers.message.upperBound, in: bytes)
        guard let field = try walk.next() else { return nil }
        guard field.number == UInt64(numbers.field) else {
          place.offset = walk.offset
          continue
        }
        switch (field.value, numbers.form) {
        case (.bytes(let range), _):
          place = Place(offset: range.lowerBound, packedEnd: range.upperBound)
        case (.varint(let number), .varint), (.fixed64(let number), .fixed64):
          place.offset = walk.offset
          return (number, field.valueOffset)
        case (.fixed32(let number), .fixed32):
          place.offset = walk.offset
          return (UInt64(number), field.valueOffset)
        default: throw bytes.wrong(field, expected: "one of the numbers, or several packed")
        }
      }
      let start = place.offset
      switch numbers.form {
      case .varint: return (try bytes.varint(at: &place.offset, before: place.packedEnd), start)
      case .fixed32: return (try fixed(4), start)
      case .fixed64: return (try fixed(8), start)
      }
    }

    private mutating func fixed(_ count: Int) throws -> UInt64 {
      guard UInt64(count) <= place.packedEnd - place.offset else {
        throw bytes.cut(at: place.offset, end: place.packedEnd, found: "the end within a number")
      }
      defer { place.offset += UInt64(count) }
      return try bytes.number(at: place.offset, count: count)
    }
  }
}
