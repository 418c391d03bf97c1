import CVectors

@testable import IngotEncodings

/// What the kernels compute, number by number: the references that every set of them must agree with, bit for bit.
enum PlainKernels {
  typealias Vector = SIMD8<Float>

  /// A block with its weights, if it has some.
  struct Block {
    var values: [Float]
    var weights: [Float]?
    var products: [Float]
  }

  static func limited(_ number: Float, _ lowest: Float, _ highest: Float) -> Float {
    // NaN becomes the lowest.
    let raised = number > lowest ? number : lowest
    return raised < highest ? raised : highest
  }

  static func integer(_ number: Float, _ lowest: Float, _ highest: Float) -> Float {
    limited(number, lowest, highest).rounded(.toNearestOrEven) + 0
  }

  /// The level nearest to a number; of two, the lower.
  static func level(_ levels: ingot_levels, _ number: Float) -> Float {
    if levels.kind == ingot_levels_signs { return number.sign == .minus ? -1 : 1 }
    if levels.kind == ingot_levels_integers { return integer(number, levels.lowest, levels.highest) }
    let inside = limited(number, -128, 127.5)
    let all = PlainFormulas.unevenLevels
    return all[(1..<16).count { inside > (all[$0 - 1] + all[$0]) / 2 }]
  }

  /// A sum of numbers in eight lanes.
  static func total<Number: BinaryFloatingPoint>(_ numbers: [Number]) -> Number {
    var lanes = [Number](repeating: 0, count: 8)
    for (index, number) in numbers.enumerated() { lanes[index % 8] += number }
    return (lanes[0] + lanes[4] + (lanes[2] + lanes[6])) + (lanes[1] + lanes[5] + (lanes[3] + lanes[7]))
  }

  static func choose(
    _ levels: ingot_levels, _ block: Block, _ scale: Float, _ factor: Float
  ) -> (error: Double, levels: [Float]) {
    let chosen = block.values.map { level(levels, $0 * factor) }
    return (error(chosen.map { $0 * scale }, block), chosen)
  }

  static func chooseLine(
    _ block: Block, _ scale: Float, _ minimum: Float, _ factor: Float, _ highest: Float
  ) -> (error: Double, codes: [Float]) {
    let chosen = block.values.map { integer(($0 - minimum) * factor, 0, highest) }
    return (error(chosen.map { $0 * scale + minimum }, block), chosen)
  }

  static func chooseFloats(_ block: Block, _ scale: Float, _ factor: Float, _ reach: Float)
    -> (error: Double, shortfall: Double, levels: [Float])
  {
    let levels: [Float] = [0, 1, 2, 3, 4, 6, 8, 12]
    let chosen = block.values.map { value in
      levels[(1..<8).count { value.magnitude * factor > (levels[$0 - 1] + levels[$0]) / 2 }]
    }
    let magnitudes = Block(values: block.values.map(\.magnitude), weights: block.weights, products: [])
    let squares = chosen.indices.map { index in
      let difference = chosen[index] * scale - magnitudes.values[index]
      let square = Double(difference * difference * (block.weights?[index] ?? 1))
      return magnitudes.values[index] > reach ? square : 0
    }
    return (error(chosen.map { $0 * scale }, magnitudes), total(squares), chosen)
  }

  private static func error(_ decoded: [Float], _ block: Block) -> Double {
    total(
      block.values.indices.map { index in
        let difference = decoded[index] - block.values[index]
        return Double(difference * difference * (block.weights?[index] ?? 1))
      })
  }

  static func fit(_ levels: ingot_levels, _ block: Block, _ factors: [Vector], _ unit: Float)
    -> KernelState.Fits
  {
    var fits = KernelState.Fits()
    func look(_ factor: Float, _ lane: Int) {
      var (products, squares) = (Float(0), Float(0))
      for index in block.values.indices {
        let level = level(levels, factor * block.values[index])
        products += level * block.products[index]
        squares += level * level * (block.weights?[index] ?? 1)
      }
      let gain = products * products / squares
      guard gain > fits.gains[lane] else { return }
      (fits.products[lane], fits.squares[lane], fits.gains[lane]) = (products, squares, gain)
    }
    for vector in factors { for lane in 0..<8 { look(vector[lane] * unit, lane) } }
    for lane in 0..<8 { look(fits.squares[lane] / fits.products[lane], lane) }
    return fits
  }

  static func trace(
    _ levels: ingot_levels, _ block: Block, _ factors: [Vector], _ unit: Float, _ energy: Float
  ) -> KernelState.Trials {
    var trials = KernelState.Trials()
    for vector in factors {
      for lane in 0..<8 {
        let factor = vector[lane] * unit
        let scale = 1 / factor
        var (errors, slopes) = (Float(0), Float(0))
        for index in block.values.indices {
          let level = level(levels, factor * block.values[index])
          let difference = level * scale - block.values[index]
          let weighted = difference * (block.weights?[index] ?? 1)
          errors += weighted * difference
          slopes += weighted * level
        }
        let correction = slopes * scale * scale / energy
        let least = errors - slopes * correction
        guard least < trials.errors[lane] else { continue }
        (trials.errors[lane], trials.scales[lane]) = (least, scale - correction)
      }
    }
    return trials
  }

  static func center(_ block: Block) -> (block: Block, mean: Float, weight: Float) {
    let weight = total(block.weights ?? block.values.map { _ in 1 })
    let mean = total(block.products) / weight
    let centered = block.values.map { $0 - mean }
    let products = centered.indices.map { centered[$0] * (block.weights?[$0] ?? 1) }
    return (Block(values: centered, weights: block.weights, products: products), mean, weight)
  }

  static func fitLines(_ block: Block, _ starts: [Vector], _ frame: ingot_line_frame, refits: Int)
    -> KernelState.LineFits
  {
    var fits = KernelState.LineFits()
    func look(_ factor: Float, _ offset: Float, _ lane: Int) {
      var (products, squares, codes) = (Float(0), Float(0), Float(0))
      for index in block.values.indices {
        let code = integer(factor * block.values[index] + offset, 0, frame.highestCode)
        let weighted = code * (block.weights?[index] ?? 1)
        products += code * block.products[index]
        squares += code * weighted
        codes += weighted
      }
      codes /= frame.weight
      squares -= codes * codes * frame.weight
      let gain = products <= 0 ? 0 : products * products / squares
      guard gain > fits.gains[lane] else { return }
      (fits.products[lane], fits.squares[lane]) = (products, squares)
      (fits.codes[lane], fits.gains[lane]) = (codes, gain)
    }
    for start in stride(from: 0, to: starts.count, by: 2) {
      for lane in 0..<8 {
        let factor = starts[start][lane] * (frame.highestCode / frame.range)
        let anchor = starts[start + 1][lane]
        look(factor, anchor * frame.highestCode - (anchor * frame.range + frame.lowest) * factor, lane)
      }
    }
    for _ in 0..<refits {
      for lane in 0..<8 { look(fits.squares[lane] / fits.products[lane], fits.codes[lane], lane) }
    }
    return fits
  }

  static func gridSteps(_ range: Float, _ tolerance: UInt32, _ highest: Float) -> UInt32 {
    (1...UInt32(highest)).reduce(0) { steps, step in
      let rest = ((range / Float(step)).bitPattern &+ tolerance) & 0x1FFF
      return rest <= 2 * tolerance ? steps | 1 << (step - 1) : steps
    }
  }
}
