import IngotContainer
import IngotEncodings

/// The tensors of a plan in the order of the output.
///
/// It is compact, whatever the number of tensors: a ``PlannedTensor`` is made when it is asked for.
public struct PlannedTensors: Sendable {
  /// What many tensors have in common.
  fileprivate struct Kind: Sendable, Hashable {
    let sourceType: String
    /// `nil` where the shape is that of the output, turned round.
    let sourceShape: [Int]?
    let transform: PlannedTensor.Transform
    let change: String?
    let reason: EncodingReason
    let importance: String?
    let secondMoments: String?
  }

  /// Names, dimensions and encodings in the output.
  private let table: TensorTable
  /// The names in the checkpoint, each after an equals sign, since one may be empty.
  ///
  /// Nothing where a name is that of the output; no list where all are.
  private let sourceNames: TextList?
  private let kinds: [Kind]
  /// The kind of each tensor.
  private let places: [UInt32]
  /// The part of the table that is planned.
  private var range: Range<Int>

  /// Describes tensors of a header.
  ///
  /// - Parameter builder: The same tensors, in the order of the header.
  init(_ header: ContainerHeader, _ builder: Builder) {
    table = header.tensors
    sourceNames = builder.sourceNames
    kinds = builder.kinds
    places = builder.places
    range = 0..<places.count
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
    let (info, kind) = (table[place], kinds[Int(places[place])])
    let sourceName = sourceNames?[place] ?? ""
    return PlannedTensor(
      sourceName: sourceName.isEmpty ? info.name : String(sourceName.unicodeScalars.dropFirst()),
      sourceType: kind.sourceType,
      sourceShape: kind.sourceShape ?? info.dimensions.reversed(), name: info.name,
      dimensions: info.dimensions, encoding: info.encoding, transform: kind.transform, change: kind.change,
      reason: kind.reason, byteCount: info.byteCount, importance: kind.importance,
      secondMoments: kind.secondMoments)
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
    fileprivate var sourceNames: TextList?
    fileprivate var kinds: [Kind] = []
    fileprivate var places: [UInt32] = []
    private var known: [Kind: UInt32] = [:]

    init(expectedCount: Int) { places.reserveCapacity(expectedCount) }

    mutating func append(_ tensor: PlannedTensor) {
      let isSame = tensor.sourceName.utf8.elementsEqual(tensor.name.utf8)
      if !isSame, sourceNames == nil {
        sourceNames = TextList()
        for _ in places { sourceNames?.append("") }
      }
      sourceNames?.append(isSame ? "" : "=" + tensor.sourceName)
      let isTurned = tensor.sourceShape.elementsEqual(tensor.dimensions.reversed())
      let kind = Kind(
        sourceType: tensor.sourceType, sourceShape: isTurned ? nil : tensor.sourceShape,
        transform: tensor.transform, change: tensor.change, reason: tensor.reason,
        importance: tensor.importance, secondMoments: tensor.secondMoments)
      if let last = places.last, kinds[Int(last)] == kind {
        places.append(last)
      } else if let place = known[kind] {
        places.append(place)
      } else {
        known[kind] = UInt32(kinds.count)
        places.append(UInt32(kinds.count))
        kinds.append(kind)
      }
    }
  }
}
