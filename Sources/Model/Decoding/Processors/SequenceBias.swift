/// Adds to the logit of the token that would complete a sequence.
///
/// A sequence of one token is always completed by it: a plain logit bias. Tokens that the model does
/// not have are passed over.
public struct SequenceBias: LogitsProcessor {
  /// The sequences with what is added; a positive bias encourages.
  public let biases: [(tokens: [Int32], bias: Double)]

  /// Biases of sequences, none of them empty; of a repeated one the last stands.
  public init(_ biases: [(tokens: [Int32], bias: Double)]) {
    var unique: [(tokens: [Int32], bias: Double)] = []
    var places: [[Int32]: Int] = [:]
    for (tokens, bias) in biases {
      precondition(!tokens.isEmpty, "SequenceBias: a sequence needs at least one token")
      if let place = places[tokens] {
        unique[place].bias = bias
      } else {
        places[tokens] = unique.count
        unique.append((tokens, bias))
      }
    }
    self.biases = unique
  }

  /// Biases of single tokens.
  public init(_ biases: [Int32: Double]) {
    self.init(biases.sorted { $0.key < $1.key }.map { (tokens: [$0.key], bias: $0.value) })
  }

  /// Adds in place.
  public func process(_ logits: inout [Float], history: [Int32]) {
    for (tokens, bias) in biases {
      let prefix = tokens.count - 1
      let last = Int(tokens[prefix])
      guard prefix <= history.count, logits.indices.contains(last) else { continue }
      let start = history.count - prefix
      var equal = 0
      while equal < prefix && tokens[equal] == history[start + equal] { equal += 1 }
      if equal == prefix { logits[last] += Float(bias) }
    }
  }
}
