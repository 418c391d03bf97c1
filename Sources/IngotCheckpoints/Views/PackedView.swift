/// A view as a table of many holds it, or none: 16 bytes.
///
/// The strides stand elsewhere, or follow from the shape.
struct PackedView: Sendable {
  private let start: UInt64
  /// The number of the storage, and two flags below it.
  private let storageAndFlags: UInt64

  private static let isBigEndian: UInt64 = 1
  private static let areStridesStored: UInt64 = 2
  private static let flagCount: UInt64 = 2

  /// Stands for a tensor without a view.
  static let none = PackedView(start: 0, storageAndFlags: .max)

  private init(start: UInt64, storageAndFlags: UInt64) {
    self.start = start
    self.storageAndFlags = storageAndFlags
  }

  /// A view of elements that follow each other, little-endian.
  init(storage: Int, start: UInt64) {
    self.init(start: start, storageAndFlags: UInt64(storage) << Self.flagCount)
  }

  /// - Parameter areStridesStored: Whether the strides do not follow from the shape.
  init(_ view: TensorView, areStridesStored: Bool) {
    let flags = (view.isBigEndian ? Self.isBigEndian : 0) | (areStridesStored ? Self.areStridesStored : 0)
    self.init(start: view.start, storageAndFlags: UInt64(view.storage) << Self.flagCount | flags)
  }

  /// The view, if it is one.
  ///
  /// - Parameters:
  ///   - shape: The dimensions of the tensor.
  ///   - strides: What stands where its strides would be stored.
  func view(shape: [Int], strides: ArraySlice<Int>) -> TensorView? {
    if storageAndFlags == Self.none.storageAndFlags { return nil }
    let areStridesStored = storageAndFlags & Self.areStridesStored != 0
    return TensorView(
      storage: Int(storageAndFlags >> Self.flagCount), start: start,
      strides: areStridesStored ? Array(strides) : TensorView.contiguousStrides(shape),
      isBigEndian: storageAndFlags & Self.isBigEndian != 0)
  }
}
