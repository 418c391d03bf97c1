import Foundation
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// Files that are to be refused, or just not to be: `testdata/checkpoints/hostile`.
struct HostileCheckpointTests {
  struct Verdict: Decodable {
    struct Refusal: Decodable {
      let code: String
      let offset: UInt64?
      let subject: String?
    }

    /// What a survey shows of a file that is refused for a name.
    struct Survey: Decodable {
      let tensors: [String]
      /// The subjects of the first refusals, and how many there are.
      let refused: [String]
      let refusedCount: Int
      /// How often the first name stands there.
      let times: Int?
      /// What the last refusal says.
      let last: String?
    }

    let clause: String
    let error: Refusal?
    let survey: Survey?
  }

  static let verdicts: [String: Verdict] = {
    guard let bytes = try? TestData.bytes("checkpoints/hostile/verdicts.json") else { return [:] }
    return (try? JSONDecoder().decode([String: Verdict].self, from: Data(bytes))) ?? [:]
  }()

  @Test func thereAreFilesOfAllKinds() {
    #expect(Self.verdicts.count >= 450)
    #expect(Set(Self.verdicts.values.map { String($0.clause.prefix(1)) }) == ["A", "P", "Z"])
    #expect(Self.verdicts.values.count { $0.error?.code == "GLOBAL" } >= 75)
  }

  @Test(arguments: verdicts.keys.sorted())
  func aFileIsRefusedAtItsFaultOrOpened(_ name: String) throws {
    let verdict = try #require(Self.verdicts[name])
    let path = TestData.path("checkpoints/hostile").appending(name)
    guard let expected = verdict.error else {
      let checkpoint = try Checkpoints.open(path)
      for tensor in checkpoint.tensors {
        #expect(try checkpoint.bytes(of: tensor, piece: 5).count == tensor.byteCount)
      }
      return
    }
    let error = #expect(throws: CheckpointError.self) { try Checkpoints.open(path) }
    #expect(error?.code.rawValue == expected.code, "\(verdict.clause): \(error as Any)")
    if let offset = expected.offset { #expect(error?.offset == offset, "\(error as Any)") }
    if let subject = expected.subject { #expect(error.map { Self.name(of: $0.subject) } == subject) }
    if expected.code == "GLOBAL" { #expect(expected.offset != nil && expected.subject != nil) }
  }

  // Clause P4.2: a survey goes on, and finds each name where it stands.
  @Test func aSurveyListsEveryNameThatIsRefused() throws {
    let path = TestData.path("checkpoints/hostile").appending("call-form-in-value.pt")
    let (checkpoint, refusals) = try Checkpoints.survey(path)
    #expect(checkpoint.tensors.map(\.name) == ["weight"])
    #expect(refusals.map(\.code) == [.global])
    #expect(refusals.first?.subject == .global("posix.system"))
    #expect(refusals.first?.offset == Self.verdicts["call-form-in-value.pt"]?.error?.offset)
  }

  // Clauses P4.2 and P5.4: what is made with unknown names hides nothing else.
  @Test(arguments: verdicts.filter { $0.value.survey != nil }.keys.sorted())
  func aSurveyShowsWhatElseAFileHolds(_ name: String) throws {
    let verdict = try #require(Self.verdicts[name])
    let expected = try #require(verdict.survey)
    let (checkpoint, refusals) = try Checkpoints.survey(TestData.path("checkpoints/hostile").appending(name))
    #expect(checkpoint.tensors.map(\.name) == expected.tensors)
    #expect(refusals.allSatisfy { $0.code == .global })
    #expect(refusals.count == expected.refusedCount)
    #expect(refusals.prefix(expected.refused.count).map { Self.name(of: $0.subject) } == expected.refused)
    #expect(refusals.first?.offset == verdict.error?.offset)
    if let times = expected.times {
      #expect(refusals.first?.found.hasPrefix("a name that would be imported, \(times) times") == true)
    }
    if let last = expected.last { #expect(refusals.last?.found == last) }
  }

  // Clauses P6.6 and P6.7: a survey lists tensors of which the numbers are not those that are stored, and goes on.
  @Test(arguments: ["tensor-negated.pt", "tensor-conjugated.pt", "tensor-complex128.pt"])
  func aSurveyListsTensorsThatCannotBeRead(_ name: String) throws {
    let (checkpoint, refusals) = try Checkpoints.survey(TestData.path("checkpoints/hostile").appending(name))
    let expected = try #require(Self.verdicts[name]?.error)
    #expect(checkpoint.tensors.isEmpty)
    #expect(refusals.map(\.code.rawValue) == [expected.code])
    #expect(refusals.first?.offset == expected.offset)
    #expect(refusals.first?.subject == .tensor("weight"))
  }

  // Clause A5.3: a survey lists the arrays of an archive that cannot be stored, and goes on.
  @Test func aSurveyListsArraysThatCannotBeStored() throws {
    let name = "npz-two-of-three-refused.npz"
    let (checkpoint, refusals) = try Checkpoints.survey(TestData.path("checkpoints/hostile").appending(name))
    #expect(checkpoint.tensors.map(\.name) == ["w"])
    #expect(refusals.map(\.code) == [.elementType, .elementType])
    #expect(refusals.map(\.subject) == [.member("t.npy"), .member("z.npy")])
    #expect(refusals.first?.offset == Self.verdicts[name]?.error?.offset)
  }

  // Clause P4.2: classes of TorchScript are known in its modules alone.
  @Test func aSurveyListsAClassOfTorchScriptOutsideOfIt() throws {
    let bytes = [0x80, 2] + Array("c__torch__\nM\n.".utf8)
    func names(_ foreign: PickleMachine.Foreign) throws -> [String?] {
      var machine = PickleMachine(PickleBytes(bytes), limits: .default, foreign: foreign)
      _ = try machine.run()
      return machine.arena.unknown.names.map(\.error.global)
    }
    #expect(try names(.listed) == ["__torch__.M"])
    #expect(try names(.init(areModulesKnown: true, isListed: true)) == [])
    let error = #expect(throws: PickleError.self) { try names(.refused) }
    #expect(error?.code == .global && error?.offset == 2)
  }

  static func name(of subject: CheckpointError.Subject) -> String? {
    switch subject {
    case .file: nil
    case .tensor(let name), .key(let name), .shard(let name), .member(let name), .global(let name): name
    }
  }
}
