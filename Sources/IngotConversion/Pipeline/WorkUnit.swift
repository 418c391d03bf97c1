import IngotEncodings

/// A stretch of one tensor that is read, encoded and written in one go.
struct Segment: Sendable {
  /// The position of the tensor in the plan.
  let tensor: Int
  /// The values of the tensor, cut where blocks of the source and of the output both begin.
  let elements: Range<Int>
  /// The size of these values in the output.
  let outputByteCount: Int
  /// Zero bytes that follow, after the last segment of a tensor.
  let paddingByteCount: Int
}

/// Consecutive segments of about equal work: a part of one large tensor or several small ones.
struct WorkUnit: Sendable {
  /// The place in the order of the output.
  let index: Int
  /// What to do, in the order of the output.
  let segments: [Segment]

  /// The size of the unit in the output.
  var outputByteCount: Int { segments.reduce(0) { $0 + $1.outputByteCount + $1.paddingByteCount } }
}

/// Cuts a plan into work units, in the order of the output.
///
/// What is written depends on the plan alone, never on where it is cut, and a block is never cut. Where errors make up for
/// each other no row is cut, and no stretch holds rows of two experts.
struct WorkUnits: Sequence, IteratorProtocol {
  /// The most values in a unit: 1 MiB as doubles, and half that as single-precision floats, so that a unit stays
  /// in the cache of its core.
  static let elementLimit = 128 * 1024
  /// Padding counts too: small tensors at a large alignment are mostly padding.
  static let byteLimit = 1024 * 1024

  /// The most segments: tensors without values take none of the limits above.
  static let segmentLimit = 4096

  private let plan: ConversionPlan
  private let elementLimit: Int
  private let byteLimit: Int
  private var tensor = 0
  private var element = 0
  private var index = 0

  /// - Parameter elementLimit: The most values in a unit, a multiple of 256.
  init(_ plan: ConversionPlan, elementLimit: Int = Self.elementLimit) {
    self.plan = plan
    self.elementLimit = elementLimit
    byteLimit = elementLimit * (Self.byteLimit / Self.elementLimit)
  }

  mutating func next() -> WorkUnit? {
    guard tensor < plan.tensors.count else { return nil }
    var segments: [Segment] = []
    var elements = 0
    var bytes = 0
    while tensor < plan.tensors.count {
      let segment = nextSegment(limit: elementLimit - elements)
      guard let segment else { break }
      segments.append(segment)
      elements += segment.elements.count
      bytes += segment.outputByteCount + segment.paddingByteCount
      if elements >= elementLimit || bytes >= byteLimit || segments.count >= Self.segmentLimit { break }
    }
    defer { index += 1 }
    return WorkUnit(index: index, segments: segments)
  }

  /// The next stretch of at most `limit` values, or `nil` where not one more whole block fits.
  private mutating func nextSegment(limit: Int) -> Segment? {
    let current = tensor
    let planned = plan.tensors[current]
    let total = planned.elementCount
    var end = total - element <= limit ? total : element + limit / Self.cut * Self.cut
    if planned.secondMoments != nil, element < total {
      let row = planned.dimensions[0]
      let expert = row * (planned.dimensions.count > 1 ? planned.dimensions[1] : 1)
      // A unit that has room for all it may hold takes a row of any length.
      let rows = Swift.max(limit / row, limit == elementLimit ? 1 : 0)
      end = Swift.min(element + rows * row, (element / expert + 1) * expert)
    }
    guard end > element || total == 0 else { return nil }
    let range = element..<end
    let isLast = end == total
    tensor += isLast ? 1 : 0
    element = isLast ? 0 : end
    return Segment(
      tensor: current, elements: range,
      outputByteCount: planned.encoding.byteCount(elements: range.count) ?? 0,
      paddingByteCount: isLast ? Int(plan.header.paddingByteCount(after: UInt64(planned.byteCount))) : 0)
  }

  /// A multiple of the block size of every encoding.
  private static let cut = 256
}
