import Benchmark
import IngotModel

/// Opening a model, finding tensors in it, decoding single rows.
func modelSuites() -> [BenchmarkSuite] {
  let samples = SampleModels()
  let opening = BenchmarkSuite(name: "open") { suite in
    for (name, vocabulary) in [("small", 0), ("vocabulary", SampleModels.vocabularyCount)] {
      for access in ModelFile.Access.allCases {
        suite.benchmark("\(name) \(access)") { state in
          let path = try samples.path(vocabulary: vocabulary)
          state.start()
          let model = try ModelFile(opening: path, access: access)
          try state.end()
          state.counters["values"] = Double(model.tensors.count)
        }
      }
    }
  }
  let reading = BenchmarkSuite(name: "model") { suite in
    suite.benchmark("lookup") { state in
      let model = try samples.model(.mapped)
      let names = samples.names
      state.start()
      var found = 0
      for name in names where model.tensor(name) != nil { found += 1 }
      try state.end()
      guard found == names.count else { throw SampleModels.Missing() }
      state.counters["values"] = Double(found)
    }
    for access in ModelFile.Access.allCases {
      suite.benchmark("row decode \(access)") { state in
        guard let table = try samples.model(access).tensor(SampleModels.tableName) else {
          throw SampleModels.Missing()
        }
        var row = [Float](repeating: 0, count: table.rowLength)
        var span = row.mutableSpan
        let count = 256
        state.start()
        // A stride without a common factor visits rows from all over the table.
        for index in 0..<count {
          let start = index * 4_099 % table.rowCount
          try table.decode(rows: start..<start + 1, into: &span)
        }
        try state.end()
        state.counters["values"] = Double(count * table.rowLength)
      }
    }
  }
  return [opening, reading]
}
