import IngotEncodings

extension ComparisonSummary {
  /// The error of some values.
  struct Errors: Encodable {
    let values: Int
    let rootMeanSquareError: Double
    let relativeError: Double
    /// In decibels.
    let signalToNoiseRatio: Double
    let cosineSimilarity: Double
    let largestAbsoluteError: Double
    let nonFinitePairs: Int

    /// Whether every pair of values is equal; NaN equals NaN.
    let isZero: Bool

    private enum CodingKeys: String, CodingKey {
      case values, rootMeanSquareError, relativeError, signalToNoiseRatio, cosineSimilarity
      case largestAbsoluteError, nonFinitePairs
    }

    init(_ measure: ErrorMeasure) {
      isZero = measure.largestAbsoluteError == 0 && measure.nonFiniteMismatchCount == 0
      values = measure.count + measure.nonFiniteCount
      rootMeanSquareError = measure.rootMeanSquareError
      relativeError = measure.relativeError
      signalToNoiseRatio = measure.signalToNoiseRatio
      cosineSimilarity = measure.cosineSimilarity
      largestAbsoluteError = measure.largestAbsoluteError
      nonFinitePairs = measure.nonFiniteCount
    }

    /// The signal-to-noise ratio for people.
    var decibels: String { Format.decibels(signalToNoiseRatio, isExact: isZero) }
  }

  /// The error of some values as an importance matrix weights it.
  struct WeightedErrors: Encodable {
    let relativeError: Double
    /// In decibels.
    let signalToNoiseRatio: Double

    init(_ error: WeightedError) {
      relativeError = error.relativeError
      signalToNoiseRatio = error.signalToNoiseRatio
    }

    /// The relative error and the signal-to-noise ratio for people.
    ///
    /// - Parameter isExact: Whether there is no error, weighted or not.
    func cells(isExact: Bool) -> [String] {
      [Format.percent(relativeError), Format.decibels(signalToNoiseRatio, isExact: isExact)]
    }
  }
}
