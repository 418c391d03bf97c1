// What an edge device does with a model: opens it, decodes single rows from all over it, multiplies them with a vector.
//
// usage: edge FILE ROWS [positional]
//
// Decodes that many rows of each tensor, spread evenly, and prints a line for each: its name, the sum of the decoded values, and
// the sum of the products of the rows with a vector of ones, which is about the same.

import IngotEncodings
import IngotModel
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Decodes and multiplies rows of a tensor.
func run(_ tensor: ModelTensor, rows count: Int) throws(ModelError) {
  var row = [Float](repeating: 1, count: tensor.rowLength)
  let ones = QuantizedVector(row.span)
  var span = row.mutableSpan
  var sum = 0.0
  var products = 0.0
  for index in 0..<count {
    // The number of rows may be too large to be multiplied with another.
    let place = tensor.rowCount / count * index + tensor.rowCount % count * index / count
    try tensor.decode(rows: place..<place + 1, into: &span)
    for position in span.indices { sum += Double(span[position]) }
    products += Double(try tensor.dot(row: place, with: ones))
  }
  print(tensor.name, sum, products)
}

let arguments = CommandLine.arguments
guard arguments.count >= 3, let count = Int(arguments[2]), (1...1_000_000_000).contains(count) else {
  print("usage: edge FILE ROWS [positional]")
  exit(64)
}
do throws(ModelError) {
  let access: ModelFile.Access = arguments.dropFirst(3).first == "positional" ? .positional : .mapped
  let model = try ModelFile(opening: FilePath(arguments[1]), access: access)
  for tensor in model.tensors where tensor.rowCount > 0 { try run(tensor, rows: count) }
} catch {
  print(error)
  exit(1)
}
