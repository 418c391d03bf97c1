import Benchmark
import IngotEncodings

/// Decoding and encoding in one encoding, next to a copy of the same floats, so that the ratio is of one moment.
func codecSuite(_ encoding: Encoding, on workbench: Workbench) -> BenchmarkSuite {
  BenchmarkSuite(name: "\(encoding.name) \(workbench.name)") { suite in
    func add(_ name: String, _ body: @escaping () throws -> Void) {
      suite.benchmark(name) { state in
        try workbench.prepare(encoding)
        state.start()
        try body()
        try state.end()
        state.counters["values"] = Double(workbench.elements)
      }
    }
    add("memcpy") { workbench.copy() }
    add("decode") { try workbench.decode(encoding) }
    if encoding.canEncode { add("encode") { try workbench.encode(encoding) } }
  }
}
