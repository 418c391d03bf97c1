// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that who uses Ingot does not fetch a benchmark framework.
let package = Package(
  name: "ingot-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "ingot", path: ".."),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/google/swift-benchmark", exact: "0.1.2"),
  ],
  targets: [
    .executableTarget(
      name: "IngotBenchmarks",
      dependencies: [
        .product(name: "Benchmark", package: "swift-benchmark"),
        .product(name: "IngotContainer", package: "ingot"),
        .product(name: "IngotEncodings", package: "ingot"),
        .product(name: "IngotFiles", package: "ingot"),
        .product(name: "IngotModel", package: "ingot"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .executableTarget(
      name: "OpenModel",
      dependencies: [
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "IngotFiles", package: "ingot"),
        .product(name: "IngotModel", package: "ingot"),
        .product(name: "IngotSeal", package: "ingot"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
