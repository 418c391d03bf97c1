// swift-tools-version: 6.2
import PackageDescription

// `scripts/lint` sets INGOT_STRICT; a newcomer with a newer compiler is not stopped by its new warnings.
let settings: [SwiftSetting] =
  Context.environment["INGOT_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)]

let collections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// A module of the library and its tests, `Tests/<name>Tests`.
func module(
  _ name: String, imports: [Target.Dependency], testImports: [Target.Dependency] = [], exclude: [String] = []
) -> [Target] {
  [
    .target(name: name, dependencies: imports, exclude: exclude, swiftSettings: settings),
    .testTarget(
      name: "\(name)Tests",
      dependencies: [.target(name: name), "IngotTestSupport"] + imports + testImports,
      swiftSettings: settings),
  ]
}

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let crypto = Target.Dependency.product(
  name: "Crypto", package: "swift-crypto", condition: .when(traits: ["Signatures"]))

let package = Package(
  name: "ingot",
  platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
  products: [
    .library(name: "IngotArchitectures", targets: ["IngotArchitectures"]),
    .library(name: "IngotCheckpoints", targets: ["IngotCheckpoints"]),
    .library(name: "IngotContainer", targets: ["IngotContainer"]),
    .executable(name: "ingot", targets: ["ingot"]),
    .library(name: "IngotConversion", targets: ["IngotConversion"]),
    .library(name: "IngotEncodings", targets: ["IngotEncodings"]),
    .library(name: "IngotFiles", targets: ["IngotFiles"]),
    .library(name: "IngotModel", targets: ["IngotModel"]),
    .library(name: "IngotSeal", targets: ["IngotSeal"]),
    .library(name: "IngotValidation", targets: ["IngotValidation"]),
  ],
  traits: [
    .default(enabledTraits: ["Signatures"]),
    .trait(
      name: "Signatures",
      description: "Seals with SHA-256 and Ed25519, by swift-crypto; without it seals have CRC-32 alone."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    module("IngotArchitectures", imports: ["IngotContainer", "IngotEncodings"], testImports: [system]),
    module(
      "IngotCheckpoints",
      imports: [
        "CZlib", "IngotContainer", "IngotEncodings", "IngotFiles", "IngotModel", collections, system,
      ]),
    module("IngotContainer", imports: ["IngotEncodings", collections]),
    module("IngotEncodings", imports: ["CVectors"]),
    module("IngotFiles", imports: ["CPlatform", system]),
    module("IngotModel", imports: ["IngotContainer", "IngotEncodings", "IngotFiles", "IngotSeal", system]),
    module(
      "IngotConversion",
      imports: [
        "IngotArchitectures", "IngotCheckpoints", "IngotContainer", "IngotEncodings", "IngotFiles",
        "IngotModel", "IngotSeal",
        collections, protobuf, system, yams,
      ], exclude: ["Tokenizers/SentencePiece/sentencepiece.proto"]),
    module(
      "IngotValidation",
      imports: [
        "IngotArchitectures", "IngotCheckpoints", "IngotContainer", "IngotEncodings", "IngotFiles",
        "IngotSeal",
        system,
      ],
      testImports: ["IngotModel"]),
    module(
      "IngotSeal",
      imports: ["CVectors", "CZlib", "IngotContainer", "IngotEncodings", crypto]),
    [
      .target(name: "CPlatform"),
      .target(name: "CVectors"),
      .systemLibrary(
        name: "CZlib", pkgConfig: "zlib",
        providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
      .executableTarget(
        name: "ingot",
        dependencies: [
          "IngotCheckpoints", "IngotContainer", "IngotConversion", "IngotEncodings", "IngotFiles",
          "IngotModel", "IngotSeal", "IngotValidation",
          arguments, system,
        ],
        swiftSettings: settings),
      .testTarget(
        name: "IngotCommandTests",
        dependencies: [
          "ingot", "IngotContainer", "IngotConversion", "IngotSeal", "IngotTestSupport", "IngotValidation",
          system,
        ],
        swiftSettings: settings),
      .target(
        name: "IngotTestSupport", dependencies: ["IngotContainer", "IngotFiles", system],
        path: "Tests/IngotTestSupport"),
    ],
  ].flatMap { $0 },
  swiftLanguageModes: [.v6]
)
