import IngotCheckpoints
import IngotContainer
import IngotEncodings

/// All that a conversion will do, as a value: the header of the output, and the source and transform of each tensor.
///
/// Nothing of the data has been read; every size is known. The same checkpoint and options give the same plan.
public struct ConversionPlan: Sendable {
  /// The tensors in the order of the output.
  public let tensors: PlannedTensors
  /// The header of the output: metadata, tensor table and layout.
  public let header: ContainerHeader
  /// The name of the family that the model is converted as; `nil` where the names of the checkpoint are kept.
  public let family: String?
  /// How hard the encoders search.
  public let effort: Effort
  /// The weights of the errors, of which ``PlannedTensor/importance`` names those of a tensor.
  public let importance: ImportanceMatrix?
  /// The second moments, of which ``PlannedTensor/secondMoments`` names those of a tensor.
  public let secondMoments: SecondMomentFile?
  /// The place of the output in a split set; `nil` for a file that holds all tensors.
  public let position: SplitPosition?
  /// What will be done as it was asked for, though it may not be meant.
  public let warnings: [String]

  /// Plans the conversion of a checkpoint whose tensor names are kept as they are.
  ///
  /// - Throws: ``ConversionError`` where the request cannot be done, and `ContainerError` where the metadata of the
  ///   checkpoint does not fit into the container.
  /// - Complexity: O(*n* · *r*) for *n* tensors and *r* rules; no tensor data is read.
  public init(_ checkpoint: any Checkpoint, options: ConversionOptions = ConversionOptions()) throws {
    guard !checkpoint.tensors.isEmpty else {
      throw ConversionError(.nothingToDo, "the checkpoint holds no tensor")
    }
    try Self.check(options)
    var policy = try EncodingPolicy(options, isContainer: checkpoint.format == .gguf)
    let tensors = checkpoint.tensors
    var originals = OriginalTensors(earlierIn: checkpoint)
    var types = EncodingCounts()
    let base =
      checkpoint.format == .gguf
      ? checkpoint.metadata.aligned(to: options.alignment) : Metadata().aligned(to: options.alignment)
    var draft = try PlanDraft(for: base, expectedCount: tensors.count)
    for tensor in tensors {
      let name = draft.storedName(for: tensor.name, among: tensors)
      let entry = try Self.plan(
        tensor, name: name, change: checkpoint.change(of: tensor.name), options: options
      ) {
        policy.decide(tensor, rowLength: $0)
      }
      try draft.append(entry)
      types.count(entry)
      originals.note(tensor, as: entry)
    }
    let metadata = GenericMetadata.make(checkpoint, options: options, types: types, originals: originals)
    try self.init(draft, metadata, options, unused: policy.rules.unused, family: nil)
  }

  /// Plans the conversion of a model by its family.
  ///
  /// - Throws: As for a checkpoint.
  /// - Complexity: O(*n* · *r*) for *n* tensors and *r* rules; no tensor data is read.
  public init(_ model: FamilyModel, options: ConversionOptions = ConversionOptions()) throws {
    try Self.check(options)
    var policy = try FamilyEncodingPolicy(options, model.checkpoint)
    var draft = try PlanDraft(
      for: model.metadata.aligned(to: options.alignment), expectedCount: model.checkpoint.derived.count)
    for derived in model.checkpoint.derived {
      guard let tensor = model.checkpoint.tensor(named: derived.label) else {
        throw ConversionError(.noSuchTensor, tensor: derived.label, "\(derived.label.quoted) was not derived")
      }
      try draft.append(
        Self.plan(
          tensor, name: derived.name, change: model.checkpoint.change(of: derived.label), options: options
        ) {
          policy.decide(tensor, name: derived.name, rowLength: $0)
        })
    }
    var metadata = model.metadata
    let hasBlocks = model.checkpoint.tensors.contains { $0.type == .blocks(.mxfp4) }
    let isFloat = [.f32, .f16, .bf16].contains(policy.target)
    metadata["general.file_type"] = (hasBlocks && isFloat ? Encoding.mxfp4 : policy.target).fileType
      .map(MetadataValue.uint32)
    try self.init(draft, metadata, options, unused: policy.rules.unused, family: model.family.name)
  }

  private init(
    _ draft: PlanDraft, _ metadata: Metadata, _ options: ConversionOptions, unused rules: [TensorRule],
    family: String?
  ) throws {
    self.family = family
    warnings = draft.warnings + rules.map(\.changesNothing)
    position = nil
    effort = options.effort
    importance = options.importance
    secondMoments = options.secondMoments
    (header, tensors) = try draft.finished(with: metadata.aligned(to: options.alignment))
  }

  /// The part of a plan that is to be a file of a split set.
  init(part range: Range<Int>, of whole: ConversionPlan, header: ContainerHeader, at position: SplitPosition)
  {
    family = whole.family
    effort = whole.effort
    importance = whole.importance
    secondMoments = whole.secondMoments
    warnings = whole.warnings
    tensors = whole.tensors.part(range)
    self.header = header
    self.position = position
  }

  private static func check(_ options: ConversionOptions) throws(ConversionError) {
    guard options.secondMoments == nil || options.effort == .best else {
      throw ConversionError(
        .effort, "second moments are used by the effort best alone: choose it, or leave them out")
    }
  }

  /// The size of the output in bytes.
  public var byteCount: UInt64 { header.bodyByteCount }

  private static func plan(
    _ tensor: CheckpointTensor, name: String, change: String?, options: ConversionOptions,
    decide: (_ rowLength: Int) -> (Encoding, EncodingReason)
  ) throws -> PlannedTensor {
    guard let dimensions = GenericShape.dimensions(tensor.shape, parts: tensor.type.valuesPerElement) else {
      throw ConversionError(
        .layout, tensor: tensor.name,
        "the shape \(tensor.shape) of \(tensor.name.quoted) cannot be folded into 4 dimensions")
    }
    let (encoding, reason) = decide(dimensions.first ?? 1)
    let transform = try transform(of: tensor, to: encoding)
    guard let elements = Checked.product(of: dimensions),
      let byteCount = encoding.byteCount(elements: elements)
    else {
      throw ConversionError(.layout, tensor: tensor.name, "\(tensor.name.quoted) is too large")
    }
    let isQuantized = transform == .encode && encoding.kind == .quantized
    let moments = isQuantized ? options.secondMoments?[tensor.name] ?? options.secondMoments?[name] : nil
    if let moments {
      try options.secondMoments?.check(
        moments, columns: dimensions[0], experts: dimensions.dropFirst(2).reduce(1, *))
    }
    let isWeighted = isQuantized && moments == nil
    let weights =
      isWeighted ? try options.importance?.entry(ofTensor: [tensor.name, name], dimensions: dimensions) : nil
    return PlannedTensor(
      sourceName: tensor.name, sourceType: tensor.type.name, sourceShape: tensor.shape, name: name,
      dimensions: dimensions, encoding: encoding, transform: transform, change: change, reason: reason,
      byteCount: byteCount, importance: weights?.name, secondMoments: moments?.name)
  }

  private static func transform(
    of tensor: CheckpointTensor, to encoding: Encoding
  ) throws(ConversionError) -> PlannedTensor.Transform {
    if tensor.type.exactEncoding == encoding, tensor.type.isEncoding { return .copy }
    guard tensor.type.canDecode else {
      throw ConversionError(
        .noCodec, tensor: tensor.name,
        "\(tensor.name.quoted) is stored as \(tensor.type.name), which this release cannot decode"
          + (tensor.type.kind == .blocks ? ": leave out --encoding to copy it as it is" : "")
      )
    }
    if tensor.type.exactEncoding == encoding { return .widen }
    guard encoding.canEncode else {
      let known = Encoding.allCases.filter { $0.canEncode && $0.kind != .integer }.map(\.name)
      throw ConversionError(
        .noCodec, tensor: tensor.name,
        "this release cannot encode \(encoding.name), which \(tensor.name.quoted) would need; it encodes \(known.joined(separator: ", "))"
      )
    }
    return .encode
  }
}
