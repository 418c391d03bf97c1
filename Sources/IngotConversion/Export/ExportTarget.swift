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
      /// The index of these shards.
      case index([Range<Int>])
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
    let shards = Self.shards(plan.tensors.byteCounts, limit: limit)
    guard shards.count > 1 else {
      return [File(path: folder.appending("model.safetensors"), contents: .tensors(plan.tensors.indices))]
    }
    return shards.enumerated().map { number, shard in
      File(path: folder.appending(Self.name(number, of: shards.count)), contents: .tensors(shard))
    } + [File(path: folder.appending("model.safetensors.index.json"), contents: .index(shards))]
  }

  /// What the index of shards says: tensors by name, each with that of its file.
  func entries(
    of tensors: ExportPlan.Tensors, in shards: [Range<Int>]
  ) -> some Sequence<(name: String, file: String)> {
    var files: [UInt32] = []
    var names = TextList()
    names.reserveCapacity(tensors.count)
    for (number, shard) in shards.enumerated() {
      for position in shard {
        files.append(UInt32(number))
        names.append(tensors.name(at: position))
      }
    }
    let order = (0..<UInt32(names.count)).sorted { names.precedes(Int($0), Int($1)) }
    return order.lazy.map { [names, files] place in
      (name: names[Int(place)], file: Self.name(Int(files[Int(place)]), of: shards.count))
    }
  }

  /// The name of a shard by its number, from 0.
  private static func name(_ number: Int, of count: Int) -> String {
    "model-\(digits(number + 1))-of-\(digits(count)).safetensors"
  }

  /// Cuts tensors into runs of at most `limit` bytes, or of one tensor.
  static func shards(_ byteCounts: some Collection<UInt64>, limit: UInt64) -> [Range<Int>] {
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
