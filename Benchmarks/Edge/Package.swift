// swift-tools-version: 6.2
import PackageDescription

// The smallest program that runs a model's data: it links the loader alone, without signatures.
let package = Package(
  name: "ingot-edge",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "ingot", path: "../..", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .executableTarget(
      name: "edge",
      dependencies: [
        .product(name: "IngotEncodings", package: "ingot"),
        .product(name: "IngotModel", package: "ingot"),
        .product(name: "SystemPackage", package: "swift-system"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
