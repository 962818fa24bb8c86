import CKernels

/// What activations are beside quantized weights; beside weights in 16 or 32 bits they are always
/// float32.
public enum ActivationFormat: String, Sendable, CaseIterable {
  /// As they are computed: results are those of the weights' exact values.
  case float32
  /// Rounded to 16 bits with a scale for each 32 of them, where the processor multiplies whole
  /// numbers faster than floats (AVX2, and AVX-512 with VNNI, with the same results); float32
  /// elsewhere. The rounding is finer than that of keys and values in 16 bits.
  case int16
  /// Rounded to 8 bits with a scale for each 32 of them, or 256 beside formats with blocks of 256,
  /// as llama.cpp does. The fastest, but coarse: the perplexity of SmolLM2-135M in Q4_1
  /// rises by 0.4 percent, and greedy answers change.
  case int8

  var kernel: apus_activations {
    switch self {
    case .float32: apus_activations_float32
    case .int16: apus_activations_int16
    case .int8: apus_activations_int8
    }
  }
}
