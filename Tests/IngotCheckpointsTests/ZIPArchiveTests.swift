import IngotTestSupport
import Synchronization
import Testing

@testable import IngotCheckpoints

/// The table of an archive: clauses Z3, Z4 and A5 of the specification.
@Suite struct ZIPArchiveTests {
  private typealias Member = ArchiveBuilder.Member

  private static func archive(
    _ builder: ArchiveBuilder, limits: CheckpointLimits = .default
  ) throws -> ZIPArchive {
    try ZIPArchive(ReadableBytes(builder.bytes, path: "test"), limits: limits)
  }

  // Names of all lengths, so that entries begin and end anywhere in what is read at once.
  @Test func aDirectoryIsReadAFewEntriesAtATime() throws {
    let members = (0..<4000).map { Member(name: "\($0)" + String(repeating: "x", count: $0 % 97), bytes: []) }
    let builder = ArchiveBuilder(members)
    let longest = Mutex(0)
    let file = ReadableBytes(path: "test", byteCount: UInt64(builder.bytes.count)) { offset, buffer in
      longest.withLock { $0 = max($0, buffer.count) }
      buffer.copyBytes(from: builder.bytes[Int(offset)..<Int(offset) + buffer.count])
    }
    let archive = try ZIPArchive(file, limits: .default)
    #expect(archive.count == 4000 && archive.map(\.name) == members.map(\.name))
    #expect(archive.map(\.directoryOffset) == builder.entryOffsets.map(UInt64.init))
    #expect(members.indices.allSatisfy { archive.index(of: members[$0].name) == $0 })
    #expect(archive["y"] == nil && archive.index(of: "") == nil)
    #expect(builder.bytes.count - builder.directoryOffset > 3 << 16)
    #expect(longest.withLock { $0 } <= 0xFFFF + 22, "what may be the end record, and no more")
  }

  @Test func anEntryMayBeLongerThanWhatIsReadAtOnce() throws {
    let names = ["a", String(repeating: "b", count: 65_535), "c"]
    let archive = try Self.archive(ArchiveBuilder(names.map { Member(name: $0, bytes: [1, 2, 3]) }))
    #expect(archive.map(\.name) == names)
    #expect(archive[names[1]]?.byteCount == 3)
  }

  @Test func membersAreInTheOrderOfTheirBytes() throws {
    let members = (0..<5).map { Member(name: "m\($0)", bytes: [UInt8](repeating: 7, count: $0)) }
    let order = [3, 0, 4, 2, 1]
    let builder = ArchiveBuilder(members, inDirectory: order)
    let archive = try Self.archive(builder)
    #expect(archive.map(\.name) == members.map(\.name) && archive.map(\.byteCount) == [0, 1, 2, 3, 4])
    for (place, member) in order.enumerated() {
      let entry = try #require(archive["m\(member)"])
      #expect(entry.name == "m\(member)" && archive.index(of: entry.name) == member)
      #expect(entry.directoryOffset == UInt64(builder.entryOffsets[place]))
      #expect(
        entry.dataOffset == entry.headerOffset + 32 && entry.dataEnd - entry.dataOffset == UInt64(member))
    }
  }

  // Clause Z3.5; of several names the one whose second member begins first.
  @Test(
    arguments: [
      ([0, 1, 2, 3, 4], 2, "a"), ([4, 3, 2, 1, 0], 4, "a"), ([2, 0, 1, 3, 4], 1, "a"),
      ([3, 4, 1, 0, 2], 4, "a"),
    ])
  func aNameThatStandsTwiceIsRefusedAtTheLaterEntry(_ order: [Int], _ entry: Int, _ name: String) throws {
    let members = ["a", "b", "a", "b", "a"].map { Member(name: $0, bytes: [1]) }
    let builder = ArchiveBuilder(members, inDirectory: order)
    let error = #expect(throws: CheckpointError.self) { try Self.archive(builder) }
    #expect(error?.code == .duplicate && error?.subject == .member(name))
    #expect(error?.offset == UInt64(builder.entryOffsets[entry]))
  }

  // Clause Z2.4: the end record is where the limits are told.
  @Test func aDirectoryIsUnderTheLimitOfAHeader() throws {
    let builder = ArchiveBuilder([Member(name: "a", bytes: [])])
    var limits = CheckpointLimits()
    limits.headerByteCount = 46
    let error = #expect(throws: CheckpointError.self) { try Self.archive(builder, limits: limits) }
    #expect(error?.code == .limit && error?.offset == UInt64(builder.bytes.count - 22))
    limits.headerByteCount = 47
    #expect(try Self.archive(builder, limits: limits).count == 1)
    limits.headerByteCount = .max
    #expect(limits.archiveDirectoryByteCount == 0xFFFF_FFFF)
    #expect(try Self.archive(builder, limits: limits).count == 1)
  }

  // Clause A5.2: some members are deflated and others are not, and the directory has them in another order.
  @Test func arraysAreFoundWhereverTheyAre() throws {
    let folder = try TemporaryFolder()
    var members = [Member(name: "readme", bytes: [1, 2, 3], isDeflated: true)]
    for index in 0..<8 {
      let values = (0..<index).map { UInt8(10 * index + $0) }
      let header = try #require(NPYHeader.bytes(type: .uint8, shape: [index]))
      members.append(
        Member(name: "\(index).npy", bytes: header + values, isDeflated: index.isMultiple(of: 3)))
    }
    let builder = ArchiveBuilder(members, inDirectory: Array(members.indices.reversed()))
    let checkpoint = try Checkpoints.open(folder.write(builder.bytes, to: "a.npz"))
    #expect(checkpoint.format == .numpy && checkpoint.tensors.map(\.name) == (0..<8).map(String.init))
    #expect(checkpoint.warnings.map(\.subject) == [.member("readme")])
    #expect(Set(checkpoint.tensors.compactMap(\.view?.storage)).count == 8)
    for (index, tensor) in checkpoint.tensors.enumerated() {
      var bytes = [UInt8](repeating: 0xEE, count: tensor.byteCount)
      try bytes.withUnsafeMutableBytes { try checkpoint.read(tensor, bytes: 0..<index, into: $0) }
      #expect(bytes == (0..<index).map { UInt8(10 * index + $0) })
    }
  }

  @Test func aDamagedArrayIsToldByTheNameOfItsMember() throws {
    let folder = try TemporaryFolder()
    let header = try #require(NPYHeader.bytes(type: .uint8, shape: [4]))
    let builder = ArchiveBuilder([Member(name: "w.npy", bytes: header + [1, 2, 3, 4], isDeflated: true)])
    var bytes = builder.bytes
    bytes[builder.directoryOffset - 1] ^= 1
    let checkpoint = try Checkpoints.open(folder.write(bytes, to: "a.npz"))
    let tensor = try #require(checkpoint.tensors.first)
    var values = [UInt8](repeating: 0, count: 4)
    let error = #expect(throws: CheckpointError.self) {
      try values.withUnsafeMutableBytes { try checkpoint.read(tensor, bytes: 0..<4, into: $0) }
    }
    #expect(error?.code == .checksum && error?.subject == .member("w.npy"))
    #expect(error?.offset == tensor.location.offset)
  }
}
