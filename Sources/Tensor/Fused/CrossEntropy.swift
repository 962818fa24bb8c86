import CKernels

/// How the losses of tokens become one number.
public enum LossReduction: Sendable, Equatable {
  /// The mean over the targets that count.
  case mean
  /// The sum.
  case sum
  /// The sum divided by a number of tokens: for accumulating over batches of different size.
  case sumDivided(by: Double)
}

/// What a cross-entropy loss is made of besides the logits.
public struct CrossEntropyOptions: Sendable, Equatable {
  /// Targets with this value do not count.
  public var ignoreIndex: Int
  /// The share of probability that is spread evenly over all classes (Szegedy and others, 2016).
  public var labelSmoothing: Double
  /// The factor of log²(sum of exponentials), which keeps logits small (PaLM, Chowdhery and others,
  /// 2022).
  public var zLoss: Double
  /// How the losses become one number.
  public var reduction: LossReduction

  /// The defaults are those of `torch.nn.functional.cross_entropy`.
  public init(
    ignoreIndex: Int = -100, labelSmoothing: Double = 0, zLoss: Double = 0,
    reduction: LossReduction = .mean
  ) {
    precondition(
      labelSmoothing >= 0 && labelSmoothing <= 1,
      "crossEntropy: label smoothing must be in 0 ... 1, not \(labelSmoothing)")
    self.ignoreIndex = ignoreIndex
    self.labelSmoothing = labelSmoothing
    self.zLoss = zLoss
    self.reduction = reduction
  }
}

/// The cross-entropy between logits and target classes.
///
/// - Parameters:
///   - logits: `[…, classes]`.
///   - targets: `[…]`, integers in 0 ..< classes, or the ignore index.
///   - options: Smoothing, z-loss, what does not count, and how losses become one number.
/// - Returns: A scalar; NaN where no target counts and the mean is asked for, as in PyTorch.
public func crossEntropy(
  _ logits: Tensor, _ targets: Tensor, _ options: CrossEntropyOptions = .init()
) -> Tensor {
  precondition(
    logits.rank == targets.rank + 1 && Shape(logits.shape.dropLast()) == targets.shape,
    "crossEntropy: logits \(logits.shape) do not fit targets \(targets.shape)")
  let classes = logits.shape[-1]
  let rows = logits.reshaped(to: [targets.count, classes])
  let chosen = CountedTargets(targets, classes: classes, ignoring: options.ignoreIndex)
  guard logits.dtype.computing == .float32 else {
    return composedCrossEntropy(rows.indexSelected(0, at: chosen.rows), chosen, options)
  }
  let wide = rows.cast(to: .float32)
  let scale = options.factor(count: chosen.count)
  // The kernel overwrites the logits by their gradient, so it works on a copy.
  let work = wide.detached().indexSelected(0, at: chosen.rows)
  let total = lossOfRows(work, chosen.classes, options, scale: scale, gradient: wide.isTracked)
  let all = chosen.count == targets.count
  return total.recorded(from: wide) { dy, inputs in
    let gradient = work * dy
    inputs.add(
      0,
      all
        ? gradient
        : Tensor.zeros(wide.shape).scatterAdded(
          0, at: chosen.rows.unsqueezed(1).expanded(to: gradient.shape), gradient))
  }
}

/// The cross-entropy of a model's head, from hidden states: the logits hidden · weightᵀ are made and
/// used up in pieces and never stand in memory for all tokens at once.
///
/// - Parameters:
///   - hidden: `[…, width]`.
///   - weight: The head, `[classes, width]`.
///   - targets: `[…]`, integers in 0 ..< classes, or the ignore index.
///   - options: Smoothing, z-loss, what does not count, and how losses become one number.
/// - Returns: A scalar, as ``crossEntropy(_:_:_:)``.
public func crossEntropy(
  hidden: Tensor, weight: Tensor, _ targets: Tensor, _ options: CrossEntropyOptions = .init()
) -> Tensor {
  precondition(
    hidden.rank == targets.rank + 1 && weight.rank == 2 && hidden.shape[-1] == weight.shape[1]
      && Shape(hidden.shape.dropLast()) == targets.shape,
    "crossEntropy: hidden \(hidden.shape), weight \(weight.shape), targets \(targets.shape)")
  guard hidden.dtype.computing == .float32 else {
    return crossEntropy(linear(hidden, weight), targets, options)
  }
  let (classes, width) = (weight.shape[0], weight.shape[1])
  let states = hidden.reshaped(to: [targets.count, width]).cast(to: .float32)
  let chosen = CountedTargets(targets, classes: classes, ignoring: options.ignoreIndex)
  let all = chosen.count == targets.count
  let kept = (all ? states : states.indexSelected(0, at: chosen.rows)).contiguous()
  let head = weight.cast(to: .float32)
  let scale = options.factor(count: chosen.count)

  // As the loss is one number, its gradient is known up to a factor before the backward pass, and
  // the logits of a piece need not be made twice.
  let recording = kept.isTracked || head.isTracked
  let (x, w) = (kept.detached(), head.detached())
  let dx = recording && kept.isTracked ? Tensor(uninitialized: x.shape) : nil
  let dw = recording && head.isTracked ? Tensor(uninitialized: [classes, width]) : nil
  var total = 0.0
  let piece = rowsAPiece(classes: classes, rows: chosen.count)
  for first in stride(from: 0, to: chosen.count, by: piece) {
    let rows = min(piece, chosen.count - first)
    let part = x.narrowed(0, from: first, length: rows)
    let logits = matrixOfWholeLines(rows, classes)
    Product.write(part, w.transposed(), into: logits)
    total += lossOfRows(
      logits, chosen.classes.narrowed(0, from: first, length: rows), options, scale: scale,
      gradient: recording
    ).scalar(as: Double.self)
    if let dx { Product.write(logits, w, into: dx.narrowed(0, from: first, length: rows)) }
    if let dw { Product.write(logits.transposed(), part, into: dw, accumulating: first > 0) }
  }
  if chosen.count == 0 {
    dw?.base.initializeMemory(as: UInt8.self, repeating: 0, count: dw?.byteCount ?? 0)
    if options.reduction == .mean { total = .nan }
  }
  return Tensor(total).recorded(from: kept, head) { dy, inputs in
    let factor = dy.scalar(as: Float.self)
    for (index, gradient) in [dx, dw].enumerated() {
      if let gradient, inputs.wants(index) {
        inputs.add(index, factor == 1 ? gradient : gradient * dy)
      }
    }
  }
}

/// The targets that count: which rows they are and which classes they name.
package struct CountedTargets {
  /// `[count]`, int64.
  package let rows: Tensor
  /// `[count]`, int64.
  package let classes: Tensor
  package var count: Int { rows.count }

  package init(_ targets: Tensor, classes: Int, ignoring ignored: Int) {
    precondition(targets.dtype.isInteger, "crossEntropy: targets are \(targets.dtype)")
    var (rows, chosen): ([Int64], [Int64]) = ([], [])
    for (row, target) in targets.scalars(as: Int64.self).enumerated() where target != ignored {
      precondition(
        target >= 0 && target < classes,
        "crossEntropy: target \(target) at row \(row) is outside 0 ..< \(classes)")
      rows.append(Int64(row))
      chosen.append(target)
    }
    self.rows = Tensor(rows)
    self.classes = Tensor(chosen)
  }
}

extension CrossEntropyOptions {
  /// What a row's loss is multiplied by.
  fileprivate func factor(count: Int) -> Double {
    switch reduction {
    case .mean: 1 / Double(count)
    case .sum: 1
    case .sumDivided(let tokens): 1 / tokens
    }
  }
}

/// At most 64 MiB of logits at once, but not fewer rows than a matrix product needs to be fast.
private func rowsAPiece(classes: Int, rows: Int) -> Int {
  let most = max(128, (64 << 20) / (4 * max(classes, 1)))
  let pieces = (rows + most - 1) / most
  return pieces == 0 ? most : (rows + pieces - 1) / pieces
}

/// An uninitialized matrix whose rows begin with a line of the cache, however many columns it has:
/// the products that write and read it then never touch two lines for one vector.
private func matrixOfWholeLines(_ rows: Int, _ columns: Int) -> Tensor {
  let line = 16
  return Tensor(uninitialized: [rows, (columns + line - 1) / line * line])
    .narrowed(1, from: 0, length: columns)
}

/// The scaled sum of the losses; with `gradient`, the logits become the scaled gradient.
private func lossOfRows(
  _ logits: Tensor, _ targets: Tensor, _ options: CrossEntropyOptions, scale: Double,
  gradient: Bool
) -> Tensor {
  let (rows, classes) = (logits.shape[0], logits.shape[1])
  let losses = Tensor(uninitialized: [rows])
  var job = apus_cross_entropy()
  job.logits = logits.floats
  job.row_stride = Int64(logits.strides[0])
  job.targets = UnsafePointer(targets.pointer(as: Int64.self))
  job.losses = losses.floats
  (job.rows, job.classes) = (Int64(rows), Int64(classes))
  job.label_smoothing = Float(options.labelSmoothing)
  job.z_loss = Float(options.zLoss)
  job.factor = Float(scale)
  job.gradient = gradient
  withExtendedLifetime((logits, targets, losses)) { apus_cross_entropy_rows(&job) }
  let sum = losses.withUnsafeElements(as: Float.self) { $0.reduce(0.0) { $0 + Double($1) } }
  // The mean of nothing is 0/0, as in PyTorch.
  return Tensor(rows == 0 && options.reduction == .mean ? .nan : sum * scale)
}

/// The same in other operations: what float64 uses, and what tests compare the kernel with.
package func composedCrossEntropy(
  _ logits: Tensor, _ chosen: CountedTargets, _ options: CrossEntropyOptions
) -> Tensor {
  let classes = Double(logits.shape[1])
  let logSumExp = logits.logSumExp(axis: -1)
  let picked = logits.gathered(1, at: chosen.classes.unsqueezed(1)).squeezed(1)
  let likelihood = logSumExp - picked
  let spread = logSumExp - logits.sum(axes: [-1]) * (1 / classes)
  let losses =
    likelihood * (1 - options.labelSmoothing) + spread * options.labelSmoothing
    + logSumExp.squared() * options.zLoss
  return losses.sum() * options.factor(count: chosen.count)
}
