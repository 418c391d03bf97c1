import IngotContainer
import IngotSeal

extension ModelShard {
  /// Reads the seal, checks it by the policy, and the header by the seal.
  ///
  /// - Returns: `nil` for a file without a seal where none is asked for.
  func openSeal(_ check: SealCheck) throws(ModelError) -> Seal? {
    guard check.needsSeal else { return nil }
    do {
      let seal = try seal(at: try sealPath)
      try check.policy.check(seal)
      try SealVerifier(seal, of: header).checkHeader { try readBody(into: $1, at: $0) }
      return seal
    } catch {
      throw self.error(error)
    }
  }

  /// Checks what must be checked as the file is opened.
  ///
  /// - Parameters:
  ///   - verification: How much is asked for.
  ///   - isHeaderRead: Whether the whole header has been read already, and thus used.
  func verifyAtOpening(_ verification: ModelFile.Verification, isHeaderRead: Bool) throws(ModelError) {
    guard let chunks else { return }
    do throws(VerifiedChunks.Fault) {
      switch verification {
      case .never: break
      case .onAccess: if isHeaderRead { try chunks.verify(0..<header.headerByteCount) }
      case .fully: try chunks.verifyAll()
      }
    } catch {
      throw self.error(error, chunks.seal)
    }
  }

  /// Checks bytes before they are used, where that is asked for.
  func verify(_ range: Range<UInt64>) throws(ModelError) {
    guard let chunks else { return }
    do throws(VerifiedChunks.Fault) {
      try chunks.verify(range)
    } catch {
      throw self.error(error, chunks.seal)
    }
  }

  private func error(_ fault: VerifiedChunks.Fault, _ seal: Seal) -> ModelError {
    fault.error(for: file) { SealVerifier(seal, of: header).contents(of: $0) }
  }
}

/// How a file is held to its seal as it is opened.
struct SealCheck {
  var verification = ModelFile.Verification.never
  var policy = SealPolicy()
  /// Whether the caller knows the file to be sound.
  var isTrusted = false

  /// Whether the index of a seal may tell how far to skip: `spec/seal.md`, clause L10.
  var mayUseIndex: Bool { isTrusted || policy.effectiveMinimum == .signature }

  var needsSeal: Bool { verification != .never || !policy.allowsMissingSeal }
}
