/// Subtracts from the logit of each generated token: `frequency` for each time it occurred, and
/// `presence` once if it occurred at all, as the OpenAI interface defines them.
///
/// The prompt does not count unless asked for.
public struct FrequencyPenalty: LogitsProcessor {
  /// What each occurrence costs.
  public let frequency: Double
  /// What having occurred costs.
  public let presence: Double
  /// Whether tokens of the prompt count too.
  public let countsPrompt: Bool
  private var promptLength = 0
  private var counts: [Int32] = []

  /// Penalties; negative ones encourage repetition.
  public init(frequency: Double = 0, presence: Double = 0, countsPrompt: Bool = false) {
    self.frequency = frequency
    self.presence = presence
    self.countsPrompt = countsPrompt
  }

  /// Remembers where generated tokens begin.
  public mutating func begin(promptLength: Int) { self.promptLength = promptLength }

  /// Changes the logits of tokens that occurred.
  public mutating func process(_ logits: inout [Float], history: [Int32]) {
    if counts.count != logits.count { counts = Array(repeating: 0, count: logits.count) }
    let counted = history[(countsPrompt ? 0 : min(promptLength, history.count))...]
    for token in counted where counts.indices.contains(Int(token)) { counts[Int(token)] += 1 }
    for token in counted where counts.indices.contains(Int(token)) {
      let count = counts[Int(token)]
      guard count > 0 else { continue }
      logits[Int(token)] -= Float(Double(count) * frequency + presence)
      counts[Int(token)] = 0
    }
  }
}
