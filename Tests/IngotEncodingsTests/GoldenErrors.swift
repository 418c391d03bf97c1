import Foundation
import IngotTestSupport

@testable import IngotEncodings

/// The errors of ggml's encoders on the golden rows, and ours beside them: see `testdata/README.md`.
struct GoldenErrors {
  /// The rows over which a bound is the mean: noise, heavy tails and real weights.
  static let judgedRows = [
    "normal_0.02", "normal_1", "student_t3", "laplace_outlier",
    "minilm:encoder.layer.0.output.dense.weight[3,:512]",
    "minilm:encoder.layer.5.output.dense.weight[100,:512]",
  ]

  /// The error of a row.
  struct Row {
    let name: String
    /// Σ w(x̂ − x)² of ggml's encoding.
    let reference: Double
    /// That of ours.
    let ours: Double

    /// Ours as a part of the reference's; 1 where both are as good as nothing beside the values.
    var ratio: Double { ours <= tolerance && reference <= tolerance ? 1 : ours / reference }

    /// An error that is lost in the rounding of Float32.
    fileprivate let tolerance: Double
  }

  private struct Index: Decodable {
    struct Answers: Decodable {
      let weightedSquaredError: [Double?]
    }
    struct Kind: Decodable {
      let name: String
      let plain: Answers?
      let weighted: Answers?
    }
    let rows: [String]
    let rowLength: Int
    let types: [Kind]
  }

  private let index: Index
  private let rows: [[Float]]
  private let importance: [Float]

  init() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    index = try decoder.decode(Index.self, from: Data(TestData.bytes("encodings/index.json")))
    let input = [Float](littleEndian: try TestData.bytes("encodings/input.f32"))
    let length = index.rowLength
    rows = index.rows.indices.map { Array(input[$0 * length..<($0 + 1) * length]) }
    importance = [Float](littleEndian: try TestData.bytes("encodings/importance.f32"))
  }

  /// Each golden row that ggml encodes, or none if it has no answers of that kind for the encoding.
  func compare(_ encoding: Encoding, _ effort: Effort, weighted: Bool) throws -> [Row] {
    let kind = index.types.first { $0.name.lowercased() == encoding.name.lowercased() }
    guard let answers = weighted ? kind?.weighted : kind?.plain else { return [] }
    let weights = weighted ? importance : nil
    return try zip(index.rows.indices, answers.weightedSquaredError).compactMap { row, reference in
      guard let reference else { return nil }
      let values = rows[row]
      let ours = try encoding.squaredError(of: values, importance: weights, effort: effort)
      let largest = values.map(\.magnitude).max() ?? 0
      // An error of one unit in the last place at each of the values.
      let step = Double(largest) * 0x1p-23
      return Row(
        name: index.rows[row], reference: reference, ours: ours,
        tolerance: Double(values.count) * step * step * Double(weights?.max() ?? 1))
    }
  }

  /// The mean of the ratios over the judged rows.
  func meanRatio(_ encoding: Encoding, _ effort: Effort, weighted: Bool) throws -> Double {
    let judged = try compare(encoding, effort, weighted: weighted)
      .filter { Self.judgedRows.contains($0.name) }
    return judged.map(\.ratio).reduce(0, +) / Double(judged.count)
  }
}

extension Encoding {
  /// Σ w(x̂ − x)² after encoding and decoding.
  func squaredError(of values: [Float], importance: [Float]? = nil, effort: Effort) throws -> Double {
    let decoded = try decoded(encoded(values, importance: importance, effort: effort))
    return values.indices.reduce(0.0) { sum, index in
      let difference = Double(decoded[index]) - Double(values[index])
      return sum + Double(importance?[index] ?? 1) * difference * difference
    }
  }
}
