import IngotContainer
import IngotTestSupport
import SystemPackage

/// A folder with a file of each kind that the command may meet.
struct CommandFixture {
  static let hostileName = "w\u{1B}[31m\u{9B}2J\u{202E}\nx"

  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let values = (0..<256).map { Float($0 * 37 % 101 - 50) / 50 }
    let tensors = [
      SourceTensor("w", [4, 64], values), SourceTensor("b", [64], Array(values[..<64])),
      SourceTensor("i", "I64", [1], [1, 0, 0, 0, 0, 0, 0, 0]),
    ]
    let sound = try folder.safetensors(tensors, name: "sound.safetensors")
    try folder.write(try folder.bytes(of: "sound.safetensors").dropLast(), to: "cut.safetensors")
    try folder.safetensors([SourceTensor("w", [2, 32], [Float](repeating: .nan, count: 64))], name: "nan")
    try folder.safetensors([SourceTensor("w", "BOOL", [2], [1, 2])], name: "bool")
    // The name as JSON states it, and as it is.
    try folder.safetensors(
      [SourceTensor("w\\u001B[31m\u{9B}2J\u{202E}\\nx", [2, 32], [Float](repeating: .nan, count: 64))],
      name: "hostile")
    let header = try ContainerHeader(metadata: [:], tensors: [("w", [256, 2], .q6_K)])
    try folder.write(header.encoded() + [UInt8](repeating: 0, count: 448), to: "q6_k.gguf")
    try folder.write([UInt8]("nothing that anybody knows".utf8), to: "garbage")
    try folder.write([], to: "empty")
    try folder.write([1], to: "taken.gguf")
    try folder.makeFolder("folder")
    try folder.makePipe("pipe")
    try folder.makeLink("loop", to: "loop")
    try folder.makeHardLink("same.safetensors", to: sound.lastComponent?.string ?? "")
  }

  func run(_ arguments: String...) throws -> CommandResult { try Command.run(arguments, in: folder) }

  /// Runs a line of arguments without spaces in them.
  func run(line: String) throws -> CommandResult {
    try Command.run(line.split(separator: " ").map(String.init), in: folder)
  }
}
