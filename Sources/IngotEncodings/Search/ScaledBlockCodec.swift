/// A codec that searches in a ``ScaledBlock``, the memory of which a run of blocks shares.
protocol ScaledBlockCodec: SearchingCodec {
  /// Encodes one block with a small error, or returns `false` if the encoding cannot hold its values.
  ///
  /// - Parameters:
  ///   - values: The values of the block.
  ///   - importance: As ``SearchingCodec`` has it.
  ///   - effort: How hard to look.
  ///   - input: Room for the block.
  ///   - block: Receives the block.
  static func search(
    _ values: UnsafePointer<Float>, _ importance: UnsafePointer<Float>?, _ effort: SearchEffort,
    _ input: inout ScaledBlock, into block: UnsafeMutableRawPointer
  ) -> Bool
}

extension ScaledBlockCodec {
  static func search(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, count: Int, effort: SearchEffort,
    into blocks: UnsafeMutableRawPointer
  ) -> Int? {
    ScaledBlock.with(count: elementsPerBlock) { input in
      for index in 0..<count {
        let start = index &* elementsPerBlock
        // The room for levels is free until there is a choice.
        let weights = importance.flatMap { prepare($0 + start, into: input.levels) }
        guard search(values + start, weights, effort, &input, into: blocks + index &* bytesPerBlock) else {
          return index
        }
      }
      return nil
    } ?? 0
  }

  static func search(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, effort: SearchEffort,
    into block: UnsafeMutableRawPointer
  ) -> Bool {
    search(values, importance: importance, count: 1, effort: effort, into: block) == nil
  }
}
