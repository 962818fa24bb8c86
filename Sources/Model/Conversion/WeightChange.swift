import Tensor

/// How the values of a weight in a GGUF file lie other than in a Hugging Face checkpoint.
///
/// These are the changes of llama.cpp's converter.
enum WeightChange: Sendable, Equatable {
  /// They lie the same.
  case none
  /// The file has `[outputs, inputs]` where the checkpoint has `[inputs, outputs]`: GPT-2.
  case transposed
  /// The file's norm weights count from zero where the checkpoint's count from one: Gemma.
  case plusOne
  /// In each head the two rows that turn together lie side by side instead of half a head apart:
  /// Llama.
  case pairs(heads: Int)
  /// All queries, then all keys, then all values, instead of one head's after the other's: BLOOM,
  /// GPT-NeoX.
  case apart(heads: Int)

  /// The values as a GGUF file has them.
  func toGGUF(_ weight: Tensor) -> Tensor {
    switch self {
    case .none: weight
    case .transposed: weight.plain.transposed()
    case .plusOne: weight.cast(to: .float32) + 1
    case .pairs(let heads):
      weight.regroupingRows { $0.regrouped(heads, 2, $0.shape[0] / heads / 2) }
    case .apart(let heads): weight.regroupingRows { $0.regrouped(1, heads, 3) }
    }
  }

  /// The values as a checkpoint has them.
  func toHuggingFace(_ weight: Tensor) -> Tensor {
    switch self {
    case .none: weight
    case .transposed: weight.plain.transposed()
    case .plusOne: weight.cast(to: .float32) - 1
    case .pairs(let heads):
      weight.regroupingRows { $0.regrouped(heads, $0.shape[0] / heads / 2, 2) }
    case .apart(let heads): weight.regroupingRows { $0.regrouped(1, 3, heads) }
    }
  }

  /// Whether quantized blocks can be kept: rows may move, what is in them may not.
  var keepsRows: Bool {
    switch self {
    case .none, .pairs, .apart: true
    case .transposed, .plusOne: false
    }
  }
}

extension Tensor {
  /// The numbers that blocks stand for; itself where it is plain.
  fileprivate var plain: Tensor { dtype.blockFormat == nil ? self : cast(to: .float32) }

  /// The tensor with rows in another order; blocks move with their rows.
  fileprivate func regroupingRows(_ body: (Tensor) -> Tensor) -> Tensor {
    guard dtype.blockFormat != nil else { return body(self) }
    let rows = body(blockBytes).contiguous()
    return withExtendedLifetime(rows) {
      Tensor(
        bytes: UnsafeRawBufferPointer(start: rows.base, count: rows.byteCount), shape: shape,
        dtype: dtype)
    }
  }

  /// Rows seen as `[outer, first, second, rest]`, with first and second exchanged.
  fileprivate func regrouped(_ outer: Int, _ first: Int, _ second: Int) -> Tensor {
    let rest = shape[0] / outer / first / second
    let tail = Array(shape.dropFirst())
    return contiguous()
      .reshaped(to: Shape([outer, first, second, rest] + tail))  // [outer, first, second, rest, …]
      .transposed(1, 2).contiguous().reshaped(to: shape)
  }
}
