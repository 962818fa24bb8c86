import GGUF

extension TokenizerDescription {
  /// Adds what all models have in common: tokens found in text, the template, the configuration.
  ///
  /// - Parameters:
  ///   - forcesBeginning: whether the file has no say in the token before a text.
  ///   - forces: whether the file has no say in what is put around a text.
  mutating func finish(
    _ vocabulary: GGUFVocabulary, beginning: (text: String, id: Int)?,
    end: (text: String, id: Int)?, addsBeginning: Bool, addsEnd: Bool,
    forcesBeginning: Bool = false, forces: Bool = false
  ) {
    let strippers = StripRules(vocabulary)
    var controlNames = Self.controlNames
    // Where other tokens end a turn, this is text.
    if vocabulary.tokens.contains(where: { $0 == "<|tool_response>" || $0 == "<|plamo:eos|>" }) {
      controlNames.remove("</s>")
    }
    for (id, kind) in vocabulary.kinds.enumerated() {
      let text = vocabulary.tokens[id]
      let isControl =
        kind == .control || kind == .unknown || controlNames.contains(text)
      guard isControl || kind == .userDefined else { continue }
      added.append(
        (
          AddedToken(
            text, stripsLeft: strippers.left(text), stripsRight: strippers.right(text, kind),
            normalized: false, special: isControl), id
        ))
    }
    configuration.beginningOfText = beginning?.text
    configuration.endOfText = end?.text
    configuration.unknown = vocabulary.token("unknown")?.text
    configuration.padding = vocabulary.token("padding")?.text
    configuration.separator = vocabulary.token(["seperator", "separator"])?.text
    configuration.mask = vocabulary.token("mask")?.text
    configuration.classification = vocabulary.token("cls")?.text
    configuration.chatTemplate = vocabulary.file["tokenizer.chat_template"]?.string
    let named = "tokenizer.chat_template."
    for (key, value) in vocabulary.file.metadata {
      if key.hasPrefix(named), key != named, let template = value.string {
        configuration.otherChatTemplates[String(key.dropFirst(named.count))] = template
      }
    }
    let asks = forces || forcesBeginning ? addsBeginning : vocabulary.flag("add_bos_token")
    let wantsBeginning = asks ?? addsBeginning
    let wantsEnd = (forces ? addsEnd : vocabulary.flag("add_eos_token")) ?? addsEnd
    postProcessor = Components.template(
      before: wantsBeginning ? beginning.map { [$0] } ?? [] : [],
      after: wantsEnd ? end.map { [$0] } ?? [] : [])
  }

  /// Tokens that control a model whatever the file calls them, as llama.cpp has it.
  private static let controlNames: Set<String> = [
    "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|calls|>",
    "<|flush|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "<EOT>", "_<EOT>", "[EOT]",
    "[EOS]", "<｜end▁of▁sentence｜>", "<end_of_utterance>", "<eos>", "<turn|>",
    "<|tool_response>", "[e~[", "</s>",
    "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>",
    "<|code_prefix|>", "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>",
    "▁<SUF>", "<|code_suffix|>", "<|fim_middle|>", "<fim-middle>", "<fim_middle>",
    "<｜fim▁end｜>", "<MID>", "▁<MID>", "<|code_middle|>", "<|fim_pad|>", "<fim-pad>",
    "<fim_pad>", "<PAD>", "[PAD]", "<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>",
    "<reponame>", "<|file_sep|>",
  ]
}

/// Which tokens take white space with them: no key of GGUF says so, llama.cpp goes by names.
private struct StripRules {
  private let mask: String?
  private let isPhi3: Bool

  init(_ vocabulary: GGUFVocabulary) {
    let file = vocabulary.file
    let pre = vocabulary.text("pre") ?? ""
    let architecture = file["general.architecture"]?.string ?? ""
    let name = (file["general.name"]?.string ?? "").lowercased()
    if ["jina-v2-de", "jina-v2-es", "jina-v2-code"].contains(pre)
      || ["nomic-bert-moe", "jina-bert-v3"].contains(architecture)
    {
      mask = "<mask>"
    } else {
      mask = holds(name, "modern-bert") ? "[MASK]" : nil
    }
    isPhi3 = holds(name, "phi-3") || holds(name, "phi3")
  }

  func left(_ token: String) -> Bool { token == mask }

  func right(_ token: String, _ kind: GGUFVocabulary.Kind) -> Bool {
    isPhi3 && !["<unk>", "<s>", "<|endoftext|>"].contains(token)
  }
}

/// Whether a text has another one in it.
private func holds(_ text: String, _ part: String) -> Bool {
  let bytes = Array(text.utf8)
  let wanted = Array(part.utf8)
  return bytes.indices.contains { bytes[$0...].starts(with: wanted) }
}
