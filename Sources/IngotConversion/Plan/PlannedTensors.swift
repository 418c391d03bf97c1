import IngotContainer
import IngotEncodings

/// The tensors of a plan in the order of the output.
///
/// It is compact, whatever the number of tensors: a ``PlannedTensor`` is made when it is asked for.
public struct PlannedTensors: Sendable {
  fileprivate struct Entry: Sendable {
    var firstDimension: Int
    /// How many there are; none where the shape is that of the output, turned round.
    var dimensionCount: UInt32?
    var sourceType: UInt32
    var change: UInt32?
    var importance: UInt32?
    var secondMoments: UInt32?
    var reason: UInt32
    var transform: PlannedTensor.Transform
  }

  /// Names, dimensions and encodings in the output.
  private let table: TensorTable
  private var entries: [Entry]
  /// The names in the checkpoint; empty where they are those of the output.
  private var sourceNames: TextList
  private var dimensions: [Int]
  private var texts: Interned<String>
  private var reasons: Interned<EncodingReason>
  /// The part of the table that is planned.
  private var range: Range<Int>

  /// Describes tensors of a header.
  ///
  /// - Parameter builder: The same tensors, in the order of the header.
  init(_ header: ContainerHeader, _ builder: Builder) {
    table = header.tensors
    entries = builder.entries
    sourceNames = builder.sourceNames
    dimensions = builder.dimensions
    texts = builder.texts
    reasons = builder.reasons
    range = 0..<entries.count
  }

  /// Some of the tensors.
  ///
  /// - Precondition: `range` is within the indices.
  func part(_ range: Range<Int>) -> PlannedTensors {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "no such tensors")
    var part = self
    part.range = self.range.lowerBound + range.lowerBound..<self.range.lowerBound + range.upperBound
    return part
  }

  /// The size of a tensor in the output, without padding.
  func byteCount(at position: Int) -> Int { table.byteCount(at: range.lowerBound + position) }
}

extension PlannedTensors: RandomAccessCollection {
  /// Zero.
  public var startIndex: Int { 0 }
  /// The number of tensors.
  public var endIndex: Int { range.count }

  /// The tensor at a place.
  ///
  /// - Precondition: `position` is less than `count`.
  /// - Complexity: O(*n*) in the bytes of the names.
  public subscript(position: Int) -> PlannedTensor {
    precondition(position >= 0 && position < range.count, "no such tensor")
    let place = range.lowerBound + position
    let (info, entry) = (table[place], entries[place])
    let sourceName = sourceNames[place]
    let shape = entry.dimensionCount.map {
      Array(dimensions[entry.firstDimension..<entry.firstDimension + Int($0)])
    }
    return PlannedTensor(
      sourceName: sourceName.isEmpty ? info.name : sourceName, sourceType: texts[entry.sourceType],
      sourceShape: shape ?? info.dimensions.reversed(), name: info.name, dimensions: info.dimensions,
      encoding: info.encoding, transform: entry.transform, change: entry.change.map { texts[$0] },
      reason: reasons[entry.reason], byteCount: info.byteCount,
      importance: entry.importance.map { texts[$0] }, secondMoments: entry.secondMoments.map { texts[$0] })
  }
}

extension PlannedTensors: Encodable {
  /// Encodes the tensors as an array.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for tensor in self { try container.encode(tensor) }
  }
}

extension PlannedTensors {
  /// Takes tensors one by one, as they are planned.
  struct Builder {
    fileprivate var entries: [Entry] = []
    fileprivate var sourceNames = TextList()
    fileprivate var dimensions: [Int] = []
    fileprivate var texts = Interned<String>()
    fileprivate var reasons = Interned<EncodingReason>()

    init(expectedCount: Int) {
      entries.reserveCapacity(expectedCount)
      sourceNames.reserveCapacity(expectedCount)
    }

    mutating func append(_ tensor: PlannedTensor) {
      let isTurned = tensor.sourceShape.elementsEqual(tensor.dimensions.reversed())
      entries.append(
        Entry(
          firstDimension: dimensions.count,
          dimensionCount: isTurned ? nil : UInt32(tensor.sourceShape.count),
          sourceType: texts.index(of: tensor.sourceType), change: tensor.change.map { texts.index(of: $0) },
          importance: tensor.importance.map { texts.index(of: $0) },
          secondMoments: tensor.secondMoments.map { texts.index(of: $0) },
          reason: reasons.index(of: tensor.reason), transform: tensor.transform))
      if !isTurned { dimensions += tensor.sourceShape }
      let isSame = tensor.sourceName.utf8.elementsEqual(tensor.name.utf8)
      sourceNames.append(isSame ? "" : tensor.sourceName)
    }
  }
}

/// Values of which many are alike, each kept once.
fileprivate struct Interned<Value: Hashable & Sendable>: Sendable {
  private var values: [Value] = []
  private var indices: [Value: UInt32] = [:]

  mutating func index(of value: Value) -> UInt32 {
    if let index = indices[value] { return index }
    let index = UInt32(values.count)
    values.append(value)
    indices[value] = index
    return index
  }

  subscript(index: UInt32) -> Value { values[Int(index)] }
}
