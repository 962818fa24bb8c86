import CKernels
import Checkpoint
import Tensor

/// A matrix as the kernels read it: one row an output, in the format of the file.
struct EngineMatrix: @unchecked Sendable {
  /// Keeps the memory alive, which nobody writes.
  private let tensor: Tensor
  private let biasTensor: Tensor?
  /// What the kernels are told.
  private(set) var weight: apus_weight
  /// What is added to the outputs.
  private(set) var bias: UnsafePointer<Float>?

  /// - Parameters:
  ///   - matrix: `[outputs, inputs]`, any type that weights have.
  ///   - bias: `[outputs]`.
  init(_ matrix: Tensor, bias: Tensor? = nil) {
    var tensor = matrix.detached()
    if EngineMatrix.format(of: tensor.dtype) == nil { tensor = tensor.cast(to: .float32) }
    let format = EngineMatrix.format(of: tensor.dtype) ?? apus_format_f32
    tensor = tensor.contiguous()
    self.tensor = tensor
    biasTensor = bias?.detached().cast(to: .float32).contiguous()
    let (rows, columns) = (tensor.shape[0], tensor.shape[1])
    weight = apus_weight(
      data: EngineMatrix.address(of: tensor), rows: Int64(rows), columns: Int64(columns),
      row_bytes: Int64(tensor.dtype.byteCount(of: [1, columns])),
      format: Int32(format.rawValue))
    self.bias = biasTensor.map { UnsafePointer($0.floats) }
  }

  /// The matrix of a projection.
  init(_ projection: any Projection) {
    switch projection {
    case let linear as Linear: self.init(linear.weight, bias: linear.bias)
    case let linear as TransposedLinear:
      // Blocks lie along rows, which become columns; anything else keeps its type.
      let weight = linear.weight.detached()
      let plain = weight.dtype.blockFormat == nil ? weight : weight.cast(to: .float32)
      self.init(plain.transposed().copied(), bias: linear.bias)
    default:
      preconditionFailure(
        "Engine: \(type(of: projection)) cannot be run; merge it into a Linear first")
    }
  }

  /// How many outputs.
  var rows: Int { Int(weight.rows) }
  /// The bytes of all outputs' weights.
  var byteCount: Int { Int(weight.rows * weight.row_bytes) }

  /// Some of the outputs, as a matrix of their own.
  func part(_ range: Range<Int>) -> EngineMatrix {
    var part = self
    part.weight.rows = Int64(range.count)
    part.weight.data = weight.data + range.lowerBound * Int(weight.row_bytes)
    part.bias = bias.map { $0 + range.lowerBound }
    return part
  }

  /// Writes one row as float32: the vector of a token.
  func read(row: Int, into target: UnsafeMutablePointer<Float>) {
    apus_dequantize(
      target, weight.data + row * Int(weight.row_bytes), weight.format, weight.columns)
  }

  /// Where the elements of a contiguous tensor begin.
  private static func address(of tensor: Tensor) -> UnsafeRawPointer {
    UnsafeRawPointer(tensor.dtype.blockFormat == nil ? tensor.base : tensor.blockBytes.base)
  }

  /// The kernels' name of an element type, if they compute with it.
  private static func format(of dtype: DType) -> apus_format? {
    switch dtype {
    case .float32: apus_format_f32
    case .float16: apus_format_f16
    case .bfloat16: apus_format_bf16
    case .blocks(let format):
      apus_format_computes(Int32(format.rawValue)) ? apus_format(format.rawValue) : nil
    default: nil
    }
  }
}

/// A norm as the kernels read it.
struct EngineNorm: @unchecked Sendable {
  private let weightTensor: Tensor?
  private let biasTensor: Tensor?
  let weight: UnsafePointer<Float>?
  let bias: UnsafePointer<Float>?
  let epsilon: Float
  let isRootMeanSquare: Bool

  init(_ norm: AnyNorm) {
    var weight = norm.weight?.detached().cast(to: .float32).contiguous()
    switch norm.design {
    case .rms(let epsilon, let offset):
      if offset != 0, let plain = weight { weight = plain + offset }
      (self.epsilon, isRootMeanSquare) = (Float(epsilon), true)
    case .layer(let epsilon, _), .plain(let epsilon):
      (self.epsilon, isRootMeanSquare) = (Float(epsilon), false)
    }
    weightTensor = weight
    biasTensor = norm.bias?.detached().cast(to: .float32).contiguous()
    self.weight = weightTensor.map { UnsafePointer($0.floats) }
    bias = biasTensor.map { UnsafePointer($0.floats) }
  }

  /// Normalizes rows; `y` may be `x`.
  func apply(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int, width: Int,
    scratch: UnsafeMutablePointer<Float>
  ) {
    if isRootMeanSquare {
      apus_rms_norm(y, scratch, x, weight, epsilon, Int64(rows), Int64(width))
    } else {
      apus_layer_norm(
        y, scratch, scratch + rows, x, weight, bias, epsilon, Int64(rows), Int64(width))
    }
  }
}
