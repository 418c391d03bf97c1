/// Encodes rows one by one, with and without feedback, and keeps the better of each.
///
/// The memory is that of a few rows and the levels of a row, taken once.
final class FeedbackEncoder {
  /// The bytes of a row.
  let byteCount: Int
  private(set) var measure = FeedbackMeasure()

  private let encoding: Encoding
  private let codec: any BlockCodec.Type
  private let moments: SecondMoments
  private let effort: Effort
  private let columns: Int
  /// What a block is worth by itself, and after the later columns have made up for what they can.
  private let weights: [Float]
  private let conditionalWeights: [Float]
  /// Where codes are chosen one by one; of TQ1_0 the blocks are those of TQ2_0 until the row is complete.
  private let grid: CodeGrid?
  private let working: Encoding
  private let workingCodec: any BlockCodec.Type

  private var candidate: [UInt8]
  private var block: [UInt8]
  private var values: [Float]
  private var targets: [Float]
  private var bases: [Double]
  private var levels: [Float]
  /// x̂ − x with feedback, and without.
  private var errors: [Double]
  private var plainErrors: [Double]

  /// - Precondition: the encoding has a codec.
  init(_ encoding: Encoding, _ moments: SecondMoments, effort: Effort) {
    self.encoding = encoding
    self.moments = moments
    self.effort = effort
    working = encoding == .tq1_0 ? .tq2_0 : encoding
    guard let codec = encoding.layout.codec, let workingCodec = working.layout.codec else {
      preconditionFailure("\(encoding) has no encoder")
    }
    self.codec = codec
    self.workingCodec = workingCodec
    columns = moments.columnCount
    byteCount = encoding.byteCount(elements: columns) ?? 0
    weights = moments.weights
    conditionalWeights = moments.variances.map { Float($0) }
    grid = CodeGrid(working)
    candidate = [UInt8](repeating: 0, count: byteCount)
    block = [UInt8](repeating: 0, count: working.bytesPerBlock)
    values = [Float](repeating: 0, count: columns)
    targets = [Float](repeating: 0, count: encoding.elementsPerBlock)
    bases = [Double](repeating: 0, count: encoding.elementsPerBlock)
    levels = [Float](repeating: 0, count: encoding.elementsPerBlock * (grid?.codeCount ?? 0))
    errors = [Double](repeating: 0, count: columns)
    plainErrors = errors
  }

  /// Encodes a row, or returns the position of the first block that the encoding cannot hold.
  func encode(_ row: UnsafePointer<Float>, into blocks: UnsafeMutableRawPointer) -> Int? {
    let count = columns / encoding.elementsPerBlock
    if let refused = codec.encode(row, importance: weights, count: count, into: blocks, effort: effort) {
      return refused
    }
    note(UnsafeRawPointer(blocks), of: row, in: &plainErrors)
    let plain = moments.error(of: plainErrors)
    measure.rows += 1
    measure.plainError += moments.restored(plain)
    var kept = plain
    if !moments.isDiagonal, plain > 0, encodeWithFeedback(row) {
      note(candidate, of: row, in: &errors)
      let error = moments.error(of: errors)
      if error < plain {
        candidate.withUnsafeBytes { bytes in
          guard let start = bytes.baseAddress else { return }
          blocks.copyMemory(from: start, byteCount: byteCount)
        }
        measure.compensatedRows += 1
        kept = error
      }
    }
    measure.error += moments.restored(kept)
    return nil
  }

  /// Sets the errors to those of a row's blocks.
  private func note(
    _ blocks: UnsafeRawPointer, of row: UnsafePointer<Float>, in errors: inout [Double]
  ) {
    codec.decode(blocks, count: columns / encoding.elementsPerBlock, into: &values)
    for column in 0..<columns { errors[column] = Double(values[column]) - Double(row[column]) }
  }

  /// Encodes the row into `candidate`, or returns `false` if what has to be made up for is too large to hold.
  private func encodeWithFeedback(_ row: UnsafePointer<Float>) -> Bool {
    let elements = encoding.elementsPerBlock
    for start in stride(from: 0, to: columns, by: elements) {
      for index in 0..<elements {
        let target =
          Double(row[start + index]) - moments.feedback(of: errors, in: 0..<start, to: start + index)
        bases[index] = target
        targets[index] = Float(target)
      }
      let refused = conditionalWeights.withUnsafeBufferPointer { weights in
        workingCodec.encode(
          targets, importance: weights.baseAddress.map { $0 + start }, count: 1, into: &block, effort: effort)
      }
      guard refused == nil else { return false }
      chooseCodes(row, start)
      let done = candidate.withUnsafeMutableBytes { bytes -> Bool in
        guard let base = bytes.baseAddress else { return false }
        let place = base + start / elements * encoding.bytesPerBlock
        guard working != encoding else {
          place.copyMemory(from: block, byteCount: block.count)
          return true
        }
        // Ternary values of one block come back as they are from any encoder.
        workingCodec.decode(block, count: 1, into: &targets)
        return codec.encode(targets, count: 1, into: place) == nil
      }
      guard done else { return false }
    }
    return true
  }

  /// Chooses the codes of a block one after the other, the scales staying, and notes the errors.
  private func chooseCodes(_ row: UnsafePointer<Float>, _ start: Int) {
    let elements = encoding.elementsPerBlock
    guard let grid else {
      workingCodec.decode(block, count: 1, into: &targets)
      for index in 0..<elements {
        errors[start + index] = Double(targets[index]) - Double(row[start + index])
      }
      return
    }
    var scratch = block
    grid.levels(of: block, scratch: &scratch, into: &levels)
    for index in 0..<elements {
      let column = start + index
      let target = bases[index] - moments.feedback(of: errors, in: start..<column, to: column)
      var best = 0
      var least = Double.infinity
      for code in 0..<grid.codeCount {
        let distance = (Double(levels[code * elements + index]) - target).magnitude
        if distance < least { (best, least) = (code, distance) }
      }
      grid.set(best, at: index, in: &block)
      errors[column] = Double(levels[best * elements + index]) - Double(row[column])
    }
  }
}
