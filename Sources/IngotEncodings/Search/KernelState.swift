/// What the kernels of a search keep from call to call: structures of theirs, with a vector type that Swift and C share by its layout.
enum KernelState {
  typealias Vector = SIMD8<Float>

  /// In each lane, the best choice of codes so far.
  struct Fits {
    /// Σ w·x·q.
    var products = Vector.zero
    /// Σ w·q².
    var squares = Vector(repeating: 1)
    /// What the codes take off the error.
    var gains = Vector.zero
  }

  /// In each lane, the best choice of codes for a scale and a minimum so far.
  struct LineFits {
    /// Σ w·q·x, with x counted from the mean.
    var products = Vector.zero
    /// Σ w·q² less what the mean code has of it.
    var squares = Vector(repeating: 1)
    /// The mean code.
    var codes = Vector.zero
    /// What the codes take off the error.
    var gains = Vector.zero
  }

  /// In each lane, the least error so far.
  struct Trials {
    var errors = Vector(repeating: .infinity)
    /// The scale that has it.
    var scales = Vector.zero
  }
}
