extension Array {
  /// The place of the element with a key, in elements that are sorted by it, each key once.
  ///
  /// - Complexity: O(log *n*).
  func sortedIndex<Key: Comparable>(of wanted: Key, by key: (Element) -> Key) -> Int? {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if key(self[middle]) < wanted { low = middle + 1 } else { high = middle }
    }
    return low < endIndex && key(self[low]) == wanted ? low : nil
  }
}
