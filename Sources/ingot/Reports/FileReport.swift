import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotModel
import IngotSeal

/// What `ingot info` says of a file.
struct FileReport: Encodable {
  struct File: Encodable {
    let path: String
    let byteCount: UInt64
  }

  struct Entry: Encodable {
    let key: String
    let type: String
    /// The type of an array's elements, and their number.
    let elementType: String?
    let count: Int?
    /// The value; of an array the first elements, or all with `--full`.
    let value: JSONValue
  }

  /// Something for which the file is refused.
  struct Refusal: Encodable {
    let code: String
    let offset: UInt64?
    let message: String
  }

  /// What only a container states.
  struct Container: Encodable {
    let version: UInt32
    let alignment: Int
    let dataOffset: UInt64
    /// Bytes after the end of the last tensor and its padding, and after the seal.
    let trailingByteCount: UInt64
    /// The seal of the first file, which is not checked.
    let seal: SealSummary?
  }

  let format: String
  let name: String
  let files: [File]
  let container: Container?
  let values: Int
  let tensorByteCount: Int
  let bitsPerWeight: Double
  let types: [ConversionSummary.Group]
  let metadata: [Entry]
  let tensors: LongList<Tensors>
  let warnings: [String]
  /// The names in a pickle for which the file is refused, if it is.
  let refused: [Refusal]?

  /// Whether the file is refused though its tensors are shown.
  var isRefused: Bool { refused != nil }

  init(_ checkpoint: any Checkpoint, arrayLimit: Int, refusals: [CheckpointError] = []) throws {
    refused =
      refusals.isEmpty
      ? nil : refusals.map { Refusal(code: $0.code.rawValue, offset: $0.offset, message: "\($0)") }
    format = checkpoint.format.name
    name = checkpoint.name
    files = checkpoint.sourceFiles.map { File(path: $0.path.string, byteCount: $0.byteCount) }
    var warnings = checkpoint.warnings.map { "\($0)" }
    container = try Self.container(checkpoint, warnings: &warnings)
    tensors = LongList(Tensors(checkpoint))
    types = ConversionSummary.groups(
      checkpoint.tensors.lazy.map { ($0.type.name, $0.elementCount, $0.byteCount) })
    // Sparse files can state more values than Int holds in all; the totals then stop at its end.
    values = Checked.clampedSum(types.map(\.values))
    tensorByteCount = Checked.clampedSum(types.map(\.byteCount))
    bitsPerWeight = values == 0 ? 0 : Double(tensorByteCount) * 8 / Double(values)
    metadata = checkpoint.metadata.map { key, value in
      var elementType: String?
      var count: Int?
      if case .array(let array) = value { (elementType, count) = (array.elementType.name, array.count) }
      return Entry(
        key: key, type: value.type.name, elementType: elementType, count: count,
        value: JSONValue(value, limit: arrayLimit))
    }
    self.warnings = warnings
  }

  private static func container(
    _ checkpoint: any Checkpoint, warnings: inout [String]
  ) throws -> Container? {
    guard checkpoint.format == .gguf, let first = checkpoint.sourceFiles.first else { return nil }
    let shards = try ModelFile(opening: first.path, access: .positional).shards
    guard let header = shards.first?.header else { return nil }
    var seal: SealSummary?
    var trailing: [UInt64] = []
    for shard in shards {
      // Padding that is missing at the end makes the body longer than the file.
      var byteCount = shard.file.byteCount - min(shard.file.byteCount, shard.header.bodyByteCount)
      do {
        if let found = try shard.readSeal() {
          seal = seal ?? SealSummary(found)
          if !found.isDetached { byteCount = 0 }
        }
      } catch  where byteCount == 0 || error.code != SealError.Code.position.rawValue {
        warnings.append("\(error)")
      } catch {}
      trailing.append(byteCount)
    }
    return Container(
      version: header.version, alignment: header.alignment, dataOffset: header.dataOffset,
      trailingByteCount: Checked.clampedSum(trailing), seal: seal)
  }

  func show(asJSON: Bool, isSummary: Bool) throws {
    if asJSON { return try JSONText.print(self, listing: tensors, as: "tensors") }
    showOverview()
    if !isSummary {
      showMetadata()
      showTensors()
    }
    for warning in warnings { Terminal.warn(warning) }
    for refusal in refused ?? [] {
      Failure(.refusedInput, refusal.code, refusal.message, offset: refusal.offset).report(asJSON: false)
    }
  }

  private func showOverview() {
    let size = Checked.clampedSum(files.map(\.byteCount))
    var line = "\(name.escaped): \(format)"
    if let container { line += " version \(container.version)" }
    if files.count > 1 { line += ", \(files.count) files" }
    print(
      line
        + ", \(Format.bytes(size)), \(Format.count(tensors.elements.count, "tensor")), \(Format.count(values, "value")), "
        + "\(Format.fixed(bitsPerWeight, 2)) bits per weight")
    if let container {
      print("data from byte \(container.dataOffset), aligned to \(container.alignment)")
      if container.trailingByteCount > 0 {
        print(
          "\(Format.bytes(container.trailingByteCount)) after the end of the model; ingot validate says more")
      }
      if let seal = container.seal { print("sealed: \(seal.text); ingot verify checks it") }
    }
    ConversionSummary.show(types)
  }

  private func showMetadata() {
    guard !metadata.isEmpty else { return }
    print()
    var table = Table(
      [("key", .left), ("type", .left), ("value", .left)], expendable: ["type"], lastColumn: .cut)
    for entry in metadata {
      let type = entry.elementType.map { "\($0) × \(entry.count ?? 0)" } ?? entry.type
      table.append(entry.key, type, entry.value.excerpt + (isCut(entry) ? " …" : ""))
    }
    table.show()
  }

  private func isCut(_ entry: Entry) -> Bool {
    guard case .array(let shown) = entry.value, let count = entry.count else { return false }
    return shown.count < count
  }

  private func showTensors() {
    print()
    let tensors = tensors.elements
    // Columns that only some files have.
    let others: [(title: String, cell: (Tensor) -> String)] = [
      ("storage", { $0.storage?.note ?? "" }), ("change", { $0.change ?? "" }),
    ].filter { column in tensors.contains { !column.1($0).isEmpty } }
    Table(
      [("tensor", .left), ("type", .left), ("shape", .left), ("size", .right)]
        + others.map { ($0.title, .left) }, lastColumn: .wrapped,
      rows: tensors.lazy.map { tensor in
        [tensor.name, tensor.type, Format.shape(tensor.shape), Format.bytes(tensor.byteCount)]
          + others.map { $0.cell(tensor) }
      }
    ).show()
  }
}
