import SystemPackage

@testable import IngotCheckpoints

/// Models of ONNX: what is opened can be read, in any ranges.
enum ONNXTarget: FuzzTarget {
  static let name = "onnx"

  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    MessageMutator.mutated(bytes, limit: limit, using: &random)
  }

  static func run(_ bytes: UnsafeRawBufferPointer) {
    let choice = bytes.fingerprint
    let limits = limits(by: choice)
    let file = ReadableBytes([UInt8](bytes), path: "input")
    let opened = open(file, limits, isSurvey: false)
    let surveyed = open(file, limits, isSurvey: true)
    switch (opened, surveyed) {
    case (.success(let contents), .success(let survey)):
      claim(survey.refusals.isEmpty && contents.refusals.isEmpty, "what opens is refused in a survey")
      claim(contents.table.map(\.name) == survey.table.map(\.name), "a survey with other tensors")
      check(contents, byteCount: bytes.count, choice)
    case (.failure(let error), .success(let survey)):
      claim(survey.refusals.first == error, "\(error) is not what a survey refuses first")
      check(survey, byteCount: bytes.count, choice)
    case (.failure(let error), .failure(let other)):
      let canGoOn = error.code == .feature || error.code == .elementType
      claim(canGoOn || error == other, "\(error) and in a survey \(other)")
    case (.success, .failure(let error)): claim(false, "only a survey is refused: \(error)")
    }
  }

  private static func open(
    _ file: ReadableBytes, _ limits: CheckpointLimits, isSurvey: Bool
  ) -> Result<ONNXContents, CheckpointError> {
    do {
      let contents = try ONNXContents(file, limits: limits, isSurvey: isSurvey) { name, offset in
        claim(!name.isEmpty && !name.hasPrefix("/") && !name.utf8.contains(0), "the location \(name)")
        claim(!name.split(separator: "/").contains(".."), "the location \(name)")
        return ReadableBytes([UInt8](repeating: 1, count: 4096), path: FilePath(name))
      }
      for warning in contents.warnings { claim(!"\(warning)".isEmpty, "a warning without words") }
      return .success(contents)
    } catch let error as CheckpointError {
      claim(error.offset.map { $0 <= file.byteCount } == true, "an error beyond the file: \(error)")
      claim(!"\(error)".utf8.contains(0), "NUL in a message")
      return .failure(error)
    } catch {
      claim(false, "an error of another kind: \(error)")
      return .failure(CheckpointError(.magic, "input", found: "", expected: ""))
    }
  }

  /// The defaults, or for some inputs limits that small files reach.
  private static func limits(by choice: UInt64) -> CheckpointLimits {
    var limits = CheckpointLimits()
    guard choice.isMultiple(of: 8) else { return limits }
    limits.textByteCount = Int(choice >> 11 & 31)
    limits.tensorCount = Int(choice >> 16 & 7)
    limits.dimensionCount = Int(choice >> 19 & 7)
    limits.shardCount = Int(choice >> 22 & 3)
    limits.messageNesting = Int(choice >> 24 & 15)
    limits.messageNameByteCount = Int(choice >> 28 & 63)
    limits.headerByteCount = choice >> 34 & 63
    return limits
  }

  private static func check(_ contents: ONNXContents, byteCount: Int, _ choice: UInt64) {
    var last = (file: -1, offset: UInt64(0))
    for tensor in contents.table {
      let location = tensor.location
      claim(contents.files.indices.contains(location.file), "a file that there is none of")
      claim(location.offset <= contents.files[location.file].byteCount, "a tensor beyond its file")
      claim((location.file, location.offset) >= last, "tensors out of order")
      last = (location.file, location.offset)
      claim(contents.table[tensor.name]?.location == location, "a tensor that is not found")
      claim(tensor.shape.reduce(1, *) == tensor.elementCount, "a shape that is not the tensor")
      claim(
        tensor.type.byteCount(elements: tensor.elementCount) == tensor.byteCount,
        "a size that is not the tensor's")
      // Bits and small numbers become at most eight bytes each.
      claim(tensor.byteCount <= 8 * max(byteCount, 4096), "\(tensor.byteCount) bytes out of \(byteCount)")
      let whole = read(contents, tensor, 0..<tensor.byteCount)
      let start = Int(choice >> 7 & 0xFFFF) % (tensor.byteCount + 1)
      let end = start + Int(choice >> 40 & 0xFFFF) % (tensor.byteCount - start + 1)
      claim(
        read(contents, tensor, start..<end) == Array(whole[start..<end]),
        "a range that is not part of the whole")
    }
  }

  private static func read(_ contents: ONNXContents, _ tensor: CheckpointTensor, _ range: Range<Int>)
    -> [UInt8]
  {
    var bytes = [UInt8](repeating: 0xEE, count: range.count)
    do {
      try bytes.withUnsafeMutableBytes { try contents.read(tensor, bytes: range, into: $0) }
    } catch { claim(false, "\(tensor.name) cannot be read: \(error)") }
    return bytes
  }
}
