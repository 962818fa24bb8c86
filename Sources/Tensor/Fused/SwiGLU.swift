import CKernels

/// silu(gate) · up, the gated activation of Llama's feed-forward layers.
///
/// Shazeer 2020, "GLU Variants Improve Transformer".
///
/// - Parameters:
///   - gate: Any shape.
///   - up: The same shape.
public func swiGLU(gate: Tensor, up: Tensor) -> Tensor {
  precondition(
    gate.shape == up.shape && gate.dtype == up.dtype,
    "swiGLU: \(gate.dtype) \(gate.shape) and \(up.dtype) \(up.shape) differ")
  guard gate.dtype.computing == .float32 else { return gate.silu() * up }
  let (a, b) = (gate.cast(to: .float32).contiguous(), up.cast(to: .float32).contiguous())
  let y = Tensor(uninitialized: a.shape)
  let count = Int64(y.count)
  withExtendedLifetime((a, b)) { apus_swiglu(y.floats, a.floats, b.floats, count) }
  let (x, z) = (a.detached(), b.detached())
  return y.recorded(from: a, b) { dy, inputs in
    let dy = dy.contiguous()
    let (dgate, dup) = (Tensor(uninitialized: x.shape), Tensor(uninitialized: x.shape))
    withExtendedLifetime((dy, x, z)) {
      apus_swiglu_backward(dgate.floats, dup.floats, dy.floats, x.floats, z.floats, count)
    }
    inputs.add(0, dgate)
    inputs.add(1, dup)
  }.cast(to: gate.dtype)
}
