import IngotContainer
import IngotFiles
import SystemPackage

/// What a validator is told of on the way.
package enum SafeTensorsFault {
  /// A fault after which the walk goes on, or that has ended it.
  case error(CheckpointError)
  /// Something unusual.
  case warning(CheckpointWarning)
}

/// What a validator learns from a safetensors file, or from an index and its shards: everything that could be read,
/// whatever is wrong with it.
///
/// Specification: `spec/conformance.md`, clauses F.
package struct SafeTensorsExamination {
  /// The files that hold data, as far as their headers could be read; an index is none of them.
  package private(set) var files: [RegularFile] = []
  /// The tensors without faults, in the order of the files.
  package private(set) var tensors = CheckpointTensors()

  /// Walks over the header of a file, to its end or to a fault that hides the rest.
  ///
  /// - Throws: what the operating system reports.
  package init(
    of file: RegularFile, limits: CheckpointLimits, report: @escaping (SafeTensorsFault) -> Void
  ) throws {
    try self.init(path: file.path, byteCount: file.byteCount, limits: limits, report: report) {
      try file.read(into: $1, at: $0)
    }
    files = [file]
  }

  /// Walks over the header of a file whose bytes `read` gives.
  package init(
    path: FilePath, byteCount: UInt64, limits: CheckpointLimits, report: @escaping (SafeTensorsFault) -> Void,
    read: @escaping (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    let header = try Self.reporting(report) { report in
      let source = SafeTensorsHeader.Source(path: path, byteCount: byteCount, read: read)
      return try SafeTensorsHeader(of: source, index: 0, limits: limits, report: report)
    }
    tensors = header?.table ?? CheckpointTensors()
  }

  /// Walks over an index, and over the headers of the shards that it names.
  package init(
    ofIndex file: RegularFile, limits: CheckpointLimits, report: @escaping (SafeTensorsFault) -> Void
  ) throws {
    let found = try Self.reporting(report) { report in
      let index = try SafeTensorsIndex(of: file, limits: limits, report: report)
      let shards = try SafeTensorsShards(index: index, limits: limits, report: report)
      return (files: shards.files, tensors: shards.table)
    }
    files = found?.files ?? []
    tensors = found?.tensors ?? CheckpointTensors()
  }

  /// Takes the fault that ends a walk to `report` as well.
  private static func reporting<Result>(
    _ report: @escaping (SafeTensorsFault) -> Void,
    _ walk: (@escaping (SafeTensorsFault) -> Void) throws -> Result
  ) throws -> Result? {
    do {
      return try walk(report)
    } catch let error as CheckpointError {
      report(.error(error))
      return nil
    }
  }
}
