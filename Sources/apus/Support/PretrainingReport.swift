import Training

/// Prints the events of a pre-training run.
struct PretrainingReport {
  private var smoothed: Double?
  private var rates: [Double] = []
  private var lastPlainLine = 0.0
  private let began = secondsNow()

  /// Whether the run is to go on.
  mutating func callAsFunction(_ event: PretrainingEvent) -> Bool {
    switch event {
    case .started(let training, let validation, let vocabulary, let parameters, let step):
      Terminal.say(
        "text: \(Terminal.short(training)) training and \(Terminal.short(validation)) validation "
          + "tokens, vocabulary \(vocabulary)")
      Terminal.say("model: \(Terminal.short(parameters)) parameters")
      if step > 0 { Terminal.say("continuing after step \(step)") }
    case .step(let step): show(step)
    case .evaluated(let step, let loss, let bits):
      Terminal.progress(
        "step \(step): validation loss \(Terminal.fixed(loss, 4)) nats a token, "
          + "\(Terminal.fixed(bits, 3)) bits a byte")
      Terminal.endProgress()
    case .saved: break
    }
    return !Interruption.isRequested
  }

  private mutating func show(_ step: PretrainingStep) {
    smoothed = smoothed.map { 0.95 * $0 + 0.05 * step.loss } ?? step.loss
    rates.append(step.seconds)
    if rates.count > 50 { rates.removeFirst() }
    let now = secondsNow()
    let due = Terminal.isInteractive ? 0.1 : 10
    guard now - lastPlainLine >= due || step.number == step.total else { return }
    lastPlainLine = now
    let mean = rates.reduce(0, +) / Double(rates.count)
    let left = Double(step.total - step.number) * mean
    Terminal.progress(
      "step \(step.number)/\(step.total)  loss \(Terminal.fixed(smoothed ?? step.loss, 4))  "
        + "\(Int(Double(step.tokens) / mean)) tokens/s  \(Terminal.duration(left)) left")
    if step.number == step.total { Terminal.endProgress() }
  }
}
