import SystemPackage
import Testing

@testable import IngotFiles

@Suite struct FileErrorTests {
  @Test func codesAreStable() {
    #expect(
      FileError.Code.allCases.map(\.rawValue) == [
        "NOT_FOUND", "PERMISSION", "NOT_REGULAR", "NOT_FOLDER", "EXISTS", "SAME_FILE", "NO_SPACE",
        "TOO_LARGE",
        "SHRUNK", "CHANGED", "LOCKED", "NOT_DURABLE", "CLOSED", "IO",
      ])
  }

  @Test func answersOfTheSystemMapToCodes() {
    let expected: [(Errno, FileError.Code)] = [
      (.noSuchFileOrDirectory, .notFound), (.permissionDenied, .permission), (.notPermitted, .permission),
      (.readOnlyFileSystem, .permission), (.isDirectory, .notRegular), (.notDirectory, .notFolder),
      (.fileExists, .exists), (.noSpace, .noSpace), (.diskQuotaExceeded, .noSpace),
      (.fileTooLarge, .tooLarge),
      (.ioError, .io), (.tooManyOpenFiles, .io),
    ]
    for (errno, code) in expected { #expect(FileError(errno, "a", "open").code == code) }
  }

  @Test func descriptionsAreOneSentenceThatNamesTheFileAndWhatToDo() {
    for code in FileError.Code.allCases {
      let text = FileError(code, "/models/a.gguf", operation: "open", errno: .ioError).description
      #expect(text.hasPrefix("/models/a.gguf") && text.hasSuffix(".") && text.contains("; "), "\(text)")
    }
    #expect(
      FileError(.notRegular, "/models", operation: "open", detail: "a folder").description
        == "/models is a folder; name a regular file.")
    #expect(
      FileError(.noSpace, "a.gguf", operation: "write", errno: .noSpace).description
        == "a.gguf: No space left on device; free some space or choose another disk.")
  }
}
