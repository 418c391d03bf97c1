import CVectors

@testable import IngotEncodings

/// The plain formulas of the kernels of super-blocks, part by part.
extension PlainKernels {
  /// What the fits of one part share.
  struct Frame {
    var weight: Float
    var mean: Float
    var energy: Float
    var highestCode: Float
    var highestScale: Float
    var sign: Float
  }

  /// A choice of codes of one part for a scale and a minimum.
  struct Line {
    var step: Float
    var code: Float
    var norm: Float
    var error: Float
  }

  static func reciprocal(_ scale: Float) -> Float { scale.magnitude > 0x1p-100 ? 1 / scale : 0 }

  static func measure(_ values: [Float], _ weights: [Float]?) -> (
    lowest: Float, highest: Float, energy: Float
  ) {
    var extents = (lowest: values[0], highest: values[0], energy: Float(0))
    for index in values.indices {
      extents.lowest = values[index] < extents.lowest ? values[index] : extents.lowest
      extents.highest = values[index] > extents.highest ? values[index] : extents.highest
      extents.energy += values[index] * values[index] * (weights?[index] ?? 1)
    }
    return extents
  }

  static func centerPart(_ values: [Float], _ weights: [Float]?)
    -> (values: [Float], weight: Float, mean: Float, energy: Float)
  {
    var (weight, product, energy) = (Float(0), Float(0), Float(0))
    for index in values.indices {
      weight += weights?[index] ?? 1
      product += values[index] * (weights?[index] ?? 1)
    }
    if weight <= 0 { weight = 1 }
    let mean = product / weight
    let centered = values.map { $0 - mean }
    for index in values.indices { energy += centered[index] * centered[index] * (weights?[index] ?? 1) }
    return (centered, weight, mean, energy)
  }

  static func fitPart(
    _ levels: ingot_levels, _ values: [Float], _ weights: [Float]?, _ factor: Float, _ energy: Float
  ) -> (step: Float, norm: Float, error: Float) {
    var (products, squares) = (Float(0), Float(0))
    for index in values.indices {
      let level = level(levels, values[index] * factor)
      let weighted = level * (weights?[index] ?? 1)
      squares += weighted * level
      products += weighted * values[index]
    }
    let step = squares > 0 ? products / squares : 0
    return (step, squares, energy - step * products)
  }

  static func placePart(
    _ fits: [(step: Float, norm: Float, error: Float)], _ scale: Float, _ lowest: Float, _ highest: Float
  ) -> (error: Float, scale: Float, step: Float, norm: Float) {
    var best = (error: Float.infinity, scale: Float(0), step: Float(0), norm: Float(0))
    for fit in fits {
      let multiple = integer(fit.step * reciprocal(scale), lowest, highest)
      let rest = multiple * scale - fit.step
      let error = fit.error + rest * rest * fit.norm
      if error < best.error { best = (error, multiple, fit.step, fit.norm) }
    }
    return best
  }

  static func tryPart(
    _ levels: ingot_levels, _ values: [Float], _ weights: [Float]?, _ multiples: [Float], _ scale: Float
  ) -> (error: Float, scale: Float) {
    var best = (error: Float.infinity, scale: Float(0))
    for multiple in multiples {
      let step = multiple * scale
      var error = Float(0)
      for index in values.indices {
        let difference = level(levels, values[index] * reciprocal(step)) * step - values[index]
        error += difference * difference * (weights?[index] ?? 1)
      }
      if error < best.error { best = (error, multiple) }
    }
    return best
  }

  static func fitPartLine(
    _ values: [Float], _ weights: [Float]?, _ factor: Float, _ offset: Float, refits: Int, _ frame: Frame
  ) -> Line {
    var (factor, offset) = (factor, offset)
    for refit in 0... {
      var (products, squares, total) = (Float(0), Float(0), Float(0))
      for index in values.indices {
        let code = integer(values[index] * factor + offset, 0, frame.highestCode)
        let weighted = code * (weights?[index] ?? 1)
        total += weighted
        squares += weighted * code
        products += weighted * values[index]
      }
      let code = total / frame.weight
      var norm = squares - total * code
      norm = norm > squares * 0x1p-20 ? norm : 0
      let step = norm > 0 ? products / norm : 0
      if refit == refits {
        return Line(step: step, code: code, norm: norm, error: frame.energy - step * products)
      }
      (factor, offset) = (reciprocal(step), code)
    }
    preconditionFailure()
  }

  /// The scale, the mean code and the wanted scale of a line of the frame's sign.
  static func signed(_ line: Line, _ frame: Frame) -> (step: Float, code: Float, wanted: Float) {
    let step = line.step * frame.sign
    let code = line.code * frame.sign + (frame.sign < 0 ? frame.highestCode : 0)
    guard (step * code - frame.mean) * frame.sign < 0 else { return (step, code, step) }
    let weighted = code * frame.weight
    return (step, code, (step * line.norm + frame.mean * weighted) / (line.norm + code * weighted))
  }

  static func limitLines(_ lines: [Line], _ frame: Frame) -> (error: Float, step: Float, depth: Float) {
    var best = (error: Float.infinity, step: Float(0), depth: Float(0))
    for line in lines {
      let own = signed(line, frame)
      let rest = own.wanted - own.step
      let depth = own.wanted * own.code - frame.mean
      let missed = depth * frame.sign < 0 ? depth : 0
      let error = line.error + rest * rest * line.norm + missed * missed * frame.weight
      if error < best.error { best = (error, own.wanted, depth) }
    }
    return best
  }

  static func placeLine(_ lines: [Line], _ frame: Frame, _ scale: Float, _ minimum: Float) -> (
    error: Float, scale: Float, minimum: Float, line: Line
  ) {
    var best = (
      error: Float.infinity, scale: Float(0), minimum: Float(0),
      line: Line(step: 0, code: 0, norm: 0, error: 0)
    )
    for line in lines {
      let own = signed(line, frame)
      let multiple = integer(own.wanted * reciprocal(scale), 0, frame.highestScale)
      let step = multiple * scale
      let rest = step - own.step
      let depth = step * own.code - frame.mean
      let other = integer(depth * reciprocal(minimum), 0, frame.highestScale)
      let missed = other * minimum - depth
      let error = line.error + rest * rest * line.norm + missed * missed * frame.weight
      if error < best.error {
        best = (error, multiple, other, Line(step: own.step, code: own.code, norm: line.norm, error: 0))
      }
    }
    return best
  }

  static func tryLine(
    _ values: [Float], _ weights: [Float]?, _ pairs: [(Float, Float)], _ frame: Frame, _ scale: Float,
    _ minimum: Float
  ) -> (error: Float, scale: Float, minimum: Float) {
    var best = (error: Float.infinity, scale: Float(0), minimum: Float(0))
    for pair in pairs {
      let step = pair.0 * scale
      let depth = pair.1 * minimum + frame.mean
      var error = Float(0)
      for index in values.indices {
        let value = values[index] + depth
        let difference = integer(value * reciprocal(step), 0, frame.highestCode) * step - value
        error += difference * difference * (weights?[index] ?? 1)
      }
      if error < best.error { best = (error, pair.0, pair.1) }
    }
    return best
  }
}
