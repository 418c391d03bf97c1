import IngotCheckpoints
import IngotContainer
import IngotEncodings
import SystemPackage

/// Where an export goes.
public enum ExportTarget: Sendable, Hashable {
  /// One file.
  case file(FilePath, ExportFormat)
  /// A folder, which is made if it is not there, with safetensors files of at most so many bytes of elements, or of one tensor,
  /// and their index where there are several.
  case folder(FilePath, shardByteCount: UInt64)

  /// What is written.
  public var format: ExportFormat {
    switch self {
    case .file(_, let format): format
    case .folder: .safetensors
    }
  }

  /// The folder, if it is one.
  var folder: FilePath? {
    if case .folder(let path, _) = self { return path }
    return nil
  }

  /// A file of the output.
  struct File {
    enum Contents {
      /// These tensors of the plan.
      case tensors(Range<Int>)
      /// A text.
      case text(String)
    }

    let path: FilePath
    let contents: Contents
  }

  /// The files of the output of a plan, the index last.
  ///
  /// Specification: `spec/export.md`, clause X4.3.
  func files(of plan: ExportPlan) -> [File] {
    guard case .folder(let folder, let limit) = self else {
      guard case .file(let path, _) = self else { return [] }
      return [File(path: path, contents: .tensors(plan.tensors.indices))]
    }
    let shards = Self.shards(plan.tensors.map { UInt64($0.byteCount) }, limit: limit)
    guard shards.count > 1 else {
      return [File(path: folder.appending("model.safetensors"), contents: .tensors(plan.tensors.indices))]
    }
    let names = shards.indices.map {
      "model-\(Self.digits($0 + 1))-of-\(Self.digits(shards.count)).safetensors"
    }
    let index = SafeTensorsOutput.index(
      zip(names, shards).map { ($0, plan.tensors[$1].map(\.name)) }, byteCount: plan.byteCount)
    return zip(names, shards).map { File(path: folder.appending($0), contents: .tensors($1)) }
      + [File(path: folder.appending("model.safetensors.index.json"), contents: .text(index))]
  }

  /// Cuts tensors into runs of at most `limit` bytes, or of one tensor.
  static func shards(_ byteCounts: [UInt64], limit: UInt64) -> [Range<Int>] {
    var shards: [Range<Int>] = []
    var (start, sum) = (0, UInt64(0))
    for (index, byteCount) in byteCounts.enumerated() {
      if index > start, byteCount > limit || sum > limit - byteCount {
        shards.append(start..<index)
        (start, sum) = (index, 0)
      }
      // Of a first tensor that is larger than the limit no other fits behind it.
      sum += min(byteCount, limit - sum)
    }
    return shards + [start..<byteCounts.count]
  }

  /// A number with five digits.
  private static func digits(_ number: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, 5 - text.count)) + text
  }
}
