import IngotContainer
import IngotEncodings

/// A tensor of a model, and where its values are.
struct ONNXTensor {
  let tensor: CheckpointTensor
  let values: ONNXValues
}

/// Makes a tensor of what its message states, and checks that it has as many values as its shape calls for.
///
/// Specification: `spec/onnx.md`, clauses O4 to O6.
struct ONNXTensorMaker {
  let bytes: MessageBytes
  let limits: CheckpointLimits
  let externalFiles: ONNXExternalFiles

  /// The tensor that a message is.
  ///
  /// - Returns: `nil` for texts, which are no numbers.
  /// - Throws: ``CheckpointError``, and what reading throws.
  func tensor(_ fields: ONNXTensorFields, named name: String) throws -> ONNXTensor? {
    let subject = CheckpointError.Subject.tensor(name)
    let start = fields.message.lowerBound
    guard let stated = fields.dataType else {
      throw bytes.refuse(
        .elementType, at: start, subject, found: "a tensor without data_type", expected: "one")
    }
    guard let type = ONNXDataType(rawValue: stated.value) else {
      throw bytes.refuse(
        .elementType, at: stated.offset, subject, found: "data_type \(stated.value)", expected: "1 to 28")
    }
    if type == .string { return nil }
    guard let element = type.element else {
      throw bytes.refuse(
        .elementType, at: stated.offset, subject, found: "elements of the type \(type)",
        expected: "a type that can be stored")
    }
    if let segment = fields.segment {
      throw bytes.refuse(
        .feature, at: segment, subject, found: "a segment of a tensor", expected: "a whole one")
    }
    guard let counted = Checked.product(of: fields.dimensions.lazy.map { max($0, 1) }),
      Checked.product(counted, 64) != nil
    else {
      throw bytes.refuse(
        .overflow, at: fields.dimensionsOffset, subject, found: "the shape \(fields.dimensions)",
        expected: "fewer than 2^63 bits")
    }
    let count = fields.dimensions.contains(0) ? 0 : counted
    guard let byteCount = element.byteCount(elements: count) else {
      throw bytes.refuse(
        .feature, at: fields.dimensionsOffset, subject, found: "an odd number of 4-bit floats, \(count)",
        expected: "whole bytes")
    }
    let stored = type.packing?.byteCount(count) ?? byteCount
    let (location, store) = try place(
      fields, Shape(type: type, dimensions: fields.dimensions, storedByteCount: stored), subject)
    return ONNXTensor(
      tensor: CheckpointTensor(
        name: name, shape: fields.dimensions, type: element, elementCount: count, byteCount: byteCount,
        location: location),
      values: ONNXValues(store: store, packing: type.packing))
  }

  private struct Shape {
    let type: ONNXDataType
    let dimensions: [Int]
    let storedByteCount: Int
  }

  /// Where the values are, of which there may be one kind only.
  private func place(
    _ fields: ONNXTensorFields, _ shape: Shape, _ subject: CheckpointError.Subject
  ) throws -> (CheckpointTensor.Location, ONNXValues.Store) {
    let isExternal = fields.location?.value == 1
    if let location = fields.location, location.value > 1 {
      throw bytes.refuse(
        .value, at: location.offset, subject, found: "data_location \(location.value)", expected: "0 or 1")
    }
    var others = fields.numbers.values.map(\.offset)
    if let raw = fields.raw, !raw.value.isEmpty || others.isEmpty, !isExternal {
      if let other = others.min() {
        throw bytes.refuse(
          .duplicate, at: other, subject, found: "numbers beside raw_data", expected: "the values once")
      }
      guard raw.value.count == shape.storedByteCount else {
        throw bytes.refuse(
          .size, at: raw.offset, subject,
          found: "\(raw.value.count.counted("byte")) for the shape \(shape.dimensions)",
          expected: "\(shape.storedByteCount)")
      }
      return (.init(file: 0, offset: raw.value.lowerBound), .plain)
    }
    if isExternal {
      if let raw = fields.raw, !raw.value.isEmpty { others.append(raw.offset) }
      if let other = others.min() {
        throw bytes.refuse(
          .duplicate, at: other, subject, found: "values beside external ones", expected: "the values once")
      }
      let location = try externalFiles.place(
        fields.external, of: fields.message, byteCount: shape.storedByteCount, in: bytes, limits: limits,
        subject)
      return (location, .plain)
    }
    return try numbers(fields, shape, subject)
  }

  /// The values that are numbers of protocol buffers.
  private func numbers(
    _ fields: ONNXTensorFields, _ shape: Shape, _ subject: CheckpointError.Subject
  ) throws -> (CheckpointTensor.Location, ONNXValues.Store) {
    let (field, form) = shape.type.field
    let size = shape.type.numberByteCount
    let expected = shape.storedByteCount / Int(size)
    if let other = fields.numbers.filter({ $0.key != UInt64(field) }).values.map(\.offset).min() {
      throw bytes.refuse(
        .elementType, at: other, subject,
        found: "numbers that stand in another field than those of \(shape.type)",
        expected: "raw_data or field \(field)")
    }
    guard let stated = fields.numbers[UInt64(field)] else {
      guard expected == 0 else {
        throw bytes.refuse(
          .size, at: fields.message.lowerBound, subject, found: "no values for the shape \(shape.dimensions)",
          expected: shape.storedByteCount.counted("byte"))
      }
      return (.init(file: 0, offset: fields.message.lowerBound), .plain)
    }
    let location = CheckpointTensor.Location(file: 0, offset: stated.offset)
    // Packed numbers of fixed size are the bytes of the tensor.
    if let range = stated.value, form != .varint, range.count == shape.storedByteCount {
      return (location, .plain)
    }
    let numbers = try RepeatedNumbers(field, form, of: fields.message, in: bytes, limit: expected) {
      guard shape.type.holds($0) else {
        throw bytes.refuse(
          .value, at: $1, subject, found: "the number \(Int64(bitPattern: $0))",
          expected: "one of the type \(shape.type)")
      }
    }
    guard numbers.count == expected else {
      let found =
        numbers.count > expected ? "more than \(expected.counted("number"))" : numbers.count.counted("number")
      throw bytes.refuse(
        .size, at: stated.offset, subject,
        found: "\(found) for the shape \(shape.dimensions)",
        expected: "\(expected)")
    }
    return (location, .numbers(numbers, byteCount: size))
  }
}
