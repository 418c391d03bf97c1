import CPlatform

/// How the C library hands out memory.
package enum Allocator {
  /// Has large blocks go back to the system when they are freed, for the whole process.
  ///
  /// glibc would keep blocks of the size of the largest that was freed so far, for each thread that asks for some: up to a third of
  /// what a conversion takes. Elsewhere nothing happens.
  package static func giveBackLargeBlocks() { ingot_give_back_blocks(256 << 10) }
}
