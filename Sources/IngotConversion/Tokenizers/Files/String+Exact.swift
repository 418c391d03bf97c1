extension String {
  /// Replaces runs of bytes: unlike `replacing`, also where a mark combines with the last letter of what is replaced.
  func replacingBytes(of old: String, with new: String) -> String {
    let (pattern, source) = (Array(old.utf8), Array(utf8))
    guard let first = pattern.first, source.count >= pattern.count, source.contains(first) else {
      return self
    }
    var result: [UInt8] = []
    var position = 0
    while position < source.count {
      if source[position] == first, source[position...].starts(with: pattern) {
        result += new.utf8
        position += pattern.count
      } else {
        result.append(source[position])
        position += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Whether the bytes begin with those of `prefix`, also where a mark combines with its last letter.
  func startsBytes(with prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }
}
