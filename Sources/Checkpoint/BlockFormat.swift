package import GGUF

// The formats keep the names that everybody knows them by.
// swift-format-ignore: AlwaysUseLowerCamelCase
/// How blocks of a tensor's elements are quantized: the formats of GGUF files.
///
/// A block holds the codes of 32 or 256 neighbours of a row and the scales they share. The raw value
/// is the number that GGUF gives the format. The layouts are specified by ggml (`ggml-common.h`) and
/// by the Python package gguf.
public enum BlockFormat: UInt32, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// 4 bits around zero, a scale for 32.
  case q4_0 = 2
  /// 4 bits from a least value up, for 32.
  case q4_1 = 3
  /// 5 bits around zero, a scale for 32.
  case q5_0 = 6
  /// 5 bits from a least value up, for 32.
  case q5_1 = 7
  /// 8 bits around zero, a scale for 32.
  case q8_0 = 8
  /// 2 bits; 4-bit scales and least values for 16.
  case q2_K = 10
  /// 3 bits around zero; 6-bit scales for 16.
  case q3_K = 11
  /// 4 bits; 6-bit scales and least values for 32.
  case q4_K = 12
  /// 5 bits; 6-bit scales and least values for 32.
  case q5_K = 13
  /// 6 bits around zero; 8-bit scales for 16.
  case q6_K = 14
  /// Points of a lattice, about 2.06 bits.
  case iq2_XXS = 16
  /// Points of a lattice, about 2.3 bits.
  case iq2_XS = 17
  /// Points of a lattice, about 3.06 bits.
  case iq3_XXS = 18
  /// Points of a ternary lattice, about 1.6 bits.
  case iq1_S = 19
  /// One of 16 unevenly spaced values, a scale for 32.
  case iq4_NL = 20
  /// Points of a lattice, about 3.4 bits.
  case iq3_S = 21
  /// Points of a lattice, about 2.6 bits.
  case iq2_S = 22
  /// One of 16 unevenly spaced values; 6-bit scales for 32.
  case iq4_XS = 23
  /// Points of a ternary lattice, 1.75 bits.
  case iq1_M = 29
  /// −1, 0 or 1 as digits to base 3, a scale for 256.
  case tq1_0 = 34
  /// −1, 0 or 1 in 2 bits, a scale for 256.
  case tq2_0 = 35
  /// 4-bit floats with a power of two for 32: the microscaling format of the Open Compute Project.
  case mxfp4 = 39

  /// The elements of a block: a row of a tensor is a whole number of blocks.
  public var elements: Int { layout.elements }
  /// The bytes of a block.
  public var byteCount: Int { layout.bytes }
  /// The bits that an element takes on average, scales included.
  public var bitsPerElement: Double { Double(8 * byteCount) / Double(elements) }
  /// The name as ggml writes it, such as `q4_K`.
  public var description: String {
    // Only the letter of the family is small.
    let name = layout.name
    let head = name.prefix { $0 != "_" }
    return head.lowercased() + name.dropFirst(head.count)
  }

  /// The format as the container's reader knows it.
  package var type: GGUFTensorType { GGUFTensorType(rawValue: rawValue) }

  /// What ggml calls it in files, and what a block has.
  private var layout: (name: String, elements: Int, bytes: Int) {
    guard let layout = type.layout else {
      preconditionFailure("BlockFormat: the layout \(rawValue) is not known")
    }
    return layout
  }

  /// The name in capitals, as files' tools print it.
  var capitalName: String { layout.name }

  /// The bytes of a tensor of `shape`; `nil` if a row is no whole number of blocks, an extent is
  /// negative or the number does not fit an `Int`.
  public func byteCount(ofShape shape: [Int]) -> Int? {
    shape.contains { $0 < 0 } ? nil : type.byteCount(ofShape: shape.reversed())
  }
}
