import Synchronization

/// The files that are opened for reading while something is prepared, so that an output can be kept from replacing one of them.
///
/// ```swift
/// let reads = ReadRecord()
/// let model = try reads.recording { try FamilyModel(opening: folder) }
/// let output = try AtomicFile(replacing: "model.gguf", overwrite: true, sources: reads.identities)
/// ```
///
/// Every ``RegularFile`` and ``MappedFile`` counts that is opened within the call, on its task: configurations and indices as well
/// as what holds the tensors.
public final class ReadRecord: Sendable {
  @TaskLocal private static var current: ReadRecord?

  private let found = Mutex<Set<FileIdentity>>([])

  /// Starts an empty record.
  public init() {}

  /// The files, in no order.
  public var identities: [FileIdentity] { found.withLock { Array($0) } }

  /// Does something, and records the files that are opened meanwhile; it may be called several times.
  public func recording<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Self.$current.withValue(self, operation: body)
  }

  static func note(_ identity: FileIdentity) {
    current?.found.withLock { _ = $0.insert(identity) }
  }
}
