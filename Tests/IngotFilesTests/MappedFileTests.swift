import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotFiles

@Suite struct MappedFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func map(_ name: String) throws -> MappedFile {
    try MappedFile(try RegularFile(opening: folder.path(name)))
  }

  private func bytes(of mapped: MappedFile, in range: Range<UInt64>? = nil) -> [UInt8] {
    mapped.withBytes(in: range) { bytes in bytes.withUnsafeBytes { Array($0) } }
  }

  @Test func lendsAllBytesAndAnyRange() throws {
    try folder.write(0..<200, to: "a")
    let mapped = try map("a")
    #expect(bytes(of: mapped) == Array(0..<200))
    #expect(bytes(of: mapped, in: 7..<11) == [7, 8, 9, 10])
    #expect(bytes(of: mapped, in: 200..<200) == [])
  }

  @Test func emptyFileMapsToNoBytes() throws {
    try folder.write([], to: "empty")
    let mapped = try map("empty")
    #expect(mapped.byteCount == 0)
    #expect(bytes(of: mapped) == [])
    #expect(bytes(of: mapped, in: 0..<0) == [])
    try mapped.checkStillWhole()
  }

  @Test func errorsOfTheBodyPassThrough() throws {
    try folder.write([1], to: "a")
    let mapped = try map("a")
    #expect(throws: Errno.canceled) { try mapped.withBytes { _ throws(Errno) in throw Errno.canceled } }
  }

  @Test func cutFileIsShrunk() throws {
    try folder.write(0..<200, to: "a")
    let mapped = try map("a")
    try mapped.checkStillWhole()
    try folder.truncate("a", to: 199)
    let error = #expect(throws: FileError.self) { try mapped.checkStillWhole() }
    #expect(error?.code == .shrunk)
    try folder.truncate("a", to: 201)
    try mapped.checkStillWhole()
  }

  @Test func fileCutBetweenOpeningAndMappingIsShrunk() throws {
    let file = try RegularFile(opening: try folder.write(0..<200, to: "a"))
    try folder.truncate("a", to: 10)
    let error = #expect(throws: FileError.self) { try MappedFile(file) }
    #expect(error?.code == .shrunk)
  }

  @Test func replacedFileKeepsItsBytesInTheMapping() throws {
    try folder.write(0..<200, to: "a")
    let mapped = try map("a")
    let output = try AtomicFile(replacing: folder.path("a"), overwrite: true)
    try output.write([1, 2, 3])
    try output.commit()
    try mapped.checkStillWhole()
    #expect(bytes(of: mapped) == Array(0..<200))
    #expect(try folder.bytes(of: "a") == [1, 2, 3])
  }

  @Test func failingMappingIsReported() throws {
    let path = try folder.write([1], to: "a")
    let calls = FaultyCalls { call, _ in call == .map ? .fail(.noMemory) : nil }
    #expect(throws: FileError(.io, path, operation: "mmap", errno: .noMemory)) {
      try MappedFile(try RegularFile(opening: path, calls: calls))
    }
  }

  #if os(Linux)
    @Test func mappingEndsWithItsLastReference() throws {
      let path = try folder.write(0..<200, to: "a")
      do {
        let mapped = try map("a")
        #expect(try MemoryMap.holds(path))
        withExtendedLifetime(mapped) {}
      }
      #expect(try !MemoryMap.holds(path))
    }
  #endif
}
