import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// Surveys of pickles against runs that refuse what is unknown: clauses P4.2 and P5.4.
struct PickleSurveyTests {
  /// Instructions that make, hold and call what a survey lets pass.
  private static let instructions: [[UInt8]] = {
    let texts = [
      "cm\nC\n", "c__torch__\nM\n", "ccollections\nOrderedDict\n", "cbuiltins\nlist\n", "cbuiltins\nset\n",
      "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch._utils\n_rebuild_parameter\n", "ctorch\nFloatStorage\n",
      "ctorch._tensor\n_rebuild_from_type_v2\n", "ctorch\nTensor\n", "cm\nf\n",
      "(X\u{7}\0\0\0storagectorch\nFloatStorage\nX\u{1}\0\0\00X\u{1}\0\0\0cK\u{1}tQ", "X\u{1}\0\0\0a",
      "K\u{1}", "K\0",
      "N", ")", "]", "}", "(", "t", "e", "u", "a", "s", "b", "R", "0", "h\u{1}", "h\u{2}", "q\u{1}", "q\u{2}",
      "Q", "1",
    ]
    let others: [[UInt8]] = [[0x81], [0x85], [0x86], [0x87], [0x88], [0x8F], [0x90], [0x91], [0x92], [0x93]]
    // A whole tensor, often: few come about by chance.
    let tensor =
      "ctorch._utils\n_rebuild_tensor_v2\n((X\u{7}\0\0\0storagectorch\nFloatStorage\nX\u{1}\0\0\00X\u{1}\0\0\0cK\u{1}tQK\0))Nccollections\nOrderedDict\n)RtR"
    return texts.map { Array($0.utf8) } + others + [[UInt8]](repeating: Array(tensor.utf8), count: 4)
  }()

  private func run(
    _ bytes: [UInt8], _ foreign: PickleMachine.Foreign
  ) throws -> Result<(PickleArena, PickleValue), PickleError> {
    var machine = PickleMachine(PickleBytes(bytes), limits: .default, foreign: foreign)
    do {
      let root = try machine.run()
      return .success((machine.arena, root))
    } catch let error as PickleError { return .failure(error) }
  }

  @Test func aSurveyDiffersOnlyBehindAnUnknownName() throws {
    var generator = SeededGenerator(seed: 8)
    var (accepted, listed, tensors) = (0, 0, 0)
    for _ in 0..<6000 {
      // Two entries of the memo, and a mark: what is left at the end becomes a list.
      var bytes: [UInt8] = [0x80, 2] + Array("]q\u{1}0}q\u{2}0](".utf8)
      for _ in 0..<Int.random(in: 1...14, using: &generator) {
        bytes += Self.instructions.randomElement(using: &generator) ?? []
      }
      bytes += Array("e.".utf8)
      let (strict, survey) = (try run(bytes, .refused), try run(bytes, .listed))
      switch (strict, survey) {
      case (.success(let left), .success(let right)):
        accepted += 1
        #expect(right.0.unknown.names.isEmpty && left.1 == right.1)
        #expect(left.0.tensors.count == right.0.tensors.count)
      case (.success, .failure(let error)): Issue.record("\(error) in a survey of \(bytes)")
      case (.failure(let error), .success(let found)):
        listed += 1
        tensors += found.0.tensors.count
        #expect(error.code == .global && found.0.unknown.names.first?.error == error)
        _ = try? search(found.0, found.1, bytes)
      case (.failure(let left), .failure(let right)): #expect(left == right || left.code == .global)
      }
    }
    #expect(accepted > 20 && listed > 20 && tensors > 5, "\(accepted) \(listed) \(tensors)")
  }

  private func search(
    _ arena: PickleArena, _ root: PickleValue, _ bytes: [UInt8]
  ) throws -> CheckpointTensors {
    let file = ReadableBytes(bytes, path: "input")
    let part = PyTorchContents.Part(
      prefix: [], arena: arena, root: root, start: 0, entry: nil,
      places: [Int32](repeating: 0, count: arena.storages.count))
    var places = PyTorchPlaces(file)
    _ = places.append(PyTorchPlaces.Place(offset: 0, byteCount: UInt64(bytes.count)))
    let contents = try PyTorchContents(
      file: file, parts: [part], places: places, isBigEndian: false, limits: .default)
    var refusals = SurveyRefusals(contents)
    return try PyTorchTensors(contents: contents, file: 0, firstStorage: 0).table(
      choosing: .onlyOrAll, listing: { refusals.add($0) })
  }
}
