import IngotCheckpoints
import IngotContainer
import IngotEncodings

/// What an export writes: every tensor with its name, shape and type, and what it is made of.
///
/// A model of a family that this release knows gets back the names and layouts of its checkpoint; what a generic
/// conversion had to change is undone by what the container says of it.
///
/// Specification: `spec/export.md`.
public struct ExportPlan: Sendable {
  /// Which names and layouts the tensors get.
  public enum Naming: Sendable {
    /// Those of the family that the container tells, else those of the container.
    case automatic
    /// Those of the container, and of the checkpoint where the container says what was changed.
    case generic
    /// Those of a family.
    case family(ModelFamily)
  }

  /// A tensor of the output.
  public struct Tensor: Sendable {
    /// The name.
    public let name: String
    /// The dimensions, slowest first.
    public let shape: [Int]
    /// What an element is.
    public let type: ElementType
    /// What it is made of, by the names in the container.
    public let source: String
    /// What the element of the source is, before it is decoded.
    public let sourceType: ElementType
    /// What becomes of it on the way, in words; `nil` where nothing does.
    public let change: String?
    /// The bytes of the elements.
    public let byteCount: Int
    /// How the elements that are read become those of the output.
    let transform: Transform
  }

  /// How elements of one type become those of another.
  enum Transform: Sendable, Hashable {
    /// As they are.
    case copy
    /// Out of the type that holds them exactly.
    case restore
    /// Out of F32, which holds them exactly too.
    case narrow
    /// As floats of another width.
    case encode(Encoding)
  }

  /// The tensors in the order of the output.
  public let tensors: Tensors
  /// The family whose names the tensors get; `nil` for those of the container.
  public let family: String?
  /// Names of tensors that are left out, since readers make them of the configuration.
  public let leftOut: [String]
  /// What a checkpoint said of itself before its conversion.
  let texts: [(name: String, value: String)]
  /// What the elements are read from: tensors by the names of their sources.
  let checkpoint: any Checkpoint

  /// The bytes of all elements.
  public var byteCount: UInt64 { Checked.clampedSum(tensors.byteCounts) }

  /// Plans an export.
  ///
  /// - Parameters:
  ///   - container: A model, or another checkpoint, whose names are then kept.
  ///   - naming: Which names the tensors get.
  ///   - floats: F32, F16 or BF16 for all floats; `nil` keeps each tensor's own type, and decodes quantized ones to F32.
  ///   - format: What is written, which may not have every type.
  /// - Throws: ``ConversionError`` where there is nothing to write, a tensor cannot be decoded, does not belong to the
  ///   family, or has a name that the format has not.
  /// - Precondition: `floats` is one of these.
  public init(
    _ container: any Checkpoint, naming: Naming = .automatic, floats: ElementType? = nil, format: ExportFormat
  ) throws(ConversionError) {
    precondition(floats.map { [.float32, .float16, .bfloat16].contains($0) } ?? true, "no type of floats")
    guard !container.tensors.isEmpty else {
      throw ConversionError(.nothingToDo, "\(container.name) has no tensor")
    }
    let decoded = try DecodedCheckpoint(container)
    let family: ModelFamily? =
      switch naming {
      case .automatic: ModelFamily.of(container)
      case .generic: nil
      case .family(let family): family
      }
    self.family = family?.name
    texts = Self.texts(container.metadata)
    let choice = TypeChoice(floats: floats, format: format)
    var tensors: Tensors
    if let family {
      let mapping = try ReversedMapping(decoded, family)
      let derived = try DerivedCheckpoint(mapping.derived, from: decoded)
      checkpoint = derived
      leftOut = mapping.leftOut
      tensors = Tensors(derived.derived)
      for tensor in derived.derived {
        let source = container.tensor(named: tensor.sources.first?.name ?? tensor.label)?.type ?? tensor.type
        try tensors.append(choice.kind(of: tensor.type, storedAs: source, originally: nil))
      }
    } else {
      let restored = RestoredTensors(container)
      try Self.checkNames(restored)
      checkpoint = decoded
      leftOut = []
      tensors = Tensors(restored)
      for place in restored.indices {
        try tensors.append(
          choice.kind(
            of: decoded.tensors.type(at: place), storedAs: restored.stored.type(at: place),
            originally: restored.originalType(at: place)))
      }
    }
    try format.check(names: tensors)
    self.tensors = format.order(tensors)
  }

  /// Checks that no two tensors had one name.
  private static func checkNames(_ restored: RestoredTensors) throws(ConversionError) {
    guard restored.isChanged else { return }
    var names = NameTable()
    names.reserveCapacity(restored.count)
    for place in restored.indices {
      let name = restored.name(at: place)
      if let other = names.index(of: name) {
        let (first, second) = (restored.stored.name(at: other), restored.stored.name(at: place))
        throw ConversionError(
          .layout, tensor: second,
          "\(first.quoted) and \(second.quoted) would both become \(name.quoted)")
      }
      names.append(name)
    }
  }

  /// The free texts of a safetensors header, which a generic conversion keeps.
  private static func texts(_ metadata: Metadata) -> [(name: String, value: String)] {
    let columns = ["ingot.checkpoint.metadata.keys", "ingot.checkpoint.metadata.values"].map {
      key -> [String] in
      guard case .array(let array)? = metadata[key] else { return [] }
      return array.strings.map(Array.init) ?? []
    }
    guard columns[0].count == columns[1].count else { return [] }
    var seen: Set<ExactName> = []
    return zip(columns[0], columns[1]).filter { seen.insert(ExactName($0.0)).inserted }
  }
}
