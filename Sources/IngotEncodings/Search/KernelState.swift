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

  /// What there is to know of eight parts.
  struct PartExtents {
    var lowest = Vector.zero
    var highest = Vector.zero
    /// Σ w·x².
    var energies = Vector.zero
  }

  /// What the fits of eight parts by a scale and a minimum share.
  struct PartSums {
    /// Σ w, 1 where it is zero.
    var weights = Vector.zero
    /// Σ w·x / Σ w.
    var means = Vector.zero
    /// Σ w·x², with x counted from the mean.
    var energies = Vector.zero
  }

  /// For each of eight parts, a choice of codes.
  struct PartFits {
    /// The scale that is best for them.
    var steps = Vector.zero
    /// Σ w·q².
    var norms = Vector.zero
    /// The error.
    var errors = Vector.zero
  }

  /// The choices of parts that suit a scale of scales, and their integers.
  struct PartPlaces {
    var errors = Vector.zero
    var scales = Vector.zero
    var steps = Vector.zero
    var norms = Vector.zero
  }

  /// For each of eight parts, a choice of codes for a scale and a minimum.
  struct PartLines {
    /// The scale that is best for them.
    var steps = Vector.zero
    /// The mean code.
    var codes = Vector.zero
    /// Σ w·q² less what the mean code has of it.
    var norms = Vector.zero
    /// The error.
    var errors = Vector.zero
  }

  /// The least errors that parts can have with scales and minimums of one sign.
  struct LineLimits {
    var errors = Vector.zero
    var steps = Vector.zero
    var depths = Vector.zero
  }

  /// The choices of parts that suit a scale of scales and one of minimums, and their integers.
  struct LinePlaces {
    var errors = Vector.zero
    var scales = Vector.zero
    var minimums = Vector.zero
    var steps = Vector.zero
    var codes = Vector.zero
    var norms = Vector.zero
  }

  /// In each lane, the least error so far.
  struct LineTrials {
    var errors = Vector(repeating: .infinity)
    /// The integers that have it.
    var scales = Vector.zero
    var minimums = Vector.zero
  }
}
