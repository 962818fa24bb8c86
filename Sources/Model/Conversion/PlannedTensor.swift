import Checkpoint
import GGUF
import Tensor

/// A tensor of a file to be written, made when its turn comes.
struct PlannedTensor {
  /// Its name and shape, and how its elements are stored.
  var declaration: TensorDeclaration
  /// What it is made of, one after the other: the matrices of all experts, or one tensor.
  var parts: [() throws -> Tensor]

  var name: String { declaration.name }

  /// Calls `body` with the bytes of each part in turn.
  func withBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    for part in parts {
      try part().stored(as: declaration.elementType).withStoredBytes { try body($0) }
    }
  }
}

extension Tensor {
  /// The values in another type: numbers rounded, or quantized, or blocks dequantized.
  func stored(as type: ElementType) throws -> Tensor {
    if case .blocks(let format) = type {
      if dtype == .blocks(format) { return self }
      return cast(to: .float32).quantized(to: format)
    }
    guard let dtype = DType(type) else { return self }
    return cast(to: dtype)
  }
}

/// Which type a tensor of a GGUF file gets.
struct GGUFTypes {
  /// The type that is wished for; nil to keep what is there.
  var wished: ElementType?

  /// Whether a tensor is always float32: vectors, norms, positions, segments and routers, as
  /// llama.cpp has them.
  static func isPlain(_ name: String, rank: Int) -> Bool {
    rank < 2 || !name.hasSuffix(".weight") || name.hasSuffix("_norm.weight")
      || name == "position_embd.weight" || name == "token_types.weight"
      || name.hasSuffix(".ffn_gate_inp.weight") || name.hasSuffix(".ffn_gate_inp_shexp.weight")
  }

  /// The type of a tensor; blocks that do not fit its rows become float16.
  ///
  /// - Parameters:
  ///   - name: Its name in the file.
  ///   - shape: Its shape, `[…, columns]`.
  ///   - source: The type of what it is made of.
  ///   - keepsRows: Whether its rows stay whole, so that blocks can be kept.
  func type(
    of name: String, shape: [Int], from source: ElementType, keepsRows: Bool = true
  ) -> ElementType {
    if Self.isPlain(name, rank: shape.count) { return .float32 }
    var type = wished ?? source
    if case .blocks = type, wished == nil, !keepsRows { type = .float32 }
    switch type {
    case .float32, .float16, .bfloat16, .blocks: break
    default: type = .float32
    }
    return type.byteCount(ofShape: shape) == nil ? .float16 : type
  }

  /// `general.file_type`: the type of most matrices, as llama.cpp numbers it.
  static func fileType(of tensors: [PlannedTensor]) -> Int {
    var sizes: [ElementType: Int] = [:]
    for tensor in tensors where tensor.declaration.shape.count > 1 {
      if isPlain(tensor.name, rank: tensor.declaration.shape.count) { continue }
      sizes[tensor.declaration.elementType, default: 0] += tensor.declaration.shape.reduce(1, *)
    }
    let most = sizes.max { $0.value < $1.value }?.key
    return numbers.first { $0.type == most }?.number ?? 0
  }

  private static let numbers: [(type: ElementType, number: Int)] = [
    (.float32, 0), (.float16, 1), (.blocks(.q4_0), 2), (.blocks(.q4_1), 3), (.blocks(.q8_0), 7),
    (.blocks(.q5_0), 8), (.blocks(.q5_1), 9), (.blocks(.q2_K), 10), (.blocks(.q3_K), 12),
    (.blocks(.q4_K), 15), (.blocks(.q5_K), 17), (.blocks(.q6_K), 18), (.blocks(.iq2_XXS), 19),
    (.blocks(.iq2_XS), 20), (.blocks(.iq3_XXS), 23), (.blocks(.iq1_S), 24), (.blocks(.iq4_NL), 25),
    (.blocks(.iq3_S), 26), (.blocks(.iq2_S), 28), (.blocks(.iq4_XS), 30), (.blocks(.iq1_M), 31),
    (.bfloat16, 32), (.blocks(.tq1_0), 36), (.blocks(.tq2_0), 37), (.blocks(.mxfp4), 38),
  ]
}
