import Foundation
import IngotTestSupport
import Synchronization
import SystemPackage
import Testing

@testable import IngotFiles

/// A set appears complete or not at all, whatever fails and whoever interrupts (`spec/conversion.md`, clause V5.5).
@Suite struct AtomicFileSetTests {
  private static let names = ["a", "b", "c", "d"]

  /// Writes the four files of a set, and returns what went wrong.
  private func write(
    in folder: TemporaryFolder, overwrite: Bool, calls: FaultyCalls, register: TemporaryRegister = .init()
  ) -> FileError? {
    do throws(FileError) {
      var files: [AtomicFile] = []
      for name in Self.names {
        files.append(
          try AtomicFile(
            replacing: folder.path(name), overwrite: overwrite, sources: [], calls: calls, register: register)
        )
      }
      let set = try AtomicFileSet(files)
      for (index, file) in files.enumerated() { try file.write([UInt8(index), 9]) }
      try set.commit()
      return nil
    } catch {
      return error
    }
  }

  /// The folder before: with `overwrite`, all but the third file are there.
  private func start(overwrite: Bool) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    if overwrite { for name in ["a", "b", "d"] { try folder.write(Array(name.utf8), to: name) } }
    return folder
  }

  private func contents(_ folder: TemporaryFolder) throws -> [String: [UInt8]] {
    var contents: [String: [UInt8]] = [:]
    for name in try folder.names() { contents[name] = try folder.bytes(of: name) }
    return contents
  }

  private static let new: [String: [UInt8]] = ["a": [0, 9], "b": [1, 9], "c": [2, 9], "d": [3, 9]]

  /// What a file system may not have.
  static let missing: [[FaultyCalls.Call]] = [
    [], [.exchange], [.exchange, .renameExclusively], [.exchange, .link, .renameExclusively],
  ]

  @Test(arguments: missing, [false, true])
  func allOldOrAllNewWhateverFails(missing: [FaultyCalls.Call], overwrite: Bool) throws {
    let healthy = FaultyCalls { call, _ in missing.contains(call) ? .fail(.notSupported) : nil }
    let clean = try start(overwrite: overwrite)
    #expect(write(in: clean, overwrite: overwrite, calls: healthy) == nil)
    #expect(try contents(clean) == Self.new)
    // Four files and one folder.
    #expect(healthy.calls.count { $0 == .sync } == 5)

    for errno in [Errno.ioError, .noSpace, .permissionDenied, .interrupted] {
      for failing in healthy.calls.indices {
        let folder = try start(overwrite: overwrite)
        let old = try contents(folder)
        let calls = FaultyCalls { call, index in
          if index == failing { return .fail(errno) }
          return missing.contains(call) ? .fail(.notSupported) : nil
        }
        let error = write(in: folder, overwrite: overwrite, calls: calls)
        let isNew = error == nil || error?.code == .notDurable
        var found = try contents(folder)
        // An old file that was kept by a link, and that one removal leaves, is not tried again.
        if healthy.calls[failing] == .unlink { found = found.filter { !$0.key.hasPrefix(".") } }
        #expect(
          found == (isNew ? Self.new : old),
          "\(healthy.calls[failing]) number \(failing), \(errno), \(missing)")
      }
    }
  }

  @Test func aFileThatCannotBeGivenBackIsKept() throws {
    let folder = try start(overwrite: true)
    // The third exchange fails, and every one after it.
    let exchanges = Mutex(0)
    let calls = FaultyCalls { call, _ in
      guard call == .exchange else { return nil }
      return exchanges.withLock { count in
        count += 1
        return count > 2 ? .fail(.ioError) : nil
      }
    }
    let error = write(in: folder, overwrite: true, calls: calls)
    #expect(error == FileError(.io, folder.path("d"), operation: "rename", errno: .ioError))
    let kept = try contents(folder).filter { $0.key.hasPrefix(".") }.map(\.value)
    #expect(Set(kept) == [Array("a".utf8), Array("b".utf8)])
    #expect(try folder.bytes(of: "d") == Array("d".utf8))
    #expect(try !folder.names().contains("c"))
  }

  @Test func twoFilesAtOnePlaceAreRefused() throws {
    let folder = try TemporaryFolder()
    try folder.makeLink("link", to: "a")
    let error = #expect(throws: FileError.self) {
      try AtomicFileSet([
        AtomicFile(replacing: folder.path("a")), AtomicFile(replacing: folder.path("link")),
      ])
    }
    #expect(error?.code == .sameFile && error?.path == folder.path("a"))
    #expect(error.map { "\($0)" }?.contains("would be written twice") == true)
    #expect(try folder.names() == ["link"])
  }

  @Test(arguments: [false, true])
  func whoRemovesAllHiddenFilesWaitsForACommit(fails: Bool) throws {
    let folder = try start(overwrite: true)
    let old = try contents(folder)
    let register = TemporaryRegister()
    let answer = Mutex<Bool?>(nil)
    let (begun, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let count = Mutex(0)
    let calls = FaultyCalls { call, _ in
      guard call == .exchange else { return nil }
      let number = count.withLock { count in
        count += 1
        return count
      }
      guard number == 2 else { return fails && number == 3 ? .fail(.ioError) : nil }
      Thread.detachNewThread {
        begun.signal()
        let isNothing = register.removeAll()
        answer.withLock { $0 = isNothing }
        ended.signal()
      }
      begun.wait()
      // Time enough to do harm.
      usleep(50_000)
      return nil
    }
    let error = write(in: folder, overwrite: true, calls: calls, register: register)
    ended.wait()
    #expect((error == nil) == !fails)
    #expect(answer.withLock { $0 } == fails)
    #expect(try contents(folder) == (fails ? old : Self.new))
  }

  @Test func nothingIsCommittedAfterAllHiddenFilesAreRemoved() throws {
    let folder = try TemporaryFolder()
    let register = TemporaryRegister()
    let file = try AtomicFile(
      replacing: folder.path("a"), overwrite: false, sources: [], calls: PlatformCalls(), register: register)
    #expect(register.removeAll())
    #expect(try folder.names() == [])
    #expect(throws: FileError.self) { try file.commit() }
    #expect(try folder.names() == [])
  }

  @Test func whatWasCommittedIsTold() throws {
    let folder = try TemporaryFolder()
    let register = TemporaryRegister()
    #expect(
      write(in: folder, overwrite: false, calls: FaultyCalls { _, _ in nil }, register: register) == nil)
    #expect(!register.removeAll())
    #expect(try contents(folder) == Self.new)
  }
}
