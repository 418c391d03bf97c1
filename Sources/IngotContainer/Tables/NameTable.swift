/// Names in order, and the way from a name to its place, compared byte by byte.
///
/// A name takes its bytes and some 16 more, so that a table of a million stays small. (A dictionary of strings takes an
/// allocation for each.)
package struct NameTable: Sendable {
  private var names = TextList()
  /// A hash table with open addressing: places in `names`, counted from 1.
  ///
  /// 0 is free. Its size is a power of two.
  private var slots: [UInt32] = []

  /// The most names that a table can hold: of so many tensors the dimensions can still be counted in 32 bits.
  package static let largestCount = (1 << 30) - 1

  /// Makes an empty table.
  package init() {}

  /// The number of names.
  package var count: Int { names.count }

  /// Makes room for `count` names.
  package mutating func reserveCapacity(_ count: Int) {
    names.reserveCapacity(count)
    grow(toHold: count)
  }

  /// The name at a place.
  package subscript(index: Int) -> String { names[index] }

  /// The UTF-8 bytes of the name at a place.
  func byteCount(at index: Int) -> Int { names.byteCount(at: index) }

  /// Lends the UTF-8 bytes of the name at a place.
  func withBytes<Result>(at index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    names.withBytes(at: index, body)
  }

  /// Whether the bytes of the name at a place come before those of another.
  package func precedes(_ left: Int, _ right: Int) -> Bool {
    names.withBytes(at: left) { left in
      names.withBytes(at: right) { left.lexicographicallyPrecedes($0) }
    }
  }

  /// The place of a name; of one that was appended twice, the last.
  ///
  /// - Complexity: O(*n*) in the bytes of the name.
  package func index(of name: String) -> Int? {
    guard !slots.isEmpty else { return nil }
    var name = name
    return name.withUTF8 { text in
      let place = slots[slot(of: UnsafeRawBufferPointer(text))]
      return place == 0 ? nil : Int(place) - 1
    }
  }

  /// Appends a name.
  ///
  /// - Returns: Whether it is new.
  /// - Precondition: There are fewer than ``largestCount``.
  @discardableResult
  package mutating func append(_ name: String) -> Bool {
    precondition(count < Self.largestCount, "too many names")
    grow(toHold: count + 1)
    var name = name
    let slot = name.withUTF8 { self.slot(of: UnsafeRawBufferPointer($0)) }
    let isNew = slots[slot] == 0
    names.append(name)
    slots[slot] = UInt32(count)
    return isNew
  }

  /// The slot of a name, or the free one where it would be put.
  private func slot(of name: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: name)
    let mask = slots.count - 1
    var slot = hasher.finalize() & mask
    while true {
      let place = slots[slot]
      guard place != 0 else { return slot }
      let isFound = names.withBytes(at: Int(place) - 1) { known in
        known.count == name.count && known.elementsEqual(name)
      }
      if isFound { return slot }
      slot = (slot + 1) & mask
    }
  }

  /// Sees to it that `count` names leave a quarter of the slots free.
  private mutating func grow(toHold count: Int) {
    guard count > slots.count / 4 * 3 else { return }
    var size = max(8, slots.count)
    while count > size / 4 * 3 { size *= 2 }
    slots = [UInt32](repeating: 0, count: size)
    for index in 0..<names.count {
      let slot = names.withBytes(at: index) { self.slot(of: $0) }
      slots[slot] = UInt32(index + 1)
    }
  }
}

extension NameTable: Hashable {
  /// Whether both have the same names in the same order.
  package static func == (left: Self, right: Self) -> Bool { left.names == right.names }

  /// Hashes the names.
  package func hash(into hasher: inout Hasher) { hasher.combine(names) }
}
