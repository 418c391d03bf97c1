import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotFiles

@Suite struct FolderTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func namesAreSortedByBytesAndHoldHiddenOnes() throws {
    for name in ["b", "a", "B", ".hidden", "é"] { try folder.write([], to: name) }
    try folder.makeFolder("c")
    #expect(try folder.names() == [".hidden", "B", "a", "b", "c", "é"])
  }

  @Test func namesOfAFileAreNotFolder() throws {
    let path = try folder.write([], to: "a")
    let error = #expect(throws: FileError.self) { try Folder.names(in: path) }
    #expect(error?.code == .notFolder)
  }

  @Test func namesOfNothingAreNotFound() throws {
    let error = #expect(throws: FileError.self) { try Folder.names(in: folder.path("none")) }
    #expect(error?.code == .notFound)
  }

  @Test func freeSpaceIsSomeAndFailuresAreReported() throws {
    #expect(try Folder.freeSpace(at: folder.path) > 0)
    let calls = FaultyCalls { _, _ in .fail(.ioError) }
    #expect(throws: FileError(.io, folder.path, operation: "statvfs", errno: .ioError)) {
      try Folder.freeSpace(at: folder.path, calls: calls)
    }
  }

  @Test func foldersAreToldFromFiles() throws {
    #expect(try Folder.isFolder(folder.path))
    #expect(try Folder.isFolder(try folder.makeLink("l", to: folder.path)))
    #expect(try !Folder.isFolder(try folder.write([], to: "a")))
  }
}
