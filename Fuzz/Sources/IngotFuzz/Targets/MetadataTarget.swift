@testable import IngotContainer

/// Values: every getter, lazy arrays by index and by iterator, and values made anew from what they hold.
enum MetadataTarget: FuzzTarget {
  static let name = "metadata"

  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    ContainerMutator.mutated(bytes, limit: limit, using: &random)
  }

  static func run(_ bytes: UnsafeRawBufferPointer) {
    guard let header = try? ContainerHeader(parsing: RawSpan(_unsafeBytes: bytes)) else { return }
    let metadata = header.metadata
    var copy = Metadata()
    for (index, entry) in metadata.enumerated() {
      claim(metadata[entry.key] == entry.value, "a key without its value")
      claim(metadata.keys[index].utf8.elementsEqual(entry.key.utf8), "keys out of order")
      claim(metadata.offset(of: entry.key).map { $0 < bytes.count } == true, "a value beyond the file")
      checkGetters(of: entry.key, entry.value, in: metadata)
      if case .array(let array) = entry.value { check(array) }
      copy[entry.key] = entry.value
    }
    claim(copy == metadata && copy.hashValue == metadata.hashValue, "a copy that differs")
    for key in metadata.keys { copy[key] = nil }
    claim(copy.isEmpty, "keys that cannot be removed")
  }

  /// A getter gives the value, or throws `SCHEMA` where it stands.
  private static func checkGetters(of key: String, _ value: MetadataValue, in metadata: Metadata) {
    let place = metadata.offset(of: key)
    func check<Result>(_ fits: Bool, _ get: () throws(ContainerError) -> Result?) {
      do throws(ContainerError) {
        let isThere = try get() != nil
        claim(isThere && fits, "a getter that takes \(value.type.name)")
      } catch {
        claim(!fits && error.code == .schema && error.offset == place, "a getter that throws \(error)")
      }
    }
    let array: MetadataArray? = if case .array(let array) = value { array } else { nil }
    check(value.type == .string) { () throws(ContainerError) in try metadata.string(key) }
    check(value.type == .bool) { () throws(ContainerError) in try metadata.bool(key) }
    check(value.integer != nil) { () throws(ContainerError) in try metadata.integer(key) }
    check(value.float != nil) { () throws(ContainerError) in try metadata.float(key) }
    check(array != nil) { () throws(ContainerError) in try metadata.array(key) }
    check(array?.elementType == .string) { () throws(ContainerError) in try metadata.strings(key) }
    check(array?.integers != nil) { () throws(ContainerError) in try metadata.integers(key) }
    check(array?.elementType == .float32) { () throws(ContainerError) in
      try metadata.values(key, of: Float.self)
    }
  }

  private static func check(_ array: MetadataArray) {
    claim(
      MetadataValue.array(array).type == .array && "\(array)".hasPrefix("\(array.count) "),
      "a wrong description")
    switch array.elementType {
    case .uint8: checkNumbers(array, UInt8.self)
    case .int8: checkNumbers(array, Int8.self)
    case .uint16: checkNumbers(array, UInt16.self)
    case .int16: checkNumbers(array, Int16.self)
    case .uint32: checkNumbers(array, UInt32.self)
    case .int32: checkNumbers(array, Int32.self)
    case .uint64: checkNumbers(array, UInt64.self)
    case .int64: checkNumbers(array, Int64.self)
    case .float32: checkNumbers(array, Float.self)
    case .float64: checkNumbers(array, Double.self)
    case .bool: checkNumbers(array, Bool.self)
    case .string:
      let strings = array.strings.map { Array($0) } ?? []
      claim(strings.count == array.count, "strings that are missing")
      for (index, string) in strings.enumerated() {
        claim(array.strings.map { $0[index] == string } == true, "a string by index, another by iterator")
        claim(array[index] == .string(string), "a string that is another value")
      }
      claim(MetadataArray(strings) == array, "strings that make another array")
    case .array:
      let arrays = array.arrays ?? []
      claim(arrays.count == array.count && MetadataArray(arrays) == array, "arrays that make another array")
      claim(arrays.allSatisfy { $0.depth < array.depth }, "an array deeper than the one around it")
      for inner in arrays { check(inner) }
    }
  }

  private static func checkNumbers<Scalar: MetadataScalar>(_ array: MetadataArray, _ type: Scalar.Type) {
    guard let values = array.values(of: type) else { return claim(false, "values that are not there") }
    claim(values.count == array.count && MetadataArray(values) == array, "values that make another array")
    let integers = array.integers
    for (index, value) in array.enumerated() {
      claim(
        value.type == Scalar.metadataType && value.encodedByteCount == value.type.byteCount, "another type")
      if let integers { claim(value.integer == integers[index], "another integer") }
    }
  }
}
