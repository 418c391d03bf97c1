import IngotModel

/// A verb about seals, which GGUF files alone have.
protocol SealingVerb {}

extension SealingVerb {
  /// The failure that an error means for the verb: of a file of another kind it says which files have seals.
  func failure(_ error: any Error) -> Failure {
    let failure = Failure(error)
    guard let error = error as? ModelError, case .container(let cause) = error.cause, cause.rule == .magic
    else { return failure }
    return Failure(
      failure.status, failure.code,
      "\(failure.message); only GGUF files have seals, and ingot convert makes one", offset: failure.offset)
  }
}
