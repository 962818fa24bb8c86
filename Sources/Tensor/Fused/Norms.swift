import CKernels

/// Layer normalization over the last axis: (x - mean) / √(variance + epsilon) · weight + bias.
///
/// Ba, Kiros and Hinton 2016, "Layer Normalization"; numbers as `torch.nn.functional.layer_norm`.
///
/// - Parameters:
///   - x: `[…, width]`.
///   - weight: `[width]`, ones where nil.
///   - bias: `[width]`, zeros where nil. It needs a weight.
///   - epsilon: What is added to the variance.
public func layerNorm(
  _ x: Tensor, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
) -> Tensor {
  checkNorm("layerNorm", x, weight, bias)
  precondition(bias == nil || weight != nil, "layerNorm: a bias needs a weight")
  guard x.dtype.computing == .float32 else {
    let centred = x - x.mean(axes: [-1], keepingAxes: true)
    let variance = centred.squared().mean(axes: [-1], keepingAxes: true)
    return affine(centred * (variance + epsilon).rsqrt(), weight, bias)
  }
  let rows = x.cast(to: .float32).contiguous()
  let weight = weight?.cast(to: .float32).contiguous()
  let bias = bias?.cast(to: .float32).contiguous()
  let (count, width) = rowsAndWidth(x)
  let y = Tensor(uninitialized: x.shape)
  let (means, scales) = (Tensor(uninitialized: [count]), Tensor(uninitialized: [count]))
  withExtendedLifetime((rows, weight, bias)) {
    apus_layer_norm(
      y.floats, means.floats, scales.floats, rows.floats, weight?.floats, bias?.floats,
      Float(epsilon), Int64(count), Int64(width))
  }
  let (source, factor) = (rows.detached(), weight?.detached())
  return y.recorded(from: rows, weight, bias) { dy, inputs in
    let dy = dy.contiguous()
    let dx = Tensor(uninitialized: source.shape)
    let dweight = inputs.wants(1) ? Tensor(uninitialized: [width]) : nil
    let dbias = inputs.wants(2) ? Tensor(uninitialized: [width]) : nil
    withExtendedLifetime((dy, source, factor, means, scales)) {
      apus_layer_norm_backward(
        dx.floats, dweight?.floats, dbias?.floats, dy.floats, source.floats, factor?.floats,
        means.floats, scales.floats, Int64(count), Int64(width))
    }
    inputs.add(0, dx)
    if let dweight { inputs.add(1, dweight) }
    if let dbias { inputs.add(2, dbias) }
  }.cast(to: x.dtype)
}

/// Root-mean-square normalization over the last axis: x / √(mean x² + epsilon) · weight.
///
/// Zhang and Sennrich 2019, "Root Mean Square Layer Normalization"; numbers as
/// `torch.nn.functional.rms_norm`.
///
/// - Parameters:
///   - x: `[…, width]`.
///   - weight: `[width]`, ones where nil.
///   - epsilon: What is added to the mean square.
public func rmsNorm(_ x: Tensor, weight: Tensor? = nil, epsilon: Double = 1e-6) -> Tensor {
  checkNorm("rmsNorm", x, weight, nil)
  guard x.dtype.computing == .float32 else {
    let square = x.squared().mean(axes: [-1], keepingAxes: true)
    return affine(x * (square + epsilon).rsqrt(), weight, nil)
  }
  let rows = x.cast(to: .float32).contiguous()
  let weight = weight?.cast(to: .float32).contiguous()
  let (count, width) = rowsAndWidth(x)
  let y = Tensor(uninitialized: x.shape)
  let scales = Tensor(uninitialized: [count])
  withExtendedLifetime((rows, weight)) {
    apus_rms_norm(
      y.floats, scales.floats, rows.floats, weight?.floats, Float(epsilon), Int64(count),
      Int64(width))
  }
  let (source, factor) = (rows.detached(), weight?.detached())
  return y.recorded(from: rows, weight) { dy, inputs in
    let dy = dy.contiguous()
    let dx = Tensor(uninitialized: source.shape)
    let dweight = inputs.wants(1) ? Tensor(uninitialized: [width]) : nil
    withExtendedLifetime((dy, source, factor, scales)) {
      apus_rms_norm_backward(
        dx.floats, dweight?.floats, dy.floats, source.floats, factor?.floats, scales.floats,
        Int64(count), Int64(width))
    }
    inputs.add(0, dx)
    if let dweight { inputs.add(1, dweight) }
  }.cast(to: x.dtype)
}

private func checkNorm(_ name: String, _ x: Tensor, _ weight: Tensor?, _ bias: Tensor?) {
  precondition(x.rank > 0 && x.dtype.isFloatingPoint, "\(name): the input is \(x.dtype) \(x.shape)")
  for parameter in [weight, bias] {
    if let parameter {
      precondition(
        parameter.shape == [x.shape[-1]],
        "\(name): a parameter of shape \(parameter.shape) does not fit \(x.shape)")
    }
  }
}

private func rowsAndWidth(_ x: Tensor) -> (Int, Int) {
  let width = x.shape[-1]
  return (width == 0 ? 0 : x.count / width, width)
}

private func affine(_ x: Tensor, _ weight: Tensor?, _ bias: Tensor?) -> Tensor {
  var y = x
  if let weight { y = y * weight }
  if let bias { y = y + bias }
  return y
}
