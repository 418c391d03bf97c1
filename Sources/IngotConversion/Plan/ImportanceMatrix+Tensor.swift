import IngotCheckpoints
import IngotContainer
import IngotEncodings

extension ImportanceMatrix {
  /// The entry of a tensor: that under the first of its names that has one.
  ///
  /// - Parameters:
  ///   - names: What the tensor is called, the name in the checkpoint first.
  ///   - dimensions: Those in the container, fastest first.
  /// - Throws: ``ConversionError`` `IMPORTANCE` where the entry does not fit the tensor.
  ///
  /// Specification: `spec/importance.md`, clauses I4.2 and I4.3.
  func entry(ofTensor names: [String], dimensions: [Int]) throws(ConversionError) -> Entry? {
    guard let entry = names.lazy.compactMap({ self[$0] }).first else { return nil }
    guard !entry.fits(dimensions: dimensions) else { return entry }
    let experts = entry.expertCount.map { $0 == 1 ? "" : " for \($0.counted("expert"))" } ?? ""
    let name = names.first ?? entry.name
    throw ConversionError(
      .importance, tensor: name,
      "the importance matrix has \(entry.weights.count.counted("weight"))\(experts) for \(name.quoted), whose dimensions are "
        + "\(dimensions): it needs one for each column of each expert; was it made for another model?")
  }
}
