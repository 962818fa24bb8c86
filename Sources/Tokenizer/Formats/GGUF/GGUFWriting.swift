import Files
package import GGUF
import JSON

extension TextTokenizer {
  /// The tokenizer as metadata of a GGUF file, as llama.cpp's converter writes it.
  ///
  /// - Parameters:
  ///   - path: The folder that it was loaded from; its tokenizer.json goes along as it is.
  ///   - vocabularySize: How many tokens the model knows: numbers without a token are filled up.
  ///   - identifiers: Special tokens that the tokenizer may not name.
  /// - Returns: The metadata, and what llama.cpp will do otherwise.
  package func ggufEntries(
    path: String, vocabularySize: Int, _ identifiers: GGUFTokenIdentifiers
  ) throws(TokenizerError) -> (entries: [(key: String, content: GGUFContent)], notes: [String]) {
    var writing = GGUFWriting(self, path: path, count: vocabularySize)
    try writing.writeModel()
    writing.writeSpecialTokens(identifiers)
    writing.writeTemplates()
    let file = path / "tokenizer.json"
    var text = String(decoding: serialized(), as: UTF8.self)
    if fileExists(file) {
      do { text = try readText(file) } catch {
        throw .unreadable(path: error.path, reason: error.reason)
      }
    }
    writing.set("tokenizer.huggingface.json", .string(text))
    return (writing.entries, writing.notes)
  }
}

/// A tokenizer on its way into a GGUF file.
private struct GGUFWriting {
  private(set) var entries: [(key: String, content: GGUFContent)] = []
  private(set) var notes: [String] = []
  private let tokenizer: TextTokenizer
  private let path: String
  /// How many tokens the file gets.
  private let count: Int
  private typealias Kind = GGUFVocabulary.Kind

  init(_ tokenizer: TextTokenizer, path: String, count: Int) {
    self.tokenizer = tokenizer
    self.path = path
    self.count = count
    if tokenizer.vocabularySize > count {
      notes.append(
        "the tokenizer has \(tokenizer.vocabularySize) tokens and the model \(count): the last are "
          + "left out")
    }
  }

  mutating func set(_ key: String, _ content: GGUFContent) { entries.append((key, content)) }

  // MARK: The vocabulary

  mutating func writeModel() throws(TokenizerError) {
    switch tokenizer.model {
    case .bytePair(let model):
      if let (name, isExact) = GGUFSplits.name(
        of: tokenizer.pipeline.preTokenizer, ignoresMerges: model.options.ignoresMerges)
      {
        writeByteLevel(model, name)
        if !isExact {
          let does = model.options.ignoresMerges ? "merges" : "does not merge"
          notes.append("llama.cpp \(does) where a piece of text is a token as a whole")
        }
      } else if model.options.fallsBackToBytes {
        writePieces(model)
      } else {
        throw .unsayable(
          path: path, format: "GGUF", component: "this way to cut text into pieces")
      }
    case .unigram(let model): writeUnigram(model)
    case .wordPiece: writeWordPiece()
    case .wordLevel:
      throw .unsayable(path: path, format: "GGUF", component: "the model “WordLevel”")
    }
  }

  private mutating func writeByteLevel(_ model: BytePairModel, _ name: String) {
    set("tokenizer.ggml.model", .string("gpt2"))
    set("tokenizer.ggml.pre", .string(name))
    let (texts, kinds) = vocabulary(unknown: nil)
    writeTokens(texts, kinds)
    var merges: [String] = []
    merges.reserveCapacity(model.merges.count)
    for merge in model.merges {
      guard let left = model.tokens.text(of: merge.left),
        let right = model.tokens.text(of: merge.right)
      else { continue }
      merges.append("\(Self.escaped(left)) \(Self.escaped(right))")
    }
    set("tokenizer.ggml.merges", .strings(merges))
    for part in tokenizer.pipeline.preTokenizer?.flattened ?? [] {
      if case .byteLevel(let level) = part, level.addsPrefixSpace {
        notes.append("llama.cpp puts no space before a text, as the tokenizer does")
      }
    }
    writeNormalizer(leaving: "byte-level tokens")
  }

  /// A space within a token would end it: it is written as the byte alphabet writes spaces.
  private static func escaped(_ token: String) -> String {
    token.utf8.contains(0x20) ? String(token.map { $0 == " " ? "Ġ" : $0 }) : token
  }

  /// SentencePiece's merges: the score of a piece is how late it is made, negative.
  private mutating func writePieces(_ model: BytePairModel) {
    set("tokenizer.ggml.model", .string("llama"))
    set("tokenizer.ggml.pre", .string("default"))
    var scores = [Float](repeating: -Float(model.merges.count + 1), count: count)
    for (rank, merge) in model.merges.enumerated().reversed()
    where scores.indices.contains(Int(merge.result)) {
      scores[Int(merge.result)] = -Float(rank)
    }
    let (texts, kinds) = vocabulary(unknown: model.options.unknownToken, hasBytes: true)
    for id in kinds.indices where kinds[id] != .normal {
      switch kinds[id] {
      case .unused: scores[id] = -10_000
      case .control, .userDefined: scores[id] = -1000
      default: scores[id] = 0
      }
    }
    writeTokens(texts, kinds, scores)
    set("tokenizer.ggml.add_space_prefix", .bool(prependsMark))
  }

  private mutating func writeUnigram(_ model: UnigramModel) {
    set("tokenizer.ggml.model", .string("t5"))
    set("tokenizer.ggml.pre", .string("default"))
    let unknown = model.unknownID < 0 ? nil : model.tokens.text(of: model.unknownID)
    let (texts, kinds) = vocabulary(unknown: unknown, hasBytes: model.fallsBackToBytes)
    let scores = (0..<count).map { id -> Float in
      if kinds[id] == .unused { return -10_000 }
      return model.scores.indices.contains(id) ? Float(model.scores[id]) : -1000
    }
    writeTokens(texts, kinds, scores)
    set("tokenizer.ggml.add_space_prefix", .bool(prependsMark))
    var collapses = false
    for part in tokenizer.pipeline.normalizer?.flattened ?? [] {
      switch part {
      case .strip: collapses = true
      case .replace(let replace):
        if case .expression = replace.pattern { collapses = true }
      case .precompiled(let table):
        if let bytes = Base64.decode(table.encoded) {
          set(
            "tokenizer.ggml.precompiled_charsmap",
            .integers(bytes.map { Int($0) }, as: .uint8))
        }
      default: break
      }
    }
    set("tokenizer.ggml.remove_extra_whitespaces", .bool(collapses))
  }

  /// Pieces that begin a word are marked in the file; in tokenizer.json the others are.
  private mutating func writeWordPiece() {
    set("tokenizer.ggml.model", .string("bert"))
    set("tokenizer.ggml.pre", .string("default"))
    let (texts, kinds) = vocabulary(unknown: nil)
    let marked = zip(texts, kinds).map { text, kind in
      if kind != .normal { return text }
      return text.hasPrefix("##") ? String(text.dropFirst(2)) : Components.wordMark + text
    }
    writeTokens(marked, kinds)
    writeNormalizer(leaving: "words")
  }

  private mutating func writeTokens(
    _ texts: [String], _ kinds: [Kind], _ scores: [Float]? = nil
  ) {
    set("tokenizer.ggml.tokens", .strings(texts))
    if let scores { set("tokenizer.ggml.scores", .floats(scores)) }
    set("tokenizer.ggml.token_type", .integers(kinds.map(\.rawValue)))
  }

  /// All tokens and what they are; numbers without a token get a name and are never used.
  private func vocabulary(
    unknown: String?, hasBytes: Bool = false
  ) -> (texts: [String], kinds: [Kind]) {
    var (texts, kinds): ([String], [Kind]) = ([], [])
    for id in 0..<count {
      guard let text = tokenizer.token(for: TokenID(truncatingIfNeeded: id)) else {
        texts.append("[PAD\(id)]")
        kinds.append(.unused)
        continue
      }
      if let added = tokenizer.added[TokenID(id)] {
        let isControl = added.special || Self.looksSpecial(text)
        kinds.append(isControl ? .control : .userDefined)
        // llama.cpp looks for such tokens in the text as it is.
        texts.append(
          isControl ? text : String(text.map { $0 == "\u{2581}" ? " " : $0 }))
      } else {
        kinds.append(
          text == unknown ? .unknown : hasBytes && Self.isByte(text) ? .byte : .normal)
        texts.append(text)
      }
    }
    return (texts, kinds)
  }

  /// Tokens that control a model although their file does not say so.
  private static func looksSpecial(_ text: String) -> Bool {
    ["<pad>", "<mask>", "<2mass>", "[@BOS@]"].contains(text)
      || text.hasPrefix("<|") && text.hasSuffix("|>")
      || text.hasPrefix("<｜") && text.hasSuffix("｜>")
      || text.hasPrefix("<unused") && text.hasSuffix(">")
  }

  /// `<0x0A>`.
  private static func isByte(_ text: String) -> Bool {
    text.utf8.count == 6 && text.hasPrefix("<0x") && text.hasSuffix(">")
      && text.utf8.dropFirst(3).prefix(2).allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
  }

  // MARK: What happens to text

  /// Whether a text gets a mark of a word before it.
  private var prependsMark: Bool {
    for part in tokenizer.pipeline.normalizer?.flattened ?? [] {
      if case .prepend = part { return true }
    }
    for part in tokenizer.pipeline.preTokenizer?.flattened ?? [] {
      if case .metaspace(let metaspace) = part { return metaspace.prependScheme != .never }
    }
    return false
  }

  private mutating func writeNormalizer(leaving what: String) {
    for part in tokenizer.pipeline.normalizer?.flattened ?? [] {
      switch part {
      case .lowercase: set("tokenizer.ggml.normalizer.lowercase", .bool(true))
      case .stripAccents: set("tokenizer.ggml.normalizer.strip_accents", .bool(true))
      case .bert(let bert):
        set("tokenizer.ggml.normalizer.lowercase", .bool(bert.lowers))
        if let strips = bert.stripsAccents {
          set("tokenizer.ggml.normalizer.strip_accents", .bool(strips))
        }
      case .unicode: break  // composed text is what most texts are
      default: notes.append("llama.cpp cuts \(what) without the normalizer of the tokenizer")
      }
    }
  }

  // MARK: Special tokens and templates

  mutating func writeSpecialTokens(_ identifiers: GGUFTokenIdentifiers) {
    let names = tokenizer.configuration
    func id(_ text: String?, _ fallback: Int? = nil) -> Int? {
      let id = text.flatMap { tokenizer.id(for: $0) }.map { Int($0) } ?? fallback
      return id.flatMap { (0..<count).contains($0) ? $0 : nil }
    }
    let beginning = id(names.beginningOfText ?? names.classification, identifiers.beginning)
    let end = id(names.endOfText ?? names.separator, identifiers.end)
    let special: [(String, Int?)] = [
      ("bos", beginning), ("eos", end), ("unknown", id(names.unknown)),
      // The keys spell it so.
      ("seperator", id(names.separator)), ("padding", id(names.padding, identifiers.padding)),
      ("mask", id(names.mask)), ("cls", id(names.classification)),
    ]
    for (name, id) in special {
      if let id { set("tokenizer.ggml.\(name)_token_id", .uint32(id)) }
    }
    let (before, after) = frame
    set("tokenizer.ggml.add_bos_token", .bool(beginning.map { before.contains($0) } ?? false))
    set("tokenizer.ggml.add_eos_token", .bool(end.map { after.contains($0) } ?? false))
  }

  /// The tokens that are put before and after a text.
  private var frame: (before: [Int], after: [Int]) {
    let bare = tokenizer.encode("a", addsTemplate: false)
    let framed = tokenizer.encode("a")
    guard framed.count > bare.count else { return ([], []) }
    for start in 0...(framed.count - bare.count)
    where framed[start...].starts(with: bare) {
      return (
        framed[..<start].map { Int($0) }, framed[(start + bare.count)...].map { Int($0) }
      )
    }
    return ([], [])
  }

  mutating func writeTemplates() {
    let configuration = tokenizer.configuration
    let others = configuration.otherChatTemplates.sorted { $0.key < $1.key }
    if !others.isEmpty {
      set("tokenizer.chat_templates", .strings(others.map(\.key)))
      for (name, template) in others {
        set("tokenizer.chat_template.\(name)", .string(template))
      }
    }
    if let template = configuration.chatTemplate {
      set("tokenizer.chat_template", .string(template))
    }
  }
}

extension Normalizer {
  /// The components in order, those of sequences one by one.
  fileprivate var flattened: [Normalizer] {
    if case .sequence(let parts) = self { return parts.flatMap(\.flattened) }
    return [self]
  }
}
