/// Builds the statements and expressions of a template from its tokens, by jinja2's grammar.
struct Parser {
  let source: [UInt8]
  private let tokens: [Token]
  private var position = 0
  private var depth = 0
  /// Whether a `generation` block was seen.
  private(set) var hasGenerationBlocks = false

  /// The deepest nesting of brackets, statements and prefix operators; Python's own compiler gives up
  /// earlier.
  private static let deepestNesting = 100

  init(source: [UInt8], tokens: [Token]) {
    self.source = source
    self.tokens = tokens
  }

  /// All statements of the template.
  mutating func parse() throws(TemplateFault) -> [Statement] {
    let body = try statements(until: [])
    guard current.kind == .end else { throw unexpected() }
    return body
  }

  // MARK: Tokens

  var current: Token { tokens[position] }

  var following: Token { tokens[min(position + 1, tokens.count - 1)] }

  mutating func advance() { position = min(position + 1, tokens.count - 1) }

  func text(of token: Token) -> String { String(decoding: source[token.range], as: UTF8.self) }

  func isName(_ name: StaticString) -> Bool { isName(current, name) }

  func isName(_ token: Token, _ name: StaticString) -> Bool {
    token.kind == .name && token.range.count == name.utf8CodeUnitCount
      && source[token.range].elementsEqual(
        UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }

  mutating func skip(name: StaticString) -> Bool {
    guard isName(name) else { return false }
    advance()
    return true
  }

  mutating func skip(_ symbol: Token.Symbol) -> Bool {
    guard current.kind == .symbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: Token.Symbol) throws(TemplateFault) {
    guard skip(symbol) else { throw expected("“\(symbol.rawValue)”") }
  }

  mutating func expect(name: StaticString) throws(TemplateFault) {
    guard skip(name: name) else { throw expected("“\(name)”") }
  }

  mutating func expectBlockEnd() throws(TemplateFault) {
    guard current.kind == .blockEnd else { throw expected("the end of the statement") }
    advance()
  }

  /// A name, whatever it is.
  mutating func anyName() throws(TemplateFault) -> Token {
    let token = current
    guard token.kind == .name else { throw expected("a name") }
    advance()
    return token
  }

  func fault(_ message: String) -> TemplateFault {
    TemplateFault(.syntax, message, line: current.line)
  }

  func expected(_ what: String) -> TemplateFault { fault("expected \(what), found \(found)") }

  func unexpected() -> TemplateFault { fault("unexpected \(found)") }

  private var found: String {
    switch current.kind {
    case .end: "the end of the template"
    case .data: "text"
    case .variableBegin: "the beginning of a variable"
    case .variableEnd: "the end of a variable"
    case .blockBegin: "the beginning of a statement"
    case .blockEnd: "the end of a statement"
    default: "“\(text(of: current))”"
    }
  }

  /// Enters a bracket, a statement or a prefix operator.
  mutating func nest() throws(TemplateFault) {
    depth += 1
    guard depth <= Self.deepestNesting else {
      throw TemplateFault(
        .limit, "the template is nested deeper than \(Self.deepestNesting) levels",
        line: current.line)
    }
    guard stackHasRoom else {
      throw TemplateFault(
        .limit, "the template is nested deeper than the thread's stack allows", line: current.line)
    }
  }

  mutating func unnest() { depth -= 1 }

  // MARK: Statements

  /// The statements up to a tag of one of these names, which is not passed.
  mutating func statements(until ends: [StaticString]) throws(TemplateFault) -> [Statement] {
    try nest()
    defer { unnest() }
    var body: [Statement] = []
    var outputs: [Output] = []
    var outputLine = 0
    func flush() {
      if !outputs.isEmpty { body.append(.output(outputs, line: outputLine)) }
      outputs = []
    }
    while true {
      let token = current
      switch token.kind {
      case .data:
        if outputs.isEmpty { outputLine = token.line }
        outputs.append(
          .text(Text(Array(source[token.range]), source: .template, offset: token.range.lowerBound))
        )
        advance()
      case .variableBegin:
        if outputs.isEmpty { outputLine = token.line }
        advance()
        outputs.append(.expression(try tuple(), line: token.line))
        guard current.kind == .variableEnd else { throw expected("the end of the variable") }
        advance()
      case .blockBegin:
        flush()
        advance()
        if ends.contains(where: { isName($0) }) { return body }
        if let statement = try statement() { body.append(statement) }
        try expectBlockEnd()
      default:
        flush()
        return body
      }
    }
  }

  /// The body of a statement up to one of its end tags, which must come.
  mutating func body(until ends: StaticString...) throws(TemplateFault) -> [Statement] {
    _ = skip(.colon)
    try expectBlockEnd()
    let body = try statements(until: ends)
    guard current.kind != .end else {
      let names = ends.map { "“\($0)”" }.joined(separator: " or ")
      throw fault("the template ends where \(names) is expected")
    }
    return body
  }

  private mutating func statement() throws(TemplateFault) -> Statement? {
    let token = current
    guard token.kind == .name else { throw expected("the name of a statement") }
    let line = token.line
    switch text(of: token) {
    case "for": return try loop()
    case "if": return try branch()
    case "set": return try assignment()
    case "macro": return try macro()
    case "call": return try callBlock()
    case "filter":
      advance()
      let filters = try filterNames()
      let body = try body(until: "endfilter")
      advance()
      return .filterBlock(FilterBlock(filters: filters, body: body, line: line))
    case "with": return try with()
    case "print": return try printStatement()
    case "block": return try block()
    case "break":
      advance()
      return .leaveLoop
    case "continue":
      advance()
      return .nextItem
    case "generation":
      hasGenerationBlocks = true
      advance()
      let body = try body(until: "endgeneration")
      advance()
      return .generation(
        MacroDefinition(name: nil, parameters: [], defaults: [], body: body, line: line))
    case "include", "import", "extends", "from": return try otherTemplate()
    case "autoescape":
      throw TemplateFault(
        .unsupported, "the statement “autoescape” is for HTML pages, not for chats", line: line)
    default: throw fault("unknown statement \(found)")
    }
  }

  private mutating func printStatement() throws(TemplateFault) -> Statement? {
    let line = current.line
    advance()
    var outputs: [Output] = []
    while current.kind != .blockEnd {
      if !outputs.isEmpty { try expect(.comma) }
      outputs.append(.expression(try expression(), line: line))
    }
    return outputs.isEmpty ? nil : .output(outputs, line: line)
  }
}
