import CKernels

/// Which keys a query sees.
public enum AttentionMask: Sendable {
  /// Every key.
  case none
  /// The keys up to its own position. Where there are more keys than queries, the last query sees
  /// the last key, as with a key–value cache.
  case causal
}

/// Scaled dot-product attention: softmax(query · keyᵀ · scale + bias) · value.
///
/// Vaswani et al. 2017, "Attention Is All You Need". Scores are held for one block of queries at a
/// time, never for the whole batch; heads may share keys and values in groups (Ainslie et al. 2023).
/// A query that sees no key gives zeros.
///
/// - Parameters:
///   - query: `[batch, heads, queries, headWidth]`.
///   - key: `[batch, groups, keys, headWidth]`, heads a multiple of groups.
///   - value: `[batch, groups, keys, valueWidth]`.
///   - scale: What scores are multiplied by; 1 / √headWidth where nil.
///   - mask: Which keys a query sees.
///   - bias: Added to the scores: `[batch, heads, queries, keys]`, where any axis may be 1.
///   - softcap: The bound of a soft clamp of the scaled scores, cap · tanh(score / cap), as in
///     Gemma 2; nil for none. With it scores of the whole batch are held.
///   - dropout: The share of weights that is set to zero in training, and where its random numbers
///     come from.
/// - Returns: `[batch, heads, queries, valueWidth]`, in memory as `[batch, queries, heads, …]`, so
///   that joining the heads costs no copy.
public func attention(
  query: Tensor, key: Tensor, value: Tensor, scale: Double? = nil, mask: AttentionMask = .causal,
  bias: Tensor? = nil, softcap: Double? = nil, dropout: AttentionDropout? = nil
) -> Tensor {
  precondition(
    query.rank == 4 && key.rank == 4 && value.rank == 4 && query.shape[0] == key.shape[0]
      && key.shape[0] == value.shape[0] && key.shape[1] == value.shape[1]
      && key.shape[2] == value.shape[2] && query.shape[3] == key.shape[3]
      && key.shape[1] > 0 && query.shape[1] % key.shape[1] == 0,
    "attention: query \(query.shape), key \(key.shape), value \(value.shape) do not fit")
  let scale = scale ?? 1 / Double(max(query.shape[3], 1)).squareRoot()
  let scores: Shape = [query.shape[0], query.shape[1], query.shape[2], key.shape[2]]
  guard query.dtype.computing == .float32 && softcap == nil else {
    return composedAttention(query, key, value, scale, mask, bias, softcap: softcap, dropout)
  }
  let q = query.cast(to: .float32).withUnitLastStride()
  let k = key.cast(to: .float32).withUnitLastStride()
  let v = value.cast(to: .float32).withUnitLastStride()
  let offset = bias?.cast(to: .float32).expanded(to: scores)
  let job = AttentionJob(
    q.detached(), k.detached(), v.detached(), Float(scale), mask, offset?.detached(), dropout)
  job.forward()
  return job.y.recorded(fromAll: offset.map { [q, k, v, $0] } ?? [q, k, v]) { dy, inputs in
    let gradients = job.backward(
      dy.withUnitLastStride(), wantsBias: offset != nil && inputs.wants(3))
    inputs.add(0, gradients.query)
    inputs.add(1, gradients.key)
    inputs.add(2, gradients.value)
    if let dbias = gradients.bias { inputs.add(3, dbias) }
  }.cast(to: query.dtype)
}

/// Self-attention on queries, keys and values side by side, as one product makes them.
///
/// The same numbers as `attention(query:key:value:)` on the three parts, whose gradients are written
/// side by side too instead of being added to zeros.
///
/// - Parameter joined: `[batch, time, 3 · width]`, each part split into `heads`.
/// - Returns: `[batch, time, width]`.
package func selfAttention(
  joined: Tensor, heads: Int, scale: Double, mask: AttentionMask, dropout: AttentionDropout? = nil
) -> Tensor {
  let (batch, time, width) = (joined.shape[0], joined.shape[1], joined.shape[2] / 3)
  func parts(_ x: Tensor) -> [Tensor] {
    x.split(every: width, axis: -1).map {
      $0.reshaped(batch, time, heads, width / heads).transposed(1, 2)
    }
  }
  guard joined.dtype == .float32, joined.isContiguous else {
    let three = parts(joined)
    return attention(
      query: three[0], key: three[1], value: three[2], scale: scale, mask: mask, dropout: dropout
    ).transposed(1, 2).reshaped(batch, time, width)
  }
  let three = parts(joined.detached())
  let job = AttentionJob(three[0], three[1], three[2], Float(scale), mask, nil, dropout)
  job.forward()
  return job.y.transposed(1, 2).reshaped(batch, time, width).recorded(from: joined) { dy, inputs in
    let gradient = Tensor(uninitialized: [batch, time, 3 * width])
    let slopes = parts(gradient)
    let heads = dy.reshaped(batch, time, heads, width / heads).transposed(1, 2)
    job.backward(heads.withUnitLastStride(), into: (slopes[0], slopes[1], slopes[2]), bias: nil)
    inputs.add(0, gradient)
  }
}

/// Dropout of attention weights.
public struct AttentionDropout: Sendable {
  /// The share of weights that is set to zero, in 0 ..< 1.
  public let rate: Double
  package let stream: RandomStream

  /// Dropout at a rate, from a stream of its own.
  public init(rate: Double, stream: RandomStream) {
    precondition(rate >= 0 && rate < 1, "attention: the dropout must be in 0 ..< 1, not \(rate)")
    self.rate = rate
    self.stream = stream
  }
}

/// The operands of one call and what the backward pass needs of the forward one.
private struct AttentionJob: Sendable {
  let q, k, v: Tensor
  let scale: Float
  let mask: AttentionMask
  let bias: Tensor?
  let dropout: AttentionDropout?
  let y: Tensor
  let logSumExp: Tensor

  init(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, _ scale: Float, _ mask: AttentionMask, _ bias: Tensor?,
    _ dropout: AttentionDropout?
  ) {
    (self.q, self.k, self.v, self.scale, self.mask, self.bias) = (q, k, v, scale, mask, bias)
    self.dropout = dropout
    y = Tensor.joinable([q.shape[0], q.shape[1], q.shape[2], v.shape[3]])
    logSumExp = Tensor(uninitialized: [q.shape[0], q.shape[1], q.shape[2]])
  }

  private var description: apus_attention {
    var job = apus_attention()
    (job.batch, job.heads, job.groups) = (Int64(q.shape[0]), Int64(q.shape[1]), Int64(k.shape[1]))
    (job.queries, job.keys) = (Int64(q.shape[2]), Int64(k.shape[2]))
    (job.width, job.value_width) = (Int64(q.shape[3]), Int64(v.shape[3]))
    (job.q, job.q_stride) = (UnsafePointer(q.floats), q.outerStrides)
    (job.k, job.k_stride) = (UnsafePointer(k.floats), k.outerStrides)
    (job.v, job.v_stride) = (UnsafePointer(v.floats), v.outerStrides)
    (job.y, job.y_stride) = (y.floats, y.outerStrides)
    job.logsumexp = logSumExp.floats
    job.scale = scale
    job.causal = mask == .causal
    if let bias {
      job.bias = UnsafePointer(bias.floats)
      let s = bias.strides
      job.bias_stride = (Int64(s[0]), Int64(s[1]), Int64(s[2]), Int64(s[3]))
    }
    if let dropout {
      job.dropout = Float(dropout.rate)
      (job.key0, job.key1) = (dropout.stream.generator.key[0], dropout.stream.generator.key[1])
      (job.stream0, job.stream1) = dropout.stream.purposeWords
      job.first = dropout.stream.position
    }
    return job
  }

  func forward() {
    var job = description
    withExtendedLifetime(self) { apus_attention_forward(&job) }
  }

  func backward(
    _ dy: Tensor, wantsBias: Bool
  ) -> (query: Tensor, key: Tensor, value: Tensor, bias: Tensor?) {
    let (dq, dk, dv) = (
      Tensor.joinable(q.shape), Tensor.joinable(k.shape), Tensor.joinable(v.shape)
    )
    let dbias = wantsBias ? bias.map { Tensor(uninitialized: $0.shape) } : nil
    backward(dy, into: (dq, dk, dv), bias: dbias)
    return (dq, dk, dv, dbias)
  }

  /// Writes the gradients, each with unit stride along the last axis.
  func backward(_ dy: Tensor, into target: (Tensor, Tensor, Tensor), bias dbias: Tensor?) {
    var job = description
    let (dq, dk, dv) = target
    (job.dy, job.dy_stride) = (UnsafePointer(dy.floats), dy.outerStrides)
    (job.dq, job.dq_stride) = (dq.floats, dq.outerStrides)
    (job.dk, job.dk_stride) = (dk.floats, dk.outerStrides)
    (job.dv, job.dv_stride) = (dv.floats, dv.outerStrides)
    job.dbias = dbias?.floats
    withExtendedLifetime((self, dy, target, dbias)) { apus_attention_backward(&job) }
  }
}

extension Tensor {
  /// Undefined contents, `[batch, heads, time, width]` over memory that is `[batch, time, heads, …]`.
  fileprivate static func joinable(_ shape: Shape) -> Tensor {
    Tensor(uninitialized: [shape[0], shape[2], shape[1], shape[3]]).transposed(1, 2)
  }

  fileprivate var outerStrides: (Int64, Int64, Int64) {
    (Int64(strides[0]), Int64(strides[1]), Int64(strides[2]))
  }

  /// The same value with the last axis next to each other in memory.
  fileprivate func withUnitLastStride() -> Tensor {
    strides[-1] == 1 || shape[-1] <= 1 ? self : contiguous()
  }
}

/// The same in other operations: what float64 and soft clamps use, and what tests compare the
/// kernels with.
package func composedAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, _ scale: Double, _ mask: AttentionMask,
  _ bias: Tensor?, softcap: Double? = nil, _ dropping: AttentionDropout? = nil
) -> Tensor {
  let (heads, groups) = (query.shape[1], key.shape[1])
  let (queries, keys) = (query.shape[2], key.shape[2])
  func shared(_ x: Tensor) -> Tensor {
    x.unsqueezed(2).expanded(to: [x.shape[0], groups, heads / groups, keys, x.shape[3]])
      .reshaped(x.shape[0], heads, keys, x.shape[3])
  }
  var scores = matmul(query, shared(key).transposed()) * scale
  if let softcap { scores = (scores / softcap).tanh() * softcap }
  if let bias { scores = scores + bias }
  if mask == .causal {
    let visible = Tensor.ones([queries, keys]).tril(keys - queries)
    scores = scores.maskedFill(visible .== 0, with: -.infinity)
  }
  var weights = scores.softmax(axis: -1)
  if let dropping {
    var stream = dropping.stream
    weights = dropout(weights, rate: dropping.rate, using: &stream)
  }
  return matmul(weights, shared(value))
}
