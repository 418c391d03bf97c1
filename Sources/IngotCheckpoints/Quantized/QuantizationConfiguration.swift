import IngotContainer
import IngotEncodings
import IngotFiles
import SystemPackage

/// What the folder of a model says of the quantization of its weights.
///
/// Specification: `spec/quantized.md`, clause Q2.
package struct QuantizationConfiguration: Sendable {
  /// What finds the weights; `nil` where there are none to decode.
  let scheme: (any QuantizationScheme)?
  /// Why weights stay as they are stored, in words; `nil` where they do not, or need not.
  package let unsupported: String?
  /// The file that says so.
  package let path: FilePath

  /// What a folder says, or `nil` where it says nothing.
  ///
  /// - Throws: ``CheckpointError`` where a file is not what it should be, or names numbers that no weights have; `FileError`.
  package static func of(_ folder: ModelFolder) throws -> QuantizationConfiguration? {
    let notes: [(name: String, isWhole: Bool)] = [
      ("config.json", false), ("quantize_config.json", true),
    ]
    for note in notes {
      let members = try folder.parse(note.name) { json in
        try QuantizationMembers(&json, folder.path(of: note.name), isWhole: note.isWhole)
      }
      guard let members, !members.isEmpty else { continue }
      return try QuantizationConfiguration(members, standard: note.isWhole ? "gptq" : nil)
    }
    return nil
  }

  /// What becomes of the weights.
  fileprivate enum Outcome {
    case decoded(any QuantizationScheme)
    /// There is nothing to decode by this note.
    case asStored
    case unsupported(String)
  }

  private init(_ members: QuantizationMembers, standard: String?) throws {
    path = members.path
    switch try Self.outcome(members, standard: standard) {
    case .decoded(let scheme): (self.scheme, unsupported) = (scheme, nil)
    case .asStored: (scheme, unsupported) = (nil, nil)
    case .unsupported(let reason): (scheme, unsupported) = (nil, reason)
    }
  }

  private static func outcome(_ members: QuantizationMembers, standard: String?) throws -> Outcome {
    let ignored = IgnoredModules(
      try ["ignore", "modules_to_not_convert", "ignored_layers"].flatMap { try members.texts($0) })
    switch try members.text("quant_method") ?? standard {
    // Packed ternary weights are those of the safetensors reader; those of bitsandbytes describe themselves.
    case "bitnet", "bitsandbytes": return .asStored
    case "mxfp4": return .decoded(MXFP4())
    case "fp8": return .decoded(FP8(block: try members.block(), ignored: ignored))
    case "gptq": return try members.gptq(ignored)
    case "awq": return try members.awq(ignored)
    case "compressed-tensors": return try members.compressedTensors(ignored)
    case let method?: return .unsupported(method.quoted)
    case nil: return .unsupported("a scheme without a name")
    }
  }
}

// What the schemes take of the members.
extension QuantizationMembers {
  /// The rectangle of weights that share a scale.
  fileprivate func block() throws -> (rows: Int, columns: Int)? {
    guard let value = self["weight_block_size"] else { return nil }
    return try block(value, "weight_block_size", at: offset(of: "weight_block_size"))
  }

  fileprivate func block(_ value: JSONTree, _ name: String, at offset: UInt64) throws -> (
    rows: Int, columns: Int
  ) {
    let sizes = value.elements?.map(\.integer) ?? []
    guard sizes.count == 2, let rows = sizes[0], let columns = sizes[1], rows > 0, columns > 0 else {
      throw fault(name, at: offset, found: value.kind, expected: "two numbers above zero")
    }
    return (rows, columns)
  }

  fileprivate func gptq(_ ignored: IgnoredModules) throws -> QuantizationConfiguration.Outcome {
    let form = try text("checkpoint_format") ?? "gptq"
    guard ["gptq", "gptq_v2"].contains(form) else { return .unsupported("GPTQ in the form \(form.quoted)") }
    if self["is_marlin_format"]?.boolean == true {
      return .unsupported("GPTQ in the form \("marlin".quoted)")
    }
    let bits = try integer("bits")
    // Of three bits some codes are in two words.
    if bits == 3 { return .unsupported("GPTQ with 3 bits") }
    guard let bits, [2, 4, 8].contains(bits) else {
      throw fault("bits", found: self["bits"]?.kind ?? "nothing", expected: "2, 3, 4 or 8")
    }
    return .decoded(
      GPTQ(
        packing: PackedWords(bits: bits), groupSize: try groupSize(), zeroOffset: form == "gptq" ? 1 : 0,
        ignored: ignored))
  }

  fileprivate func awq(_ ignored: IgnoredModules) throws -> QuantizationConfiguration.Outcome {
    let version = try text("version")?.lowercased() ?? "gemm"
    guard version == "gemm" else { return .unsupported("AWQ in the form \(version.quoted)") }
    if try text("backend") == "llm-awq" { return .unsupported("AWQ in the form \("llm-awq".quoted)") }
    guard try integer("bits") == 4 else {
      throw fault("bits", found: self["bits"]?.kind ?? "nothing", expected: "4")
    }
    return .decoded(AWQ(groupSize: try groupSize(), ignored: ignored))
  }

  /// The inputs that share a scale; `nil` where -1 says that all do.
  private func groupSize() throws -> Int? {
    guard let size = try integer("group_size"), size == -1 || size > 0 else {
      throw fault(
        "group_size", found: self["group_size"]?.kind ?? "nothing",
        expected: "a number above zero, or -1 for one group")
    }
    return size == -1 ? nil : size
  }
}

// The config_groups of compressed-tensors.
extension QuantizationMembers {
  fileprivate func compressedTensors(
    _ ignored: IgnoredModules
  ) throws -> QuantizationConfiguration.Outcome {
    let whole = try text("format")
    if let sparse = self["sparsity_config"]?["format"]?.string, sparse != "dense" {
      return .unsupported("compressed-tensors in the form \(sparse.quoted)")
    }
    guard let value = self["config_groups"], let members = value.members else {
      throw fault("config_groups", found: self["config_groups"]?.kind ?? "nothing", expected: "an object")
    }
    var groups: [CompressedTensors.Group] = []
    for (name, group) in members {
      guard let weights = group["weights"] else { continue }
      let format = group["format"]?.string ?? whole ?? "nothing"
      if format == "dense" { continue }
      guard let format = CompressedTensors.Group.Format(rawValue: format) else {
        return .unsupported("compressed-tensors in the form \(format.quoted)")
      }
      let made = try self.group(weights, format, "config_groups.\(name.string).weights")
      // Other numbers of bits have codes in two words in some releases, and not in others.
      if format == .packQuantized, !32.isMultiple(of: made.bits) {
        return .unsupported("compressed-tensors with \(made.bits.counted("bit")), packed")
      }
      if !groups.contains(made) { groups.append(made) }
    }
    guard groups.count <= Self.groupLimit else {
      throw fault(
        "config_groups", found: "\(groups.count) that differ", expected: "at most \(Self.groupLimit)")
    }
    return .decoded(CompressedTensors(groups: groups, ignored: ignored))
  }

  /// The most groups that differ: the weights of each module are held to each.
  private static let groupLimit = 32

  private func group(
    _ weights: JSONTree, _ format: CompressedTensors.Group.Format, _ name: String
  ) throws -> CompressedTensors.Group {
    let place = offset(of: "config_groups")
    func wrong(_ member: String, _ expected: String) -> CheckpointError {
      fault("\(name).\(member)", at: place, found: weights[member]?.kind ?? "nothing", expected: expected)
    }
    let kind = weights["type"]?.string ?? "int"
    guard ["int", "float"].contains(kind) else { throw wrong("type", "int or float") }
    let isFloat = kind == "float"
    guard let bits = weights["num_bits"]?.integer, (1...8).contains(bits) else {
      throw wrong("num_bits", "a number from 1 to 8")
    }
    let expected: Int? =
      switch format {
      case .nvfp4, .mxfp4: 4
      case .floatQuantized: 8
      case .naiveQuantized where isFloat: 8
      default: nil
      }
    if let expected, bits != expected { throw wrong("num_bits", "\(expected), that of \(format.rawValue)") }
    switch format {
    case .floatQuantized, .nvfp4, .mxfp4: guard isFloat else { throw wrong("type", "float") }
    case .intQuantized, .packQuantized: guard !isFloat else { throw wrong("type", "int") }
    case .naiveQuantized: break
    }
    var strategy: ScaleGrid.Strategy?
    let size = weights["group_size"]?.integer
    switch weights["strategy"]?.string {
    case nil: strategy = size.map { $0 > 0 ? .group($0) : .channel }
    case "tensor": strategy = .tensor
    case "channel": strategy = .channel
    case "group", "tensor_group":
      guard let size, size > 0 else { throw wrong("group_size", "a number above zero") }
      strategy = .group(size)
    case "block":
      guard let block = weights["block_structure"] else {
        throw wrong("block_structure", "two numbers above zero")
      }
      let (rows, columns) = try self.block(block, "\(name).block_structure", at: place)
      strategy = .block(rows: rows, columns: columns)
    default: throw wrong("strategy", "tensor, channel, group, tensor_group or block")
    }
    return CompressedTensors.Group(
      format: format, isFloat: isFloat, bits: bits, strategy: strategy,
      isSymmetric: weights["symmetric"]?.boolean ?? true)
  }
}
