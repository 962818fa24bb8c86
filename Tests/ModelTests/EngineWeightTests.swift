import Tensor
import Testing

@testable import Model

/// How the engine keeps weights.
@Suite struct EngineWeightTests {
  /// GPT-2 stores `[inputs, outputs]`, which the engine lays out anew, in the type of the file.
  @Test(arguments: [DType.float32, .float16, .bfloat16])
  func transposedWeightsKeepTheirType(_ type: DType) {
    var random = RandomStream(seed: 3)
    let weight = Tensor.normal([24, 40], deviation: 1, using: &random).cast(to: type)
    let matrix = EngineMatrix(TransposedLinear(weight: weight, bias: .zeros([40])))
    #expect(matrix.rows == 40 && matrix.byteCount == type.byteCount(of: [24, 40]))
    var row = [Float](repeating: 0, count: 24)
    for output in [0, 7, 39] {
      row.withUnsafeMutableBufferPointer { row in
        if let start = row.baseAddress { matrix.read(row: output, into: start) }
      }
      #expect(row == weight.transposed()[output].cast(to: .float32).scalars(as: Float.self))
    }
  }
}
