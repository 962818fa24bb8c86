import Tokenizer

/// A rendered chat with marks for what a model is trained on.
struct MaskedText {
  private enum Mark {
    case none
    case trained
    case straddling
  }

  private let chat: RenderedChat
  private let bytes: [UInt8]
  /// The mark of each byte.
  private var marks: [Mark]

  /// Marks the tokens of a chat, or where it is not encoded what its turns put out.
  init(_ chat: RenderedChat, _ encoded: TokenizedChat?, roles: Set<String>) {
    self.chat = chat
    bytes = Array(chat.text.utf8)
    marks = [Mark](repeating: .none, count: bytes.count)
    if let encoded {
      for (number, range) in encoded.offsets.enumerated() where encoded.mask[number] {
        mark(range, .trained)
      }
      for number in encoded.straddling { mark(encoded.offsets[number], .straddling) }
    } else {
      for turn in chat.turns(of: roles) { mark(turn.body, .trained) }
    }
  }

  private mutating func mark(_ range: Range<Int>, _ mark: Mark) {
    for place in range.clamped(to: 0..<bytes.count) { marks[place] = mark }
  }

  /// The stretches of bytes with one mark, cut where `borders` are.
  private func runs(_ borders: [Int] = []) -> [(range: Range<Int>, mark: Mark)] {
    var runs: [(range: Range<Int>, mark: Mark)] = []
    var border = 0
    for place in bytes.indices {
      while border < borders.count, borders[border] < place { border += 1 }
      let isBorder = border < borders.count && borders[border] == place
      if let last = runs.last, last.mark == marks[place], !isBorder {
        runs[runs.count - 1].range = last.range.lowerBound..<place + 1
      } else {
        runs.append((place..<place + 1, marks[place]))
      }
    }
    return runs
  }

  /// The text with colours, or with brackets around what is marked.
  func marked(forTerminal: Bool) -> String {
    var text = ""
    for (range, mark) in runs() {
      let (before, after) =
        switch mark {
        case .none: ("", "")
        case .trained: forTerminal ? ("\u{1B}[30;42m", "\u{1B}[0m") : ("⟦", "⟧")
        case .straddling: forTerminal ? ("\u{1B}[30;43m", "\u{1B}[0m") : ("⟨", "⟩")
        }
      text += before + String(decoding: bytes[range], as: UTF8.self) + after
    }
    return text
  }

  /// A page that needs nothing else; the origin of each stretch shows when it is pointed at.
  var page: String {
    var body = ""
    for (range, mark) in runs(chat.stretches.map(\.range.lowerBound)) {
      let origin = chat.stretches(in: range.lowerBound..<range.lowerBound + 1).first?.origin
      let kind =
        switch origin {
        case .field, .key, .notation: "given"
        case .template: "template"
        default: "computed"
        }
      let trained =
        switch mark {
        case .none: ""
        case .trained: " trained"
        case .straddling: " straddling"
        }
      let title = escaped(origin.map { describe($0) } ?? "")
      let shown = escaped(String(decoding: bytes[range], as: UTF8.self))
      body += "<span class=\"\(kind)\(trained)\" title=\"\(title)\">\(shown)</span>"
    }
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>Rendered chat</title><style>
      body { font: 15px/1.6 system-ui, sans-serif; margin: 2em auto; max-width: 60em; }
      pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 14px; }
      .template { color: #888; } .computed { color: #a50; }
      .trained { background: #bfe8c4; color: #040; } .straddling { background: #ffe08a; }
      </style></head><body>
      <p><span class="trained">trained</span> <span class="straddling">partly trained token</span>
      <span class="template">text of the template</span> <span class="computed">computed</span>
      <span class="given">from the conversation</span></p>
      <pre>\(body)</pre>
      </body></html>

      """
  }

  private func describe(_ origin: TextOrigin) -> String {
    switch origin {
    case .field(let path, let range): "\(path), bytes \(range.lowerBound) to \(range.upperBound)"
    case .key(let path, _): "the key of \(path)"
    case .notation(let path): "the notation of \(path)"
    case .template(let range): "template, bytes \(range.lowerBound) to \(range.upperBound)"
    case .computed: "computed by the template"
    }
  }

  private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
