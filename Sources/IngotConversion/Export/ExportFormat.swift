import IngotCheckpoints
import IngotContainer
import IngotEncodings

/// What an export writes.
public enum ExportFormat: String, Sendable, CaseIterable {
  /// One safetensors file.
  case safetensors
  /// A NumPy archive: one array for each tensor, stored as it is.
  case npz

  /// The format of a file of this name, by its ending.
  public init?(fileName: String) {
    guard let format = Self.allCases.first(where: { fileName.lowercased().hasSuffix("." + $0.rawValue) })
    else {
      return nil
    }
    self = format
  }

  /// The ending of a name that says that it is a file of another format, which an export does not write: `nil` of any other
  /// name.
  ///
  /// Specification: `spec/export.md`, clause X4.4.
  package static func foreignEnding(ofFileName name: String) -> String? {
    if ExportFormat(fileName: name) != nil { return nil }
    let name = name.lowercased()
    return Checkpoints.fileNameEndings.sorted().first(where: name.hasSuffix)
  }

  /// Whether the format has this type.
  func holds(_ type: ElementType) -> Bool {
    switch self {
    case .safetensors: ElementType.plainTypes.contains(type)
    case .npz: NPYHeader.bytes(type: type, shape: []) != nil
    }
  }

  /// Checks that readers find each tensor by its name.
  ///
  /// Specification: `spec/export.md`, clause X4.2.
  ///
  /// - Throws: ``ConversionError`` `LAYOUT` at the first whose name the format has not.
  func check(names tensors: ExportPlan.Tensors) throws(ConversionError) {
    guard self == .npz else { return }
    // Few tensors, if any, are called as a member of an archive is.
    let names = Set(
      tensors.indices.lazy.map(tensors.name(at:)).filter { $0.utf8.suffix(4).elementsEqual(".npy".utf8) }
        .map { ExactName($0) })
    for tensor in tensors {
      let member = NPZFrame.member(tensor.name)
      let fault: String? =
        if member.utf8.count > ZIPOutput.longestNameByteCount {
          "has \(tensor.name.utf8.count.counted("byte")), too many for an archive"
        } else if tensor.name.isEmpty {
          "is empty, which no array of an archive is called"
        } else if !ZIPOutput.holds(name: member) {
          "is no relative path, as those in an archive are"
        } else if names.contains(ExactName(member)) {
          "is one that NumPy confuses with \(member.quoted), another tensor"
        } else {
          nil
        }
      if let fault {
        throw ConversionError(
          .layout, tensor: tensor.source,
          "the name of \(tensor.name.quoted) \(fault): a .safetensors file holds it")
      }
    }
  }

  /// The order of the tensors in a file.
  func order(_ tensors: ExportPlan.Tensors) -> ExportPlan.Tensors {
    switch self {
    // The widest elements first, so that each is aligned, and then by name: as the safetensors library writes.
    case .safetensors: tensors.sortedByWidth()
    case .npz: tensors
    }
  }

  /// What stands around the elements of some tensors in a file.
  func frame(
    _ tensors: Slice<ExportPlan.Tensors>, texts: [(name: String, value: String)]
  ) -> any ExportFrame {
    switch self {
    case .safetensors: SafeTensorsFrame(tensors: tensors, texts: texts)
    case .npz: NPZFrame()
    }
  }
}

/// The bytes of a file around the elements of its tensors, which are written in order.
protocol ExportFrame {
  /// Passes on the bytes before everything, piece by piece.
  func start(_ write: ([UInt8]) throws -> Void) rethrows
  /// The bytes before the elements of a tensor.
  mutating func begin(_ tensor: ExportPlan.Tensor) -> [UInt8]
  /// Takes note of elements that were written.
  mutating func add(_ bytes: UnsafeRawBufferPointer)
  /// The bytes after the elements of a tensor.
  mutating func end() -> [UInt8]
  /// Passes on the bytes after everything, piece by piece.
  func finish(_ write: ([UInt8]) throws -> Void) rethrows
}

/// Everything stands in front.
private struct SafeTensorsFrame: ExportFrame {
  let tensors: Slice<ExportPlan.Tensors>
  let texts: [(name: String, value: String)]

  func start(_ write: ([UInt8]) throws -> Void) rethrows {
    let own = texts.isEmpty ? [(name: "format", value: "pt")] : texts
    try SafeTensorsOutput.writeHeader(
      tensors.lazy.map {
        SafeTensorsOutput.Tensor(
          name: $0.name, type: $0.type, shape: $0.shape, byteCount: UInt64($0.byteCount))
      }, texts: own, write)
  }

  func begin(_ tensor: ExportPlan.Tensor) -> [UInt8] { [] }
  func add(_ bytes: UnsafeRawBufferPointer) {}
  func end() -> [UInt8] { [] }
  func finish(_ write: ([UInt8]) throws -> Void) rethrows {}
}

/// An entry of an archive for each tensor.
private struct NPZFrame: ExportFrame {
  private var archive = ZIPOutput()

  /// The name of the member that holds a tensor.
  static func member(_ name: String) -> String { name + ".npy" }

  func start(_ write: ([UInt8]) throws -> Void) rethrows {}

  mutating func begin(_ tensor: ExportPlan.Tensor) -> [UInt8] {
    let header = NPYHeader.bytes(type: tensor.type, shape: tensor.shape) ?? []
    let start = archive.begin(Self.member(tensor.name), byteCount: UInt64(header.count + tensor.byteCount))
    header.withUnsafeBytes { archive.add($0) }
    return start + header
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) { archive.add(bytes) }
  mutating func end() -> [UInt8] { archive.end() }
  func finish(_ write: ([UInt8]) throws -> Void) rethrows { try archive.writeDirectory(write) }
}
