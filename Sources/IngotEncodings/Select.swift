/// One of two numbers, without a branch: the compiler may turn `?:` into jumps, which keep a loop from vectorising.
@inline(__always)
func select(_ condition: Bool, _ first: UInt32, _ second: UInt32) -> UInt32 {
  let mask = 0 &- UInt32(truncatingIfNeeded: condition ? 1 : 0)
  return second ^ ((first ^ second) & mask)
}
