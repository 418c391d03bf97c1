import Benchmark
import IngotEncodings

// Sizes of the working set: one that stays in a core's cache, one for which a call from Python takes no time, one that no cache holds.
let workbenches = [
  Workbench(
    "cached", elements: 64 * 1024,
    [.copy, .decode, .decodeNarrow(.float16), .decodeNarrow(.bfloat16), .encode(.fast), .encode(.balanced)]),
  Workbench("long", elements: 1024 * 1024, [.dot, .quantize]),
  Workbench("large", elements: 16 * 1024 * 1024, [.copy, .decode]),
]

let codecs = workbenches.flatMap { workbench in
  Encoding.allCases.filter(\.canDecode).map { codecSuite($0, on: workbench) }
}
Benchmark.main(codecs + modelSuites(), customDefaults: [MinTime(seconds: 0.1)])
