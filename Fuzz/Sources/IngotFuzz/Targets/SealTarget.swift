@testable import IngotContainer
@testable import IngotSeal

/// Seals: what follows a body is read or refused; what is read is written as it was, and what is unsealed was sealed.
enum SealTarget: FuzzTarget {
  static let name = "seal"

  /// Changes what stands in the seal, mostly with the checksums made right again, as an attacker would.
  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    guard let start = sealStart(bytes), !random.oneIn(8) else { return random.fuzzed(bytes, limit: limit) }
    var copy = bytes
    for _ in 0...random.below(3) {
      let place = start + random.below(copy.count - start)
      if random.oneIn(3), place + 8 <= copy.count {
        let number = random.edge()
        for index in 0..<8 { copy[place + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index)) }
      } else {
        copy[place] ^= 1 << UInt8(random.below(8))
      }
    }
    if random.oneIn(6) { copy.removeLast(random.below(80)) }
    if random.oneIn(6) { copy += [UInt8](repeating: 0, count: random.below(80)) }
    if !random.oneIn(5) { mend(&copy, from: start) }
    return copy
  }

  static func run(_ bytes: UnsafeRawBufferPointer) {
    let read: Seal.Reading = { offset, buffer in
      claim(offset + UInt64(buffer.count) <= UInt64(bytes.count), "a read beyond the file")
      buffer.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<Int(offset) + buffer.count]))
    }
    let count = UInt64(bytes.count)
    let atEnd = try? Seal(atEndOf: count, reading: read)
    guard let header = try? ContainerHeader(parsing: RawSpan(_unsafeBytes: bytes)) else { return }
    if let atEnd { checkDeferred(header, atEnd, bytes) }
    do {
      let place = try SealPlace(after: header, byteCount: count, reading: read)
      if let length = place.originalByteCount {
        claim(length <= header.bodyByteCount && length >= header.leastByteCount, "unsealing would cut data")
      }
      let seal = try Seal(following: header, byteCount: count, reading: read)
      guard case .seal = place else { return claim(false, "a seal that is no seal") }
      claim(seal == atEnd, "another seal from the end")
      claim(seal.encoded().elementsEqual(bytes[Int(header.bodyByteCount)...]), "a seal is written otherwise")
      try? SealPolicy(minimum: .crc32, minimumCounter: 1).check(seal)
      let verifier = SealVerifier(seal, of: header)
      let errors = try verifier.findings(reading: read).errors(verifier)
      if errors.isEmpty { checkAgain(header, seal, bytes) }
    } catch let error as SealError {
      claim(error.offset.map { $0 <= count } ?? true, "an error beyond the file: \(error)")
    } catch {
      claim(false, "\(error)")
    }
  }

  /// A body that is what its seal says gets the same seal again.
  private static func checkAgain(_ header: ContainerHeader, _ seal: Seal, _ bytes: UnsafeRawBufferPointer) {
    guard seal.statement.set == nil, !seal.statement.isSigned else { return }
    do {
      var digester = try BodyDigester(
        header, seal.statement.digest, chunkByteCount: seal.statement.chunkByteCount)
      digester.update(UnsafeRawBufferPointer(rebasing: bytes[..<Int(header.bodyByteCount)]))
      let again = try Seal(
        digester.finish(), release: seal.statement.release,
        originalByteCount: seal.statement.originalByteCount)
      claim(again == seal, "the same body gets another seal")
    } catch {
      claim(false, "\(error)")
    }
  }

  /// By whatever index: the header that is read is the same, and arrays are the same or are refused.
  private static func checkDeferred(_ header: ContainerHeader, _ seal: Seal, _ bytes: UnsafeRawBufferPointer)
  {
    let copy = Array(bytes)
    var entries: [UInt64: DeferredArrays.Entry] = [:]
    for entry in seal.index.entries {
      entries[entry.offset] = DeferredArrays.Entry(byteCount: Int(entry.byteCount), marks: entry.marks)
    }
    let arrays = DeferredArrays(entries) { offset, buffer in
      buffer.copyBytes(from: copy[Int(offset)..<Int(offset) + buffer.count])
    }
    let walked = try? ContainerHeader(
      parsing: RawSpan(_unsafeBytes: bytes), limits: .default, deferring: DeferredArrays(load: arrays.load))
    claim(walked == header, "another header with its arrays in the file")
    guard
      let deferred = try? ContainerHeader(
        parsing: RawSpan(_unsafeBytes: bytes), limits: .default, deferring: arrays)
    else { return }
    for (_, value) in deferred.metadata {
      guard case .array(let array) = value else { continue }
      let alone = (0..<min(array.count, 200)).map { try? array.element(at: $0) }
      if (try? array.load()) != nil {
        for (index, element) in alone.enumerated() { claim(element == array[index], "another element alone") }
      }
      claim(array.count(where: { _ in true }) == array.count, "an array of another length")
    }
  }

  private static func sealStart(_ bytes: [UInt8]) -> Int? {
    let magic = SealFormat.tableMagic
    guard bytes.count >= 128 else { return nil }
    return (0...bytes.count - 128).last {
      bytes[$0] == magic[0] && bytes[$0..<$0 + magic.count].elementsEqual(magic)
    }
  }

  /// Makes the checksums of header, tables and footer right.
  private static func mend(_ bytes: inout [UInt8], from start: Int) {
    guard bytes.count - start >= 128 else { return }
    let footer = bytes.count - 64
    func write(_ checksum: UInt32, at place: Int) {
      for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
    }
    write(Checksum.of(bytes[start..<start + 60]), at: start + 60)
    write(Checksum.of(bytes[start..<footer]), at: footer + 48)
    write(Checksum.of(bytes[footer..<footer + 60]), at: footer + 60)
  }
}
