// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: warnings are errors, imports are internal unless said otherwise.
let house: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A library target of the house.
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: house)
}

/// A test target; all of them share `Tests/Support`.
func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.target(name: name), "TestSupport"] + dependencies,
    swiftSettings: house)
}

/// An example: a short program that Scripts/check runs.
func example(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Examples/\(name)", swiftSettings: house)
}

let package = Package(
  name: "apus",
  products: [
    .library(name: "Checkpoint", targets: ["Checkpoint"]),
    .library(name: "Tensor", targets: ["Tensor"]),
    .library(name: "Tokenizer", targets: ["Tokenizer"]),
    .library(name: "Model", targets: ["Model"]),
    .library(name: "Training", targets: ["Training"]),
    .executable(name: "apus", targets: ["apus"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(
      name: "CBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
    .systemLibrary(
      name: "COnig", pkgConfig: "oniguruma", providers: [.apt(["libonig-dev"])]),
    .target(
      name: "CKernels",
      // Kernels keep their speed in debug builds too: the last -O wins.
      cSettings: [.unsafeFlags(["-O3", "-fno-math-errno", "-Wall", "-Wextra", "-Werror"])]),
    .target(
      name: "CText", cSettings: [.unsafeFlags(["-O3", "-Wall", "-Wextra", "-Werror"])]),
    library("JSON"),
    library("Files"),
    library("GGUF", ["Files"]),
    library("Checkpoint", ["JSON", "Files", "GGUF"]),
    library("Tensor", ["Checkpoint", "CKernels", "CBLAS", "Files"]),
    library("Tokenizer", ["JSON", "Files", "GGUF", "CText", "COnig"]),
    library(
      "Model", ["Tensor", "Checkpoint", "CKernels", "Tokenizer", "JSON", "Files", "GGUF"]),
    library("Training", ["Tensor", "Checkpoint", "Tokenizer", "Model", "JSON", "Files"]),
    .executableTarget(
      name: "apus",
      dependencies: [
        "Checkpoint", "Tensor", "Tokenizer", "Model", "Training", "JSON", "Files", "CKernels",
        "CBLAS", "Yams", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["Resources/README.md"], resources: [.copy("Resources/kjv.txt")],
      swiftSettings: house),
    example("TensorBasics", ["Tensor"]),
    example("OwnOperation", ["Tensor", "Training"]),
    example("ModelTour", ["Tensor", "Tokenizer", "Model"]),
    example("AttentionMap", ["Tensor"]),
    example("DecodingTour", ["Tensor", "Tokenizer", "Model"]),
    example("TrainTiny", ["Tensor", "Tokenizer", "Model", "Training"]),
    .target(
      name: "TestSupport", dependencies: ["Tensor", "Checkpoint", "JSON", "Files"],
      path: "Tests/Support", swiftSettings: house),
    tests(of: "JSON"),
    tests(of: "Checkpoint", ["JSON", "Files", "GGUF"]),
    tests(of: "Tensor", ["Checkpoint", "CKernels", "JSON", "Files", "GGUF"]),
    tests(of: "Tokenizer", ["JSON", "Files", "GGUF", "CText"]),
    tests(of: "Model", ["Tensor", "Checkpoint", "Tokenizer", "JSON", "Files", "GGUF"]),
    tests(of: "Training", ["Model", "Tensor", "Checkpoint", "Tokenizer", "JSON", "Files"]),
  ],
  swiftLanguageModes: [.v6]
)
