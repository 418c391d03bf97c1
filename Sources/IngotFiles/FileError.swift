import SystemPackage

/// Why a file could not be opened, read, mapped or written.
public struct FileError: Error, Sendable, Hashable {
  /// The kind of failure; stable across releases.
  public enum Code: String, Sendable, CaseIterable {
    /// Nothing stands at the path.
    case notFound = "NOT_FOUND"
    /// The system does not allow it: permissions, or a file system that is read-only.
    case permission = "PERMISSION"
    /// A folder, pipe, socket or device stands where a regular file is needed.
    case notRegular = "NOT_REGULAR"
    /// A part of the path that must be a folder is none.
    case notFolder = "NOT_FOLDER"
    /// The target exists, and overwriting was not asked for.
    case exists = "EXISTS"
    /// The target is one of the files that are read.
    case sameFile = "SAME_FILE"
    /// The disk is full, or the user's quota is used up.
    case noSpace = "NO_SPACE"
    /// The file is larger than the file system or the address space allows.
    case tooLarge = "TOO_LARGE"
    /// The file ends before the bytes that were asked for: it was cut while in use, or never held them.
    case shrunk = "SHRUNK"
    /// Another program has changed the file's length while it was in use.
    case changed = "CHANGED"
    /// Another process is changing the end of the file: it seals or unseals it.
    case locked = "LOCKED"
    /// The complete file stands at its target, but after a power failure the old one might be back.
    case notDurable = "NOT_DURABLE"
    /// The output was committed, discarded or has failed before.
    case closed = "CLOSED"
    /// The operating system failed in some other way; ``FileError/errno`` says how.
    case io = "IO"
  }

  /// The kind of failure.
  public let code: Code
  /// The file that it is about.
  public let path: FilePath
  /// What was being done: the name of the system call, or of the step.
  public let operation: String
  /// What the operating system answered, if it was asked.
  public let errno: Errno?
  /// What was found, in words, where that says more than the code.
  public let detail: String?

  /// Makes an error.
  public init(
    _ code: Code, _ path: FilePath, operation: String, errno: Errno? = nil, detail: String? = nil
  ) {
    self.code = code
    self.path = path
    self.operation = operation
    self.errno = errno
    self.detail = detail
  }

  /// The error that an answer of the operating system stands for.
  package init(_ errno: Errno, _ path: FilePath, _ operation: String) {
    let code: Code =
      switch errno {
      case .noSuchFileOrDirectory: .notFound
      case .permissionDenied, .notPermitted, .readOnlyFileSystem: .permission
      case .isDirectory: .notRegular
      case .notDirectory: .notFolder
      case .fileExists: .exists
      case .noSpace, .diskQuotaExceeded: .noSpace
      case .fileTooLarge, .overflow: .tooLarge
      default: .io
      }
    self.init(code, path, operation: operation, errno: errno)
  }
}

extension FileError: CustomStringConvertible {
  /// One sentence: what is wrong with which file, and what to do next.
  public var description: String {
    switch code {
    case .notFound: "\(path): no such file or folder\(detail.map { " (\($0))" } ?? ""); check the path."
    case .permission: "\(path): \(reason); change the permissions or choose another place."
    case .notRegular: "\(path) is \(detail ?? "no regular file"); name a regular file."
    case .notFolder: "\(path): a part of the path is no folder; check the path."
    case .exists: "\(path) exists; ask for overwriting or choose another name."
    case .sameFile:
      "\(path) \(detail ?? "is also a file that is read"); choose another name for the output."
    case .noSpace: "\(path): \(reason); free some space or choose another disk."
    case .tooLarge: "\(path): \(reason); choose another disk, or split the file."
    case .shrunk:
      "\(path) \(detail ?? "ends too early"); let the program that writes it finish, then try again."
    case .changed:
      "\(path) \(detail ?? "was changed"); let the program that changes it finish, then try again."
    case .locked: "\(path): another process is sealing or unsealing it; let it finish, then try again."
    case .notDurable: "\(path) is complete but might be lost in a power failure (\(reason)); check the disk."
    case .closed: "\(path): the output is finished or has failed before; start it again."
    case .io: "\(path): cannot \(operation): \(reason); \(advice)."
    }
  }

  /// What to do about an answer of the system that has no code of its own.
  private var advice: String {
    switch errno {
    case .tooManyOpenFiles: "raise the limit of open files (ulimit -n), then try again"
    case .tooManyOpenFilesInSystem: "close other programs, or raise the system's limit of open files"
    case .fileNameTooLong: "choose a shorter name"
    case .tooManySymbolicLinkLevels: "the links lead in a circle: name the file itself"
    default: "check the disk, then try again"
    }
  }

  private var reason: String { detail ?? errno.map { "\($0)" } ?? operation }
}
