import Benchmark
import IngotEncodings

/// Decoding, encoding and multiplying in one encoding, next to a copy of the same floats, so that the ratio is of one moment.
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
    for work in workbench.works {
      switch work {
      case .copy: add("memcpy") { workbench.copy() }
      case .decode: add("decode") { try workbench.decode(encoding) }
      case .decodeNarrow(let format): add("\(format)") { try workbench.decode(encoding, as: format) }
      case .encode(let effort):
        if encoding.canEncode {
          add(effort == .fast ? "encode" : "encode \(effort)") { try workbench.encode(encoding, effort) }
        }
      case .dot: add("dot") { try workbench.multiply(encoding) }
      case .quantize: add("quantize") { workbench.quantize() }
      }
    }
  }
}
