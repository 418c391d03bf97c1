import IngotContainer
import IngotEncodings

/// Makes tensors of a checkpoint of what pickles describe, and checks them against their storages.
///
/// Specification: `spec/pytorch.md`, clause P6.
struct PyTorchTensors {
  let contents: PyTorchContents
  /// The index of the file among the checkpoint's, and of its first storage.
  let file: Int
  let firstStorage: Int

  /// The tensors of a choice, in the order of their bytes.
  ///
  /// - Parameter listing: In a survey, takes the refusals of tensors whose elements cannot be stored, or that are of an unknown
  ///   class; they are left out.
  func table(
    choosing choice: StateDictionaryChoice, listing: ((CheckpointError) -> Void)? = nil
  ) throws -> CheckpointTensors {
    var table = CheckpointTensors()
    let dictionary = try StateDictionary(contents.search, choosing: choice, contents.file.path)
    for found in dictionary.chosen {
      let name = try dictionary.name(of: found)
      let tensor: CheckpointTensor
      do throws(CheckpointError) {
        tensor = try self.tensor(name, found)
      } catch {
        guard let listing, [.elementType, .feature, .global].contains(error.code) else { throw error }
        listing(error)
        continue
      }
      guard table.append(tensor) else {
        throw CheckpointError(
          .duplicate, contents.file.path, at: tensor.location.offset, .tensor(name),
          found: "a second tensor of this name", expected: "each name once")
      }
    }
    table.sortByLocation()
    return table
  }

  /// The tensor that was found.
  ///
  /// - Throws: ``CheckpointError`` at what describes it.
  func tensor(_ name: String, _ found: TensorSearch.Found) throws(CheckpointError) -> CheckpointTensor {
    let part = contents.parts[Int(found.part)]
    do throws(PickleError) {
      return try tensor(name, found.tensor, part)
    } catch {
      let place = part.refuse(error, in: contents.file)
      throw CheckpointError(
        place.code, place.path, at: place.offset, .tensor(name), found: place.found, expected: place.expected)
    }
  }

  private func tensor(
    _ name: String, _ index: Int32, _ part: PyTorchContents.Part
  ) throws(PickleError) -> CheckpointTensor {
    let described = part.arena.tensors[Int(index)]
    func refuse(_ code: CheckpointError.Code, _ found: String, _ expected: String) -> PickleError {
      PickleError(code, at: Int(described.offset), found: found, expected: expected)
    }
    if let name = part.arena.unknownClasses[index] {
      throw refuse(.global, "a tensor of the class \(name.quoted)", "a tensor of PyTorch")
    }
    guard let type = described.type.element else {
      throw refuse(.elementType, "elements of the type \(described.type.name)", "a type that can be stored")
    }
    if let pending = described.pending {
      throw refuse(
        .feature, "elements of which PyTorch takes the \(pending) as it reads them",
        "elements as they are stored")
    }
    let (shape, strides) = (part.arena.shape(of: described), part.arena.strides(of: described))
    guard shape.count == strides.count, shape.allSatisfy({ $0 >= 0 }) else {
      throw refuse(.pickle, "a shape of \(shape) with strides \(strides)", "a stride for each dimension")
    }
    let size = described.type.byteCount
    guard let counted = Checked.product(of: shape.lazy.map { max($0, 1) }),
      Checked.product(counted, 8 * size) != nil
    else { throw refuse(.overflow, "the shape \(shape)", "fewer than 2^63 bits") }
    let count = shape.contains(0) ? 0 : counted

    let place = part.places[Int(described.storage)]
    let bytes = contents.places[place]
    let storagePart = part.arena.parts[described.storage]
    let partStart = storagePart?.lowerBound ?? 0
    // Counted in elements of the tensor, which need not be those that the storage was made of.
    let room = storagePart?.count ?? Int(clamping: bytes.byteCount / UInt64(size))
    guard described.start >= 0, strides.allSatisfy({ $0 >= 0 }) else {
      throw refuse(.bounds, "an offset of \(described.start) and strides \(strides)", "none below zero")
    }
    var last: Int? = described.start
    if count > 0 {
      for (dimension, stride) in zip(shape, strides) {
        last = Checked.product(dimension - 1, stride).flatMap { step in last.flatMap { Checked.sum($0, step) }
        }
      }
    }
    guard let last, count == 0 ? last <= room : last < room else {
      throw refuse(
        .bounds, "a view of \(shape) at \(described.start) with strides \(strides)",
        "one within the \(room.counted("element")) of its storage")
    }
    // The view is within a storage whose bytes are in the file, so these are counted.
    let start = UInt64(partStart + described.start) * UInt64(size)
    return CheckpointTensor(
      name: name, shape: shape, type: type, elementCount: count, byteCount: count * size,
      location: .init(file: file, offset: bytes.offset + (contents.places.isPlain(place) ? start : 0)),
      view: TensorView(
        storage: firstStorage + Int(place), start: start, strides: strides, isBigEndian: contents.isBigEndian)
    )
  }
}
