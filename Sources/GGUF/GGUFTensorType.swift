/// How the elements of a tensor are stored: whole numbers, floats or blocks of a quantization.
///
/// A number that this version does not know is kept; only the size of such a tensor is unknown.
package struct GGUFTensorType: RawRepresentable, Sendable, Hashable {
  /// The number in the file.
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The name, elements and bytes of a block; a type without blocks has one element a block.
  package var layout: (name: String, elements: Int, bytes: Int)? { Self.layouts[rawValue] }

  private static let layouts: [UInt32: (name: String, elements: Int, bytes: Int)] = [
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22), 7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 36),
    10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2),
    26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8), 29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36), 41: ("Q1_0", 128, 18), 42: ("Q2_0", 64, 18),
  ]

  /// The bytes of a tensor, or nil if the type is unknown, a row is no whole number of blocks, or
  /// the number overflows.
  package func byteCount(ofShape shape: [Int]) -> Int? {
    guard let (_, elements, bytes) = layout else { return nil }
    guard (shape.first ?? 1).isMultiple(of: elements) else { return nil }
    var total = 1
    for extent in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: extent)
      if overflow { return nil }
      total = product
    }
    let (size, overflow) = (total / elements).multipliedReportingOverflow(by: bytes)
    return overflow ? nil : size
  }
}

/// A tensor of the file.
package struct GGUFTensor: Sendable, Equatable {
  /// Its name.
  package let name: String
  /// Its extents as the file has them: the one whose neighbours lie side by side comes first.
  package let shape: [Int]
  /// How its elements are stored.
  package let type: GGUFTensorType
  /// Where its data begins in the file.
  package let offset: Int
  /// Its bytes, or nil if the type is unknown.
  package let byteCount: Int?
}
