extension ConfigurationFields {
  /// The number of blocks, within what a file can sensibly ask for.
  public mutating func layerCount(
    _ key: String, _ other: String? = nil, atLeast least: Int = 1
  ) -> Int {
    let count = required(has(key) ? key : other ?? key, atLeast: least)
    guard count <= 4096 else {
      problem("\(key) is \(count); more than 4096 blocks are not believed")
      return 1
    }
    return count
  }

  /// Reads the numbers of the special tokens and the spread of fresh weights.
  public mutating func readTokens(into architecture: inout Architecture) {
    architecture.beginToken = tokens("bos_token_id").first
    architecture.endTokens = tokens("eos_token_id")
    architecture.padToken = tokens("pad_token_id").first
    architecture.initializerRange = number("initializer_range") ?? 0.02
  }

  /// The numbers of tokens, one or a list; negative ones, with which some files say “none”, are
  /// left out.
  mutating func tokens(_ key: String) -> [Int] {
    let ids = integers(key) ?? []
    if ids.contains(where: { $0 > Int(Int32.max) }) {
      problem("\(key) must be below \(1 << 31)")
      return []
    }
    return ids.filter { $0 >= 0 }
  }

  /// How queries and keys turn, under the old keys (`rope_theta`, `rope_scaling`) or the new one
  /// (`rope_parameters`).
  ///
  /// - Parameters:
  ///   - headWidth: The width of a head.
  ///   - base: The base where none is given.
  ///   - share: The share of a head that turns where none is given.
  ///   - contextLength: `max_position_embeddings`.
  ///   - kind: The kind of layer whose entry of `rope_parameters` is meant, where it has one a kind.
  public mutating func rotary(
    headWidth: Int, base: Double, share: Double = 1, contextLength: Int, kind: String? = nil
  ) -> RotaryDesign {
    let base = number("rope_theta", "rotary_emb_base") ?? base
    let share = number("partial_rotary_factor", "rotary_pct") ?? share
    let original = integer("original_max_position_embeddings", atLeast: 1)
    let read = { (fields: inout ConfigurationFields) -> RotaryDesign in
      var design = RotaryDesign(
        width: fields.turned(headWidth, fields.number("partial_rotary_factor") ?? share),
        base: fields.number("rope_theta") ?? base)
      design.scaling = fields.scaling(
        turning: design.width, contextLength: contextLength, original: original)
      return design
    }
    for key in ["rope_parameters", "rope_scaling"] {
      let found = within(key) { fields in
        if let kind, let inner = fields.within(kind, read: read) { return inner }
        return read(&fields)
      }
      if let found { return found }
    }
    return RotaryDesign(width: turned(headWidth, share), base: base)
  }

  /// How many numbers of a head turn.
  private mutating func turned(_ headWidth: Int, _ share: Double) -> Int {
    let width = Int(Double(headWidth) * min(share, 1))
    if width < 2 || width % 2 != 0 {
      problem("\(share) of a head's width of \(headWidth) is not an even number that could turn")
      return 2
    }
    return width
  }

  /// The scaling that this object of rotation parameters asks for.
  private mutating func scaling(
    turning width: Int, contextLength: Int, original given: Int?
  ) -> RotaryScaling {
    let original = integer("original_max_position_embeddings", atLeast: 1) ?? given
    switch text("rope_type", "type") ?? "default" {
    case "default", "mrope": return .none
    case "linear": return .linear(factor: factor())
    case "dynamic": return .dynamic(factor: factor(), original: contextLength)
    case "yarn": return .yarn(yarn(contextLength: contextLength, original: original))
    case "longrope", "su":
      return .long(long(width: width, contextLength: contextLength, original: original))
    case "llama3":
      return .llama3(
        Llama3Scaling(
          factor: factor(), low: number("low_freq_factor") ?? 1,
          high: number("high_freq_factor") ?? 4, original: original ?? contextLength))
    case let other:
      problem(
        "rope_type ‘\(other)’ is none of default, linear, dynamic, yarn, longrope, su, llama3")
      return .none
    }
  }

  private mutating func factor() -> Double {
    if let factor = number("factor") { return factor }
    problem("the scaling of rotations needs a factor")
    return 1
  }

  private mutating func yarn(contextLength: Int, original: Int?) -> YaRN {
    let original = original ?? contextLength
    let factor = number("factor") ?? Double(contextLength) / Double(original)
    var yarn = YaRN(factor: factor, original: original)
    yarn.fast = number("beta_fast") ?? yarn.fast
    yarn.slow = number("beta_slow") ?? yarn.slow
    yarn.truncates = flag("truncate") ?? true
    if let given = number("attention_factor") {
      yarn.attentionFactor = given
    } else if let scale = number("mscale"), let all = number("mscale_all_dim") {
      yarn.attentionFactor =
        YaRN.magnitude(factor, weight: scale) / YaRN.magnitude(factor, weight: all)
    }
    return yarn
  }

  private mutating func long(width: Int, contextLength: Int, original: Int?) -> LongRoPE {
    let original = original ?? contextLength
    let (short, long) = (numbers("short_factor") ?? [], numbers("long_factor") ?? [])
    if !(short + long).allSatisfy({ $0 > 0 }) {
      problem("short_factor and long_factor must be positive")
    }
    if short.count != width / 2 || long.count != width / 2 {
      problem(
        "short_factor and long_factor must have \(width / 2) numbers, not \(short.count) and "
          + "\(long.count)")
    }
    let factor = number("factor") ?? Double(contextLength) / Double(original)
    var scaling = LongRoPE(short: short, long: long, original: original, factor: factor)
    scaling.attentionFactor = number("attention_factor") ?? scaling.attentionFactor
    return scaling
  }
}
