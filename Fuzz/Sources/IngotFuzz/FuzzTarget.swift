/// What is fuzzed: a claim about all inputs, and how inputs are changed so that they stay worth trying.
protocol FuzzTarget: Sendable {
  /// The name on the command line.
  static var name: String { get }
  /// Tries one input; traps if the claim does not hold for it.
  static func run(_ bytes: UnsafeRawBufferPointer)
  /// A changed input of at most `limit` bytes.
  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8]
}

/// Traps, so that libFuzzer keeps the input.
func claim(
  _ isTrue: Bool, _ what: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
  if !isTrue { fatalError(what(), file: file, line: line) }
}

extension UnsafeRawBufferPointer {
  /// A number that stands for the input, so that a choice made by it is the same each time that the input is tried.
  var fingerprint: UInt64 {
    reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
