import CKernels
import Checkpoint
import Tensor
import TestSupport
import Testing

/// Quantized blocks against the Python package gguf.
@Suite struct BlocksTests {
  /// The numbers of the formats that are no blocks.
  static let plain: [(name: String, number: Int32)] = [("F32", 0), ("F16", 1), ("BF16", 30)]

  static let formats: [(name: String, number: Int32)] =
    plain + BlockFormat.allCases.map { ($0.description.uppercased(), Int32($0.rawValue)) }

  /// Whether two numbers have the same bits; which NaN it is depends on the machine.
  static func areSame(_ a: Float, _ b: Float) -> Bool {
    a.bitPattern == b.bitPattern || a.isNaN && b.isNaN
  }

  @Test func unpacksEveryFormatBitForBit() throws {
    let fixture = try Fixture.tensors("Blocks/blocks.safetensors")
    #expect(Self.formats.count == 25)
    for (name, number) in Self.formats {
      let blocks = try #require(fixture["\(name).blocks"], "\(name)")
      let expected = try #require(fixture["\(name).values"]).scalars(as: Float.self)
      let (rows, bytes) = (blocks.shape[0], blocks.shape[1])
      #expect(Int(apus_block_bytes(number)) == bytes, "\(name)")
      #expect(Int(apus_block_elements(number)) * rows == expected.count, "\(name)")
      // One byte off any alignment, as in files.
      let shifted = [0] + blocks.scalars(as: UInt8.self)
      var values = [Float](repeating: 7, count: expected.count)
      shifted.withUnsafeBytes { source in
        apus_dequantize(
          &values, source.baseAddress.map { $0 + 1 }, number, Int64(expected.count))
      }
      let wrong = values.indices.first { !Self.areSame(values[$0], expected[$0]) }
      #expect(
        wrong == nil,
        "\(name), element \(wrong ?? 0): \(values[wrong ?? 0]), not \(expected[wrong ?? 0])")
    }
  }

  @Test func packsAsThePackageDoes() throws {
    let fixture = try Fixture.tensors("Blocks/blocks.safetensors")
    let numbers = try #require(fixture["numbers"]).scalars(as: Float.self)
    var count = 0
    for (name, number) in Self.formats {
      guard let packed = fixture["\(name).packed"] else {
        #expect(name == "F32" || !apus_can_quantize(number), "\(name)")
        continue
      }
      count += 1
      #expect(apus_can_quantize(number), "\(name)")
      var bytes = [UInt8](repeating: 7, count: packed.count)
      apus_quantize(&bytes, numbers, number, Int64(numbers.count))
      let expected = packed.scalars(as: UInt8.self)
      let wrong = bytes.indices.first { bytes[$0] != expected[$0] }
      #expect(wrong == nil, "\(name), byte \(wrong ?? 0)")
    }
    #expect(count == 10)
  }

  @Test func layoutsAgreeWithTheKernels() {
    for format in BlockFormat.allCases {
      #expect(apus_block_elements(Int32(format.rawValue)) == Int32(format.elements), "\(format)")
      #expect(apus_block_bytes(Int32(format.rawValue)) == Int32(format.byteCount), "\(format)")
    }
    for number in [-1, 4, 5, 9, 15, 24, 31, 40, Int32.max] as [Int32] {
      #expect(apus_block_elements(number) == 0 && apus_block_bytes(number) == 0)
    }
    #expect(BlockFormat.q4_K.description == "q4_K" && BlockFormat.iq2_XXS.description == "iq2_XXS")
    #expect(ElementType.blocks(.q4_K).rawValue == "Q4_K")
    #expect(ElementType(rawValue: "Q4_K") == nil)
  }
}
