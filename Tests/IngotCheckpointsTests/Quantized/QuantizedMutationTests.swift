import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// Any bytes in header, note or data give values or a typed error: `spec/quantized.md`, clause Q1.
@Suite struct QuantizedMutationTests {
  @Test(arguments: QuantizedFolder.all)
  func mutationsNeverTrap(_ original: QuantizedFolder) throws {
    let folder = try TemporaryFolder()
    var files = ["model.safetensors"]
    for name in ["config.json", "quantize_config.json"] {
      guard let bytes = try? TestData.bytes(at: original.path.appending(name)) else { continue }
      try folder.write(bytes, to: name)
      files.append(name)
    }
    let model = try TestData.bytes(at: original.path.appending("model.safetensors"))
    try folder.write(model, to: "model.safetensors")
    let header = 8 + Int(model[0]) + Int(model[1]) << 8
    let seed = UInt64(original.name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
    var generator = SeededGenerator(seed: seed)
    var opened = 0
    for round in 0..<400 {
      let file = files[round % files.count]
      let sound = try TestData.bytes(at: original.path.appending(file))
      var mutant = sound
      // Three quarters in the header of the tensors.
      let end = file == "model.safetensors" && round % 4 != 0 ? header : mutant.count
      for _ in 0..<Int.random(in: 1...2, using: &generator) {
        Self.mutate(&mutant, below: end, &generator)
      }
      try folder.write(mutant, to: file)
      do {
        try QuantizedFixture.readAll(folder.path)
        opened += 1
      } catch is CheckpointError {
      } catch {
        Issue.record("round \(round) of seed \(seed): \(error)")
      }
      try folder.write(sound, to: file)
    }
    #expect(opened > 20)
  }

  private static func mutate(_ bytes: inout [UInt8], below end: Int, _ generator: inout SeededGenerator) {
    let place = Int.random(in: 8..<end, using: &generator)
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
    default:
      // Shapes, offsets and numbers of the note.
      let digits = bytes[..<end].indices.filter { (0x30...0x39).contains(bytes[$0]) }
      guard let digit = digits.randomElement(using: &generator) else { return }
      bytes[digit] = UInt8.random(in: 0x30...0x39, using: &generator)
    }
  }
}
