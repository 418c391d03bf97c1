// swift-tools-version: 6.2
import PackageDescription

// A package of its own: `scripts/fuzz` builds it, and through it the modules of Ingot, with flags that no other build has.
let package = Package(
  name: "ingot-fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [
    // Without its traits, and so without swift-crypto: what it computes is not for this fuzzer to find.
    .package(name: "ingot", path: "..", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .target(name: "CFuzzer"),
    .executableTarget(
      name: "IngotFuzz",
      dependencies: [
        "CFuzzer",
        .product(name: "IngotCheckpoints", package: "ingot"),
        .product(name: "IngotContainer", package: "ingot"),
        .product(name: "IngotEncodings", package: "ingot"),
        .product(name: "IngotFiles", package: "ingot"),
        .product(name: "IngotModel", package: "ingot"),
        .product(name: "IngotSeal", package: "ingot"),
        .product(name: "IngotValidation", package: "ingot"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
