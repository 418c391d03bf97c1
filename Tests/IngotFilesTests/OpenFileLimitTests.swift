import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotFiles

@Suite struct OpenFileLimitTests {
  @Test func theLimitIsRaisedToTheMostThatIsAllowed() {
    let calls = FaultyCalls { _, _ in nil }
    OpenFileLimit.raise(calls: calls)
    #expect(calls.openFiles.withLock { $0.current } == 65_536)
    OpenFileLimit.raise(calls: calls)
    #expect(calls.calls == [.openFileLimit, .setOpenFileLimit, .openFileLimit])
  }

  @Test(arguments: [FaultyCalls.Call.openFileLimit, .setOpenFileLimit])
  func aLimitThatCannotBeRaisedStays(failing: FaultyCalls.Call) {
    let calls = FaultyCalls { call, _ in call == failing ? .fail(.notPermitted) : nil }
    OpenFileLimit.raise(calls: calls)
    #expect(calls.openFiles.withLock { $0.current } == 1024)
  }

  @Test(arguments: [
    (Errno.tooManyOpenFiles, "ulimit -n"), (.tooManyOpenFilesInSystem, "limit of open files"),
    (.fileNameTooLong, "shorter name"), (.tooManySymbolicLinkLevels, "in a circle"),
    (.ioError, "check the disk"),
  ])
  func theAdviceFitsTheAnswerOfTheSystem(errno: Errno, advice: String) {
    let error = FileError(errno, "a", "open")
    #expect(error.code == .io)
    #expect("\(error)".contains(advice))
    #expect("\(error)".contains("check the disk") == (errno == .ioError))
  }
}
