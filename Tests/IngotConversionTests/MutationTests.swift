import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotFiles
import IngotModel
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// Any bytes convert, compare and decode, or give a typed error: what the readers accept, nothing behind them may trap on.
@Suite struct MutationTests {
  private let folder: TemporaryFolder
  private let sound: FilePath
  private let container: FilePath

  init() async throws {
    folder = try TemporaryFolder()
    let long = String(repeating: "n", count: 70)
    sound = try folder.safetensors([
      SourceTensor("w", [2, 32], normalValues(64, seed: 1)),
      SourceTensor(long, "C64", [2, 1], [UInt8](repeating: 0x3C, count: 16)),
      SourceTensor("five", "U8", [1, 2, 1, 2, 1], [1, 2, 3, 4]),
      SourceTensor("four", "F4", [2, 2], [0x12, 0x34]), SourceTensor("none", "F16", [0, 3], []),
      SourceTensor("d", "F64", [2], [UInt8](repeating: 0x40, count: 16)),
      SourceTensor("b", "BOOL", [3], [0, 1, 1]),
    ])
    container = folder.path("sound.gguf")
    try await convert(sound, to: container, ConversionOptions(target: .encoding(.q4_0)))
  }

  @Test(arguments: ["model.safetensors", "sound.gguf"])
  func everyTruncationGivesATypedErrorOrValues(name: String) async throws {
    let bytes = try folder.bytes(of: name)
    for length in 0..<bytes.count { try await use(bytes[..<length], "length \(length)") }
  }

  @Test(arguments: ["model.safetensors", "sound.gguf"])
  func mutationsGiveATypedErrorOrValues(name: String) async throws {
    let seed: UInt64 = 0x3607
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let bytes = try folder.bytes(of: name)
    var accepted = 0
    for round in 0..<300 {
      var mutant = bytes
      for _ in 0..<Int.random(in: 1...2, using: &generator) { mutate(&mutant, &generator) }
      if try await use(mutant[...], "round \(round)") { accepted += 1 }
    }
    // Enough come through to the code behind the readers.
    #expect(accepted > 50)
  }

  private func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    let place = Int.random(in: bytes.indices, using: &generator)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
    case 2:
      // Numbers in text: shapes and offsets.
      let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
      if let digit = digits.randomElement(using: &generator) {
        bytes[digit] = UInt8.random(in: 0x30...0x39, using: &generator)
      }
    case 3:
      let numbers: [UInt64] = [.max, 1 << 63, 1 << 62, 1 << 32, 0, 1]
      let number = numbers[Int.random(in: numbers.indices, using: &generator)]
      for (index, byte) in withUnsafeBytes(of: number.littleEndian, Array.init).enumerated()
      where place + index < bytes.count { bytes[place + index] = byte }
    default:
      let other = Int.random(in: bytes.indices, using: &generator)
      bytes.swapAt(place, other)
    }
  }

  /// Does everything with a file that the command does; returns whether it could be opened.
  @discardableResult
  private func use(_ bytes: ArraySlice<UInt8>, _ comment: Comment) async throws -> Bool {
    let path = try folder.write(bytes, to: "mutant")
    var checkpoint: (any Checkpoint)?
    await typed(comment) { checkpoint = try Checkpoints.open(path) }
    guard let checkpoint else { return false }
    for target in [ConversionOptions.Target.own, .encoding(.q8_0)] {
      await typed(comment) {
        let plan = try ConversionPlan(checkpoint, options: ConversionOptions(target: target))
        guard plan.byteCount < 1 << 16 else { return }
        _ = try await ConversionPipeline(plan, from: checkpoint, threads: 1)
          .run(to: folder.path("out"), overwrite: true)
      }
    }
    for other in [sound, container] {
      await typed(comment) {
        _ = try await Comparison(checkpoint, with: Checkpoints.open(other)).run(threads: 1)
      }
      await typed(comment) {
        _ = try await Comparison(Checkpoints.open(other), with: checkpoint).run(threads: 1)
      }
    }
    for tensor in checkpoint.tensors {
      await typed(comment) {
        let values = try TensorValues(opening: path, tensor: tensor.name)
        _ = try values.numbers(0..<min(values.elementCount, 64))
        _ = try values.elements(ofRows: 0..<min(values.rowCount, 2))
      }
    }
    return true
  }

  /// Runs `body`, whose errors must be those of the modules.
  private func typed(_ comment: Comment, _ body: () async throws -> Void) async {
    do {
      try await body()
    } catch {
      let isTyped =
        error is CheckpointError || error is ModelError || error is ContainerError || error is FileError
        || error is ConversionError || error is EncodingError || error is ElementTypeError
      #expect(isTyped, "\(comment): \(error)")
    }
  }
}
