extension BinaryInteger {
  /// This many of a thing, as messages say it: `1 byte`, `2 bytes`, `0 entries`.
  ///
  /// - Parameters:
  ///   - thing: the word for one.
  ///   - plural: the word for any other number, where it is not the word with an `s`.
  package func counted(_ thing: String, plural: String? = nil) -> String {
    "\(self) \(named(thing, plural: plural))"
  }

  /// The word for this many of a thing, where the number is written in another way.
  package func named(_ thing: String, plural: String? = nil) -> String {
    self == 1 ? thing : plural ?? thing + "s"
  }
}
