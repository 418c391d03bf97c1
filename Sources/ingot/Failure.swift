import IngotCheckpoints
import IngotContainer
import IngotConversion
import IngotEncodings
import IngotFiles
import IngotModel
import IngotSeal

/// Why the command ends without having done its work: what to print, and the exit status.
struct Failure: Error, Encodable {
  /// The exit statuses, as `ingot --help` lists them.
  enum Status: Int32 {
    /// The bytes of an input are refused.
    case refusedInput = 1
    /// The inputs are valid, and the request cannot be done.
    case impossibleRequest = 2
    /// The arguments make no sense.
    case usage = 64
    /// The operating system failed.
    case system = 74
    /// The user pressed Ctrl-C.
    case interrupted = 130
  }

  let status: Status
  /// A stable word for the kind of failure.
  let code: String
  /// What was found, what was expected, what to do.
  let message: String
  /// Where in the file the trouble is, if it is at one place.
  var offset: UInt64?

  init(_ status: Status, _ code: String, _ message: String, offset: UInt64? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.offset = offset
  }

  private enum CodingKeys: String, CodingKey { case code, message, offset }

  /// Prints the failure for people on standard error, and as `{"error": …}` on standard output if asked for.
  func report(asJSON: Bool) {
    Terminal.writeError("ingot: \(message.escaped)\n")
    if asJSON, let text = try? JSONText.of(["error": self]) { print(text) }
  }
}

extension Failure {
  /// The failure that an error of a module means for the command.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure:
      self = failure
    case let error as FileError where error.code == .exists:
      self.init(
        .impossibleRequest, error.code.rawValue,
        "\(error.path) exists: replace it with --force, or choose another name")
    case let error as FileError:
      self.init(Self.status(error), error.code.rawValue, "\(error)")
    case let error as ContainerError:
      self.init(.refusedInput, error.code.rawValue, "\(error)", offset: error.offset)
    case let error as CheckpointError:
      // Several dictionaries are no fault of the file: one has to be chosen.
      self.init(
        error.code == .stateDictionary ? .impossibleRequest : .refusedInput, error.code.rawValue,
        "\(error)", offset: error.offset)
    case let error as ModelError:
      self.init(Self.status(error), error.code, "\(error)", offset: error.offset)
    case let error as SealError:
      self.init(Self.status(error), error.code.rawValue, "\(error)", offset: error.offset)
    case let error as ConversionError:
      self.init(Self.status(error), error.code.rawValue, "\(error)")
    case let error as ElementTypeError:
      self.init(.impossibleRequest, error.code.rawValue, "\(error)")
    case let error as EncodingError:
      self.init(.impossibleRequest, error.code.rawValue, "\(error)")
    case is CancellationError:
      self.init(.interrupted, "INTERRUPTED", "interrupted; nothing was written")
    default:
      self.init(.system, "UNKNOWN", "\(error)")
    }
  }

  /// A model that cannot be opened is refused; what was asked of a valid one cannot be done.
  private static func status(_ error: ModelError) -> Status {
    switch error.cause {
    case .file(let error): status(error)
    case .seal(let error): status(error)
    case .container, .split, .duplicateTensor: .refusedInput
    case .encoding, .rows, .elements, .bytes: .impossibleRequest
    }
  }

  /// A seal that is in the way, or an output that cannot be one of a set, is a request that cannot be done.
  private static func status(_ error: SealError) -> Status {
    [.sealed, .copyName].contains(error.code) ? .impossibleRequest : .refusedInput
  }

  /// A value that its type does not have is the file's fault.
  private static func status(_ error: ConversionError) -> Status {
    switch error.code {
    case .rule, .effort: .usage
    case .value, .importance, .configuration, .unknownTensor, .missingTensor, .shape, .tokenizer, .adapter:
      .refusedInput
    case .family, .preTokenizer, .nothingToDo, .noCodec, .notFinite, .overflow, .layout, .noSuchTensor,
      .limit:
      .impossibleRequest
    }
  }

  /// An output that is in the way is a request that cannot be done; everything else about files is the system's.
  private static func status(_ error: FileError) -> Status {
    switch error.code {
    case .exists, .sameFile: .impossibleRequest
    default: .system
    }
  }
}
