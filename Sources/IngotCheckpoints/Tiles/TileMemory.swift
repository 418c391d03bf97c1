import Synchronization

/// Memory for tiles that is handed on from one that is let go to the next: given back to the allocator, much of it would stay with
/// the threads that read tiles.
final class TileMemory: Sendable {
  /// The bytes that one tile may have.
  let byteCount: Int
  /// A piece that no tile has now.
  private let spare = Mutex<Piece?>(nil)

  init(byteCount: Int) { self.byteCount = byteCount }

  /// Bytes of one tile.
  ///
  /// Marked `@unchecked Sendable` since it is written once, by whoever took it, before others see it.
  final class Piece: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer

    fileprivate init(byteCount: Int) { bytes = .allocate(byteCount: byteCount, alignment: 16) }

    deinit { bytes.deallocate() }
  }

  /// The bytes of the piece that a tile of `count` bytes takes.
  func pieceByteCount(_ count: Int) -> Int {
    // Of small ones there may be many.
    count > byteCount / 4 ? byteCount : count
  }

  /// A piece of at least `count` bytes.
  func take(_ count: Int) -> Piece {
    let size = pieceByteCount(count)
    return (size == byteCount ? spare.withLock { $0.take() } : nil) ?? Piece(byteCount: size)
  }

  /// Takes a piece back that nothing reads any more.
  func giveBack(_ piece: Piece) {
    guard piece.bytes.count == byteCount else { return }
    spare.withLock { $0 = piece }
  }
}
