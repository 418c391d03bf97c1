import IngotTestSupport
import Testing

@testable import IngotEncodings

// `spec/encodings.md`, clause E40.
@Suite struct FeedbackTests {
  static let encodings = Encoding.allCases.filter { $0.kind == .quantized && $0.canEncode }

  private func encode(
    _ rows: [Float], _ moments: SecondMoments, _ encoding: Encoding, effort: Effort = .balanced
  ) throws -> (bytes: [UInt8], measure: FeedbackMeasure) {
    var bytes = [UInt8](repeating: 0, count: encoding.byteCount(elements: rows.count) ?? 0)
    let measure = try bytes.withUnsafeMutableBytes { buffer in
      var span = buffer.mutableBytes
      return try encoding.encode(rows: rows.span, secondMoments: moments, into: &span, effort: effort)
    }
    return (bytes, measure)
  }

  private func plain(
    _ rows: [Float], _ weights: [Float], _ encoding: Encoding, effort: Effort = .balanced
  ) throws -> [UInt8] {
    let importance = (0..<(rows.count / weights.count)).flatMap { _ in weights }
    var bytes = [UInt8](repeating: 0, count: encoding.byteCount(elements: rows.count) ?? 0)
    try bytes.withUnsafeMutableBytes { buffer in
      var span = buffer.mutableBytes
      try encoding.encode(rows.span, importance: importance.span, into: &span, effort: effort)
    }
    return bytes
  }

  /// eᵀHe of all rows, added up as the definition has it.
  private func error(
    _ bytes: [UInt8], of rows: [Float], _ matrix: [Double], _ encoding: Encoding
  ) throws -> Double {
    var values = [Float](repeating: 0, count: rows.count)
    var span = values.mutableSpan
    try bytes.withUnsafeBytes { try encoding.decode($0.bytes, into: &span) }
    let count = Int(Double(matrix.count).squareRoot())
    var sum = 0.0
    for row in stride(from: 0, to: rows.count, by: count) {
      let errors = (row..<row + count).map { Double(values[$0]) - Double(rows[$0]) }
      for i in 0..<count {
        var product = 0.0
        for j in 0..<count { product += matrix[i * count + j] * errors[j] }
        sum += errors[i] * product
      }
    }
    return sum
  }

  @Test(arguments: encodings, [Moments.neighbours, .fewDirections])
  func feedbackLowersTheErrorThatMatters(encoding: Encoding, kind: Moments) throws {
    let columns = 512
    let matrix = kind.matrix(columns)
    let rows = normalRows(4 * columns, seed: 40)
    let moments = try SecondMoments(matrix, columnCount: columns)
    let (bytes, measure) = try encode(rows, moments, encoding)
    let before = try error(plain(rows, moments.weights, encoding), of: rows, matrix, encoding)
    let after = try error(bytes, of: rows, matrix, encoding)
    #expect(measure.rows == 4)
    #expect(abs(measure.plainError / before - 1) < 1e-9 && abs(measure.error / after - 1) < 1e-9)
    #expect(after <= before * (1 + 1e-12))
    // Where each value has a code of its own, much of the error can be made up for.
    if CodeGrid(encoding) != nil || encoding == .tq1_0 {
      #expect(measure.reduction > 0.2 && measure.compensatedRows > 2)
    }
  }

  /// E40.4: whatever the codes, each row is as if it were alone, and the choice is made for each.
  @Test func rowsAreIndependentAndNeverWorse() throws {
    let columns = 256
    let matrix = Moments.neighbours.matrix(columns)
    let moments = try SecondMoments(matrix, columnCount: columns)
    var rows = normalRows(6 * columns, seed: 43)
    // Rows on which there is nothing to gain: zeros, one spike, values of a block.
    for column in 0..<columns {
      rows[column] = 0
      rows[columns + column] = column == 100 ? 3 : 0
      rows[2 * columns + column] = Float(column % 16 - 8)
    }
    for encoding in [Encoding.q4_0, .q2_K, .tq1_0, .iq2_s] {
      let (bytes, measure) = try encode(rows, moments, encoding)
      let size = bytes.count / 6
      var sum = FeedbackMeasure()
      for row in 0..<6 {
        let part = Array(rows[row * columns..<(row + 1) * columns])
        let (alone, one) = try encode(part, moments, encoding)
        #expect(alone == Array(bytes[row * size..<(row + 1) * size]))
        let plain = try plain(part, moments.weights, encoding)
        #expect(try error(alone, of: part, matrix, encoding) <= error(plain, of: part, matrix, encoding))
        sum.add(one)
      }
      #expect(sum == measure)
    }
  }

  /// E40.5.
  @Test(arguments: encodings) func diagonalMomentsAreWeightsAndNoMore(encoding: Encoding) throws {
    let columns = 256
    let rows = normalRows(2 * columns, seed: 44)
    let weights = normalRows(columns, seed: 45).map { $0 * $0 }
    var matrix = [Double](repeating: 0, count: columns * columns)
    for column in 0..<columns { matrix[column * (columns + 1)] = Double(weights[column]) }
    let moments = try SecondMoments(matrix, columnCount: columns)
    #expect(moments.isDiagonal)
    let (bytes, measure) = try encode(rows, moments, encoding)
    #expect(try bytes == plain(rows, weights, encoding) && measure.compensatedRows == 0)
    for column in 0..<columns { matrix[column * (columns + 1)] = 1 }
    #expect(
      try encode(rows, SecondMoments(matrix, columnCount: columns), encoding).bytes
        == encoding.encoded(rows, effort: .balanced))
  }

  /// E40.3: RᵀDR is the damped matrix.
  @Test(arguments: Moments.allCases, [1, 2, 33, 100]) func factorsMultiplyToTheMatrix(
    kind: Moments, count: Int
  ) throws {
    let matrix = kind.matrix(count)
    let moments = try SecondMoments(matrix, columnCount: count)
    guard !moments.isDiagonal else { return }
    let unit = SecondMoments.power(moments.exponent)
    var mean = 0.0
    for column in 0..<count { mean += matrix[column * (count + 1)] / Double(count) }
    func factor(_ row: Int, _ column: Int) -> Double {
      row == column ? 1 : row < column ? 0 : moments.matrix[row * count + column]
    }
    for i in 0..<count {
      for j in 0..<count {
        var sum = i == j ? -0.01 * mean : 0
        for k in 0..<count { sum += factor(k, i) * moments.variances[k] * unit * factor(k, j) }
        #expect(abs(sum - matrix[i * count + j]) < 1e-9 * mean)
      }
    }
  }

  /// E40.2.
  @Test func whatCannotBeMomentsIsRefusedAtItsPlace() {
    typealias Fault = SecondMomentsError.Fault
    let cases: [([Double], Fault, Int, Int)] = [
      ([1, .nan, 0, 1], .notFinite, 0, 1), ([1, 0, 0, .infinity], .notFinite, 1, 1),
      ([1, 0, 0, -1e-300], .negative, 1, 1), ([1, 0.5, 0.25, 1], .asymmetric, 0, 1),
      ([1, 2, 2, 1], .indefinite, 0, 1), ([0, 1e-300, 1e-300, 0], .indefinite, 0, 1),
      ([1e308, 1.5e308, 1.5e308, 1e308], .indefinite, 0, 1), ([-1], .negative, 0, 0),
    ]
    for (matrix, fault, row, column) in cases {
      let count = matrix.count == 1 ? 1 : 2
      let error = #expect(throws: SecondMomentsError.self) {
        try SecondMoments(matrix, columnCount: count)
      }
      #expect(error?.fault == fault && error?.row == row && error?.column == column, "\(matrix)")
    }
  }

  /// E40.2, E40.3: any magnitude that F64 has, and matrices without an inverse.
  @Test(arguments: [0x1p-1060, 1e-200, 1e-38, 1, 1e38, 1e300]) func magnitudesDoNotMatter(unit: Double) throws
  {
    let columns = 64
    let rows = normalRows(2 * columns, seed: 46)
    let ones = try SecondMoments([Double](repeating: unit, count: columns * columns), columnCount: columns)
    let (bytes, measure) = try encode(rows, ones, .q4_0)
    // All inputs are equal: only the sum of a row's errors counts, and the last columns can make it small.
    let sums = try (0..<2).map { row in
      try zip(Encoding.q4_0.decoded(bytes), rows).dropFirst(row * columns).prefix(columns).reduce(0) {
        $0 + Double($1.0) - Double($1.1)
      }
    }
    #expect(sums.allSatisfy { abs($0) < 0.3 } && measure.rows == 2)
    #expect(measure.error.isFinite && measure.error <= measure.plainError)
    let zeros = try SecondMoments([Double](repeating: 0, count: columns * columns), columnCount: columns)
    #expect(try encode(rows, zeros, .q4_0).bytes == Encoding.q4_0.encoded(rows, effort: .balanced))
  }

  /// E40.4: the bits of codes, found from the decoder.
  @Test(arguments: encodings) func aCodeChangesItsValueAlone(encoding: Encoding) throws {
    let isShared =
      encoding == .tq1_0 || "IQ1 IQ2 IQ3".split(separator: " ").contains { encoding.name.hasPrefix($0) }
    guard let grid = CodeGrid(encoding) else {
      #expect(isShared)
      return
    }
    #expect(!isShared)
    var block = try encoding.encoded(normalRows(encoding.elementsPerBlock, seed: 47))
    let before = try encoding.decoded(block)
    var scratch = block
    var levels = [Float](repeating: .nan, count: grid.codeCount * before.count)
    grid.levels(of: block, scratch: &scratch, into: &levels)
    for index in before.indices {
      let choices = (0..<grid.codeCount).map { levels[$0 * before.count + index] }
      #expect(choices.contains(before[index]))
    }
    let last = before.count - 1
    grid.set(1, at: last, in: &block)
    var after = before
    after[last] = levels[before.count + last]
    #expect(try encoding.decoded(block) == after)
  }

  /// A value that cannot be encoded is refused at its place, also in a later row.
  @Test func refusalsNameTheValue() throws {
    let moments = try SecondMoments(Moments.neighbours.matrix(64), columnCount: 64)
    var rows = normalRows(128, seed: 48)
    rows[70] = .nan
    let error = #expect(throws: EncodingError.self) { try encode(rows, moments, .q4_0) }
    #expect(error?.code == .notFinite && error?.index == 70)
  }
}

/// Matrices of second moments.
enum Moments: CaseIterable {
  /// Neighbouring columns are alike.
  case neighbours
  /// The inputs vary in an eighth as many directions as there are columns, and a little in all.
  case fewDirections

  func matrix(_ count: Int) -> [Double] {
    var matrix = [Double](repeating: 0, count: count * count)
    switch self {
    case .neighbours:
      var powers = [1.0]
      for _ in 1..<max(count, 2) { powers.append(powers[powers.count - 1] * 0.9) }
      for i in 0..<count { for j in 0..<count { matrix[i * count + j] = powers[abs(i - j)] } }
    case .fewDirections:
      let rank = max(count / 8, 1)
      let factors = normalRows(count * rank, seed: 41).map(Double.init)
      for i in 0..<count {
        for j in i..<count {
          var sum = i == j ? 0.05 * Double(rank) : 0
          for k in 0..<rank { sum += factors[i * rank + k] * factors[j * rank + k] }
          matrix[i * count + j] = sum
          matrix[j * count + i] = sum
        }
      }
    }
    return matrix
  }
}

/// Sums of four uniform numbers, much like a normal distribution of deviation 1.
func normalRows(_ count: Int, seed: UInt64) -> [Float] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in
    let bits = generator.next()
    let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
    return (Float(sum) - 131_070) / 37_837
  }
}
