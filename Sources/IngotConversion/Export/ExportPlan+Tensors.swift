import IngotCheckpoints
import IngotContainer
import IngotEncodings

extension ExportPlan {
  /// The tensors of an export in the order of the output.
  ///
  /// It is compact, whatever the number of tensors: it shares the tables of what is read, and a ``Tensor`` is made when it is
  /// asked for.
  public struct Tensors: Sendable {
    /// What many tensors have in common.
    struct Kind: Sendable, Hashable {
      let type: ElementType
      let sourceType: ElementType
      let transform: Transform
      /// Whether each element is a complex number that stays a pair: a dimension of two.
      let isPair: Bool
    }

    /// What the tensors are made of, in the order in which that stands.
    private enum Origin: Sendable {
      case restored(RestoredTensors)
      case derived(DerivedTensors)
    }

    private let origin: Origin
    private var kinds: [Kind] = []
    /// The kind of each tensor of the origin.
    private var kindPlaces: [UInt32] = []
    private var known: [Kind: UInt32] = [:]
    /// The places in the origin in the order of the output; none where that is its own.
    private var order: [UInt32] = []

    /// Starts with what a container says of tensors that keep their values.
    init(_ restored: RestoredTensors) {
      origin = .restored(restored)
      kindPlaces.reserveCapacity(restored.count)
    }

    /// Starts with what a family makes of tensors.
    init(_ derived: DerivedTensors) {
      origin = .derived(derived)
      kindPlaces.reserveCapacity(derived.count)
    }

    /// Adds the next tensor of the origin.
    ///
    /// - Throws: ``ConversionError`` `LAYOUT` where its bytes cannot be counted.
    mutating func append(_ kind: Kind) throws(ConversionError) {
      let place = kindPlaces.count
      if let last = kindPlaces.last, kinds[Int(last)] == kind {
        kindPlaces.append(last)
      } else if let number = known[kind] {
        kindPlaces.append(number)
      } else {
        known[kind] = UInt32(kinds.count)
        kindPlaces.append(UInt32(kinds.count))
        kinds.append(kind)
      }
      guard byteCount(ofPlace: place) != nil else {
        let label = label(ofPlace: place)
        throw ConversionError(.layout, tensor: label, "\(label.quoted) is too large")
      }
    }

    /// The same tensors, the widest elements first, and by name where these are alike.
    func sortedByWidth() -> Tensors {
      let widths = kinds.map(\.type.bitsPerElement)
      var names = TextList()
      names.reserveCapacity(count)
      for place in kindPlaces.indices { names.append(name(ofPlace: place)) }
      func isBefore(_ left: Int, _ right: Int) -> Bool {
        let (first, second) = (widths[Int(kindPlaces[left])], widths[Int(kindPlaces[right])])
        return first == second ? names.precedes(left, right) : first > second
      }
      var sorted = self
      sorted.order = []
      if kindPlaces.indices.dropFirst().contains(where: { isBefore($0, $0 - 1) }) {
        sorted.order = (0..<UInt32(count)).sorted { isBefore(Int($0), Int($1)) }
      }
      return sorted
    }
  }
}

extension ExportPlan.Tensors: RandomAccessCollection {
  /// Zero.
  public var startIndex: Int { 0 }
  /// The number of tensors.
  public var endIndex: Int { kindPlaces.count }

  /// The tensor at a place.
  ///
  /// - Precondition: `position` is less than `count`.
  /// - Complexity: O(*n*) in the bytes of the names.
  public subscript(position: Int) -> ExportPlan.Tensor {
    let place = place(at: position)
    let kind = kinds[Int(kindPlaces[place])]
    let byteCount = byteCount(ofPlace: place) ?? 0
    switch origin {
    case .restored(let restored):
      return ExportPlan.Tensor(
        name: restored.name(at: place), shape: restored.shape(at: place) + (kind.isPair ? [2] : []),
        type: kind.type, source: restored.stored.name(at: place), sourceType: kind.sourceType, change: nil,
        byteCount: byteCount, transform: kind.transform)
    case .derived(let derived):
      let tensor = derived[place]
      return ExportPlan.Tensor(
        name: tensor.name, shape: tensor.shape, type: kind.type, source: tensor.label,
        sourceType: kind.sourceType, change: tensor.change, byteCount: byteCount, transform: kind.transform)
    }
  }

  /// The name of the tensor at a place.
  func name(at position: Int) -> String { name(ofPlace: place(at: position)) }

  /// The bytes of the elements of the tensor at a place.
  func byteCount(at position: Int) -> Int { byteCount(ofPlace: place(at: position)) ?? 0 }

  /// The bytes of the elements of each tensor.
  var byteCounts: some RandomAccessCollection<UInt64> { indices.lazy.map { UInt64(byteCount(at: $0)) } }

  private func place(at position: Int) -> Int { order.isEmpty ? position : Int(order[position]) }
}

// By the places in the origin.
extension ExportPlan.Tensors {
  private func name(ofPlace place: Int) -> String {
    switch origin {
    case .restored(let restored): restored.name(at: place)
    case .derived(let derived): derived.name(at: place)
    }
  }

  private func label(ofPlace place: Int) -> String {
    switch origin {
    case .restored(let restored): restored.stored.name(at: place)
    case .derived(let derived): derived[place].label
    }
  }

  /// The bytes of the elements; `nil` where they are too many to count.
  private func byteCount(ofPlace place: Int) -> Int? {
    let kind = kinds[Int(kindPlaces[place])]
    let count: Int? =
      switch origin {
      case .restored(let restored): Checked.product(restored.elementCount(at: place), kind.isPair ? 2 : 1)
      case .derived(let derived): Checked.product(of: derived.shape(at: place))
      }
    return count.flatMap { kind.type.byteCount(elements: $0) }
  }
}
