#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// Ratios of powers as logarithms.
package enum Decibels {
  /// 10·log₁₀(signal / noise): infinity without noise, minus infinity where there is nothing but noise.
  ///
  /// - Precondition: Neither is negative.
  package static func ratio(_ signal: Double, to noise: Double) -> Double {
    noise == 0 ? .infinity : 10 * log10(signal / noise)
  }
}

extension ErrorMeasure {
  /// The signal-to-noise ratio in decibels: 10·log₁₀(Σr² / Σ(o − r)²).
  ///
  /// Infinity where nothing differs, minus infinity where all of the reference is zero and something differs.
  ///
  /// Specification: `spec/command.md`, clause K5.1.
  public var signalToNoiseRatio: Double { Decibels.ratio(squaredReference, to: squaredError) }
}
