import IngotContainer
import IngotEncodings
import SystemPackage

// `spec/importance.md`, clause I2.
extension ImportanceMatrix {
  /// Reads the weights from a GGUF file of the type `imatrix`.
  static func read(
    _ checkpoint: GGUFCheckpoint, _ path: FilePath, limits: CheckpointLimits
  ) throws -> ImportanceMatrix {
    guard case .string("imatrix")? = checkpoint.metadata["general.type"] else {
      throw CheckpointError(
        .magic, path, at: 0, .key("general.type"), found: "a GGUF file of another type", expected: formats)
    }
    let pairs = try pairs(in: checkpoint, path)
    let counts = pairs.flatMap { [$0.sums.elementCount, $0.counts.elementCount] }
    guard Checked.clampedSum(counts) <= limits.importanceValueCount else {
      throw CheckpointError(
        .limit, path, at: pairs.first?.sums.location.offset,
        found: Checked.clampedSum(counts).counted("value"),
        expected: "at most \(limits.importanceValueCount)")
    }
    var entries: [Entry] = []
    var warnings: [CheckpointWarning] = []
    for pair in pairs {
      let (entry, unused) = try entry(of: pair, in: checkpoint)
      entries.append(entry)
      if let first = unused.first {
        warnings.append(
          CheckpointWarning(
            code: .unused, path: checkpoint.path(of: pair.counts), offset: pair.counts.location.offset,
            subject: .tensor(pair.name),
            found:
              "\(unused.count) of \(pair.counts.elementCount.counted("expert")) that were never used, expert \(first) "
              + "the first of them: their columns count alike"))
      }
    }
    return ImportanceMatrix(
      datasets: try texts("imatrix.datasets", checkpoint, path),
      chunkCount: try number("imatrix.chunk_count", checkpoint, path),
      chunkSize: try number("imatrix.chunk_size", checkpoint, path), entries: entries, warnings: warnings)
  }

  /// The two tensors that the weights of one tensor come from.
  private struct Pair {
    let name: String
    let sums: CheckpointTensor
    let counts: CheckpointTensor
  }

  private static let sumsEnding = ".in_sum2"
  private static let countsEnding = ".counts"

  /// All pairs, in the order of the sums, after a check of types and shapes.
  ///
  /// Tensors of other names are left alone.
  private static func pairs(in checkpoint: GGUFCheckpoint, _ path: FilePath) throws(CheckpointError) -> [Pair]
  {
    var pairs: [Pair] = []
    for tensor in checkpoint.tensors {
      if let name = tensor.name.without(ending: countsEnding) {
        _ = try partner(of: tensor, named: name + sumsEnding, in: checkpoint)
      }
      guard let name = tensor.name.without(ending: sumsEnding) else { continue }
      let counts = try partner(of: tensor, named: name + countsEnding, in: checkpoint)
      for part in [tensor, counts] where part.type != .float32 {
        throw CheckpointError(
          CheckpointError.Code.elementType, checkpoint.path(of: part), at: part.location.offset,
          .tensor(part.name),
          found: part.type.name, expected: "F32")
      }
      let columns = tensor.shape.last ?? 1
      guard columns > 0, tensor.elementCount > 0, tensor.elementCount / columns == counts.elementCount else {
        throw CheckpointError(
          CheckpointError.Code.size, checkpoint.path(of: counts), at: counts.location.offset,
          .tensor(counts.name),
          found: "\(counts.elementCount.counted("count")) for sums of the shape \(tensor.shape)",
          expected: "a count for each row of sums")
      }
      pairs.append(Pair(name: name, sums: tensor, counts: counts))
    }
    guard !pairs.isEmpty else {
      throw CheckpointError(.schema, path, at: 0, found: "no sums", expected: "tensors named …\(sumsEnding)")
    }
    return pairs
  }

  private static func partner(
    of tensor: CheckpointTensor, named name: String, in checkpoint: GGUFCheckpoint
  ) throws(CheckpointError) -> CheckpointTensor {
    if let partner = checkpoint.tensor(named: name) { return partner }
    throw CheckpointError(
      .schema, checkpoint.path(of: tensor), at: tensor.location.offset, .tensor(tensor.name),
      found: "it alone", expected: "a tensor \(name.quoted) with it")
  }

  /// The weights of a pair, and the experts that were never used.
  private static func entry(
    of pair: Pair, in checkpoint: GGUFCheckpoint
  ) throws -> (entry: Entry, unused: [Int]) {
    let counts = try numbers(pair.counts, in: checkpoint)
    var weights = try numbers(pair.sums, in: checkpoint)
    let columns = weights.count / counts.count
    var unused: [Int] = []
    for (expert, count) in counts.enumerated() {
      let range = expert * columns..<(expert + 1) * columns
      if count == 0 {
        unused.append(expert)
        for index in range { weights[index] = 1 }
        continue
      }
      for index in range {
        weights[index] /= count
        guard weights[index].isFinite else {
          throw wrong(.infinity, at: index, of: pair.sums, in: checkpoint)
        }
      }
    }
    return (Entry(checked: pair.name, weights, expertCount: counts.count), unused)
  }

  /// The values of a tensor: finite, and none negative.
  private static func numbers(_ tensor: CheckpointTensor, in checkpoint: GGUFCheckpoint) throws -> [Float] {
    let values = try [Float](unsafeUninitializedCapacity: tensor.elementCount) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(
        start: buffer.baseAddress, count: tensor.elementCount * MemoryLayout<Float>.size)
      try checkpoint.read(tensor, bytes: 0..<tensor.byteCount, into: bytes)
      count = tensor.elementCount
    }
    if let index = values.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw wrong(values[index], at: index, of: tensor, in: checkpoint)
    }
    return values
  }

  private static func wrong(
    _ value: Float, at index: Int, of tensor: CheckpointTensor, in checkpoint: GGUFCheckpoint
  ) -> CheckpointError {
    CheckpointError(
      .value, checkpoint.path(of: tensor), at: tensor.location.offset + 4 * UInt64(index),
      .tensor(tensor.name),
      found: "\(value)", expected: "a finite number that is not negative")
  }

  private static func number(
    _ key: String, _ checkpoint: GGUFCheckpoint, _ path: FilePath
  ) throws(CheckpointError) -> Int {
    if case .uint32(let number)? = checkpoint.metadata[key] { return Int(number) }
    throw missing(key, checkpoint, path, expected: "a number of the type UINT32")
  }

  private static func texts(
    _ key: String, _ checkpoint: GGUFCheckpoint, _ path: FilePath
  ) throws(CheckpointError) -> [String] {
    if case .array(let array)? = checkpoint.metadata[key], let texts = array.strings { return Array(texts) }
    throw missing(key, checkpoint, path, expected: "an array of texts")
  }

  private static func missing(
    _ key: String, _ checkpoint: GGUFCheckpoint, _ path: FilePath, expected: String
  ) -> CheckpointError {
    CheckpointError(
      .schema, path, at: checkpoint.metadata.offset(of: key), .key(key),
      found: checkpoint.metadata[key] == nil ? "nothing" : "another type", expected: expected)
  }
}

extension GGUFCheckpoint {
  fileprivate func path(of tensor: CheckpointTensor) -> FilePath { sourceFiles[tensor.location.file].path }
}

extension String {
  /// The text before an ending, byte by byte, or `nil` if it does not end so.
  fileprivate func without(ending: String) -> String? {
    guard utf8.count >= ending.utf8.count, utf8.suffix(ending.utf8.count).elementsEqual(ending.utf8) else {
      return nil
    }
    return String(decoding: utf8.dropLast(ending.utf8.count), as: UTF8.self)
  }
}
