import IngotContainer
import IngotEncodings
import IngotFiles
import IngotSeal
import SystemPackage

/// Why a model could not be opened, or a tensor not be read.
public struct ModelError: Error, Sendable, Hashable {
  /// What went wrong.
  public enum Cause: Sendable, Hashable {
    /// The operating system failed, or the file is missing, no regular file, or was cut while in use.
    case file(FileError)
    /// The bytes of the file are not valid.
    case container(ContainerError)
    /// The seal is missing or refused, or the file is not what was sealed.
    case seal(SealError)
    /// The tensor's encoding cannot be decoded.
    case encoding(EncodingError)
    /// The files of a split set do not belong together.
    case split(found: String, expected: String)
    /// Two files of a split set hold a tensor of the same name.
    ///
    /// The offset is that of the entry in the tensor table.
    case duplicateTensor(otherFile: FilePath, offset: UInt64)
    /// Rows that the tensor does not have.
    case rows(Range<Int>, count: Int)
    /// Elements that the tensor does not have, or that do not begin and end at blocks.
    case elements(Range<Int>, count: Int, elementsPerBlock: Int)
    /// Bytes that the tensor does not have.
    case bytes(Range<Int>, count: Int)
  }

  /// What went wrong.
  public let cause: Cause
  /// The file that it is about; in a split set, the one of its files.
  public let path: FilePath
  /// The tensor that it is about, if it is about one.
  public let tensor: String?

  /// Makes an error.
  public init(_ cause: Cause, _ path: FilePath, tensor: String? = nil) {
    self.cause = cause
    self.path = path
    self.tensor = tensor
  }

  /// The error of a step of opening or reading `path`, whatever threw it.
  init(_ error: any Error, _ path: FilePath) {
    switch error {
    case let error as ModelError: self = error
    case let error as FileError: self.init(.file(error), path)
    case let error as ContainerError: self.init(.container(error), path)
    case let error as SealError: self.init(.seal(error), path)
    // No step throws anything else.
    default: self.init(.file(FileError(.io, path, operation: "read")), path)
    }
  }

  /// The kind of failure; stable across releases.
  ///
  /// That of the wrapped error (such as `NOT_FOUND`, `SHRUNK`, `TRUNCATED`, `NO_DECODER`), or else `SPLIT`, `DUPLICATE`,
  /// `ROWS`, `ELEMENTS` or `BYTES`.
  public var code: String {
    switch cause {
    case .file(let error): error.code.rawValue
    case .container(let error): error.code.rawValue
    case .seal(let error): error.code.rawValue
    case .encoding(let error): error.code.rawValue
    case .split: "SPLIT"
    case .duplicateTensor: ContainerError.Code.duplicate.rawValue
    case .rows: "ROWS"
    case .elements: "ELEMENTS"
    case .bytes: "BYTES"
    }
  }

  /// The offset in the file of the first byte that is wrong, if one is to blame.
  public var offset: UInt64? {
    switch cause {
    case .container(let error): error.offset
    case .seal(let error): error.offset
    case .duplicateTensor(_, let offset): offset
    default: nil
    }
  }
}

extension ModelError: CustomStringConvertible {
  /// One line: what is wrong with which file and tensor, and what to do or what was expected.
  public var description: String {
    let place = "\(path)\(tensor.map { ", tensor \($0.debugDescription)" } ?? ""): "
    return switch cause {
    // It names the file itself.
    case .file(let error): error.description
    case .container(let error): place + error.description
    case .seal(let error): place + error.description
    case .encoding(let error): place + error.description
    case .split(let found, let expected): place + "found \(found), expected \(expected)"
    case .duplicateTensor(let other, _): place + "\(other) of the same set has a tensor of that name"
    case .rows(let rows, let count): place + "found no rows \(rows); the tensor has \(count)"
    case .elements(let elements, let count, let elementsPerBlock):
      place + "found no elements \(elements); the tensor has \(count), in blocks of \(elementsPerBlock)"
    case .bytes(let bytes, let count): place + "found no bytes \(bytes); the tensor has \(count)"
    }
  }
}
