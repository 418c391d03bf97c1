/// A walk over the payload of an array of strings or of arrays, as far as the bytes at hand reach.
///
/// It validates each string and each inner array, notes where every 64th element starts, and keeps the arrays
/// that it is within on a list, not on the stack.
struct ArrayWalk {
  /// What a walk needs to know of the file around it.
  struct Context {
    let limits: ParseLimits
    let subject: ContainerError.Subject
    /// The offset that no element may reach past.
    let fileEnd: UInt64
    /// Takes the faults after which the walk can go on; without it they end the walk.
    var report: ((ContainerError) -> Void)?

    /// Reports a fault after which the walk can go on, or throws it.
    func settle(_ fault: ContainerError) throws(ContainerError) {
      guard let report else { throw fault }
      report(fault)
    }
  }

  /// An array that is not yet walked to its end.
  private struct Level {
    let elementType: MetadataType
    let count: Int
    var walked = 0
    var isFaulty = false
  }

  private var levels: [Level]
  /// Where in the payload the elements 0, 64, 128, … start.
  private(set) var marks: [Int] = []
  /// The levels of arrays so far.
  private(set) var depth: Int
  /// The bytes walked.
  private(set) var byteCount = 0
  /// The bytes that must be at hand to go on.
  private(set) var wanted = 0

  /// A walk over `count` elements of a type whose size varies.
  init(elementType: MetadataType, count: Int) {
    levels = [Level(elementType: elementType, count: count)]
    depth = elementType == .array ? 2 : 1
    // `count` has been compared with what remains.
    marks.reserveCapacity(count / MetadataArray.markStride + 1)
  }

  /// Whether the end of the payload is reached.
  var isDone: Bool { levels.isEmpty }

  /// Walks over `bytes`, which stand at `offset` in the file, until they end or the array does.
  ///
  /// - Returns: the number of bytes walked.
  mutating func advance(
    over bytes: UnsafeRawBufferPointer, at offset: UInt64, in context: Context
  ) throws(ContainerError) -> Int {
    var step = Step(bytes: bytes, offset: offset, context: context, base: byteCount)
    wanted = 0
    while wanted == 0, var level = levels.popLast() {
      if level.walked == level.count { continue }
      switch level.elementType {
      case .string:
        level.walked += try walkStrings(level, with: &step)
        levels.append(level)
      case .array:
        if levels.isEmpty { mark(level.walked, at: step) }
        guard let inner = try step.arrayHead(depth: levels.count + 2) else {
          wanted = 12
          levels.append(level)
          continue
        }
        level.walked += 1
        levels.append(level)
        levels.append(Level(elementType: inner.elementType, count: inner.count))
        depth = max(depth, levels.count + (inner.elementType == .array ? 1 : 0))
      default:
        let walked = try step.scalars(
          level.elementType, atMost: level.count - level.walked, isFaulty: &level.isFaulty)
        level.walked += walked
        if walked == 0 { wanted = level.elementType.smallestByteCount }
        levels.append(level)
      }
    }
    byteCount += step.position
    return step.position
  }

  /// Notes the start of an element of the outermost array, once.
  private mutating func mark(_ index: Int, at step: borrowing Step) {
    if index == marks.count * MetadataArray.markStride { marks.append(step.base + step.position) }
  }

  /// Walks over strings: the loop in which the time of a large vocabulary goes.
  private mutating func walkStrings(
    _ level: Level, with step: inout Step
  ) throws(ContainerError) -> Int {
    let isOutermost = levels.isEmpty
    let stride = MetadataArray.markStride
    var index = level.walked
    while index < level.count {
      if isOutermost { mark(index, at: step) }
      // Up to the next mark.
      let passed = step.shortStrings(atMost: min(level.count - index, stride - index % stride))
      if passed > 0 {
        index += passed
        continue
      }
      guard let length = try step.stringLength() else {
        wanted = 8
        break
      }
      guard step.bytes.count - step.position - 8 >= length else {
        wanted = 8 + length
        break
      }
      try step.string(length)
      index += 1
    }
    return index - level.walked
  }
}
