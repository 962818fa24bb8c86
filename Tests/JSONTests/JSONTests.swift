import JSON
import Testing

@Suite("JSON parsing")
struct JSONParsingTests {
  static let documents: [(String, JSONValue)] = [
    ("null", JSONValue.null), (" true ", true), ("\t\r\nfalse", false), ("0", 0), ("-7", -7),
    ("-0", 0), ("9223372036854775807", .integer(.max)),
    ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)),
    ("-9223372036854775809", .number(-9_223_372_036_854_775_808)),
    ("1000000000000000019884624838656", .number(1e30)), ("0.1", 0.1), ("1.0", .number(1)),
    ("1e5", .number(1e5)), ("1E+2", .number(100)), ("25e-1", 2.5), ("-1.5e-3", -0.0015),
    ("0.0000000000000000000000001", 1e-25),
    ("4.9406564584124654e-324", .number(.leastNonzeroMagnitude)),
    ("1e-400", .number(0)), ("1.7976931348623157e308", .number(Double.greatestFiniteMagnitude)),
    ("2.2250738585072011e-308", .number(Double(bitPattern: 0x000F_FFFF_FFFF_FFFF))),
    ("179769313486231580793e288", 1.7976931348623158e308), ("[]", []), ("{}", [:]),
    ("[1,[2,[ ]],\"x\"]", [1, [2, []], "x"]), ("{ \"b\" : 1 , \"a\":{}}", ["b": 1, "a": [:]]),
    ("\"\"", ""), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
    (#""\u0041\u00e9\u20AC\ud83D\uDe00\u0000""#, "Aé€😀\0"),
    (
      #""plain text of more than eight bytes \n and more after it""#,
      "plain text of more than eight bytes \n and more after it"
    ),
    ("\"Ġé😀€ߘ\"", "Ġé😀€ߘ"), ("\"\u{7f}\"", "\u{7f}"),
  ]

  @Test("values", arguments: documents)
  func values(text: String, expected: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == expected)
  }

  static let faults: [(String, Int)] = [
    ("", 0), ("   ", 3), ("nul", 0), ("nulll", 4), ("True", 0), ("'a'", 0), ("1 2", 2),
    ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("[1", 2), ("[", 1), ("]", 0), ("{", 1), ("{]", 1),
    ("{\"a\"}", 4), ("{\"a\":}", 5), ("{\"a\":1,}", 7), ("{a:1}", 1), ("{1:1}", 1),
    ("{\"a\":1 \"b\":2}", 7), ("// c\n1", 0), ("[1]//", 3), ("01", 0), ("-01", 0), ("-", 1),
    ("+1", 0), (".5", 0), ("1.", 2), ("1.e5", 2), ("1e", 2), ("1e+", 3), ("0x10", 1),
    ("NaN", 0), ("Infinity", 0), ("-Infinity", 1), ("1e309", 0), ("-1e999999999999", 0),
    ("\"a", 2), ("\"a\\", 2), ("\"a\\\"", 4), ("\"a\nb\"", 2), ("\"a\tb\"", 2), ("\"\0\"", 1),
    ("\"12345678\u{1}\"", 9), (#""\x""#, 1), (#""\u12""#, 1), (#""\u12g4""#, 1),
    (#""\ud800""#, 1), (#""\ud800x""#, 1), (#""\ud800\n""#, 1), (#""\ud800\ud800""#, 1),
    (#""\udc00""#, 1), (#""\ud800\u""#, 1), ("\u{feff}1", 0), ("\u{a0}1", 0),
    ("{\"a\":1,\"a\":2}", 0), ("[{\"a\":1,\"\\u0061\":2}]", 1), ("1\0", 1),
  ]

  @Test("malformed texts and where they are malformed", arguments: faults)
  func malformed(text: String, offset: Int) throws {
    let error = try #require(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error.offset == offset)
  }

  @Test(
    "bytes that are not UTF-8",
    arguments: [
      [0xFF], [0xC3], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0x80], [0xE0, 0x80, 0x80], [0x41, 0xC3, 0x5C, 0x6E],
    ] as [[UInt8]])
  func invalidText(bytes: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    #expect(throws: JSONError.self) { try JSONValue(parsing: [quote] + bytes + [quote]) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
  }

  @Test("an error says the line and the column")
  func location() throws {
    let error = try #require(throws: JSONError.self) {
      try JSONValue(parsing: "{\n  \"a\": 1,\n  \"b\": x\n}")
    }
    #expect(error.line == 3 && error.column == 8)
    #expect(
      error.description
        == "not valid JSON at line 3, column 8 (byte 19): expected a value, found ‘x’")
  }

  @Test("every prefix of a document is an error and no crash")
  func truncation() throws {
    let text = #"{"a":[1,-2.5e3,true,null,"x\ud83d\ude00é"],"b":{"c":"a long enough text\n"}}"#
    let bytes = Array(text.utf8)
    _ = try JSONValue(parsing: bytes)
    for count in bytes.indices {
      #expect(throws: JSONError.self, "\(count) bytes") {
        try JSONValue(parsing: Array(bytes[..<count]))
      }
    }
  }

  @Test("nesting ends at the limit", arguments: ["[", "{\"a\":"])
  func depth(opening: String) throws {
    let closing = opening == "[" ? "]" : "}"
    func text(_ depth: Int) -> String {
      String(repeating: opening, count: depth - 1) + (opening == "[" ? "[]" : "{}")
        + String(repeating: closing, count: depth - 1)
    }
    _ = try JSONValue(parsing: text(128))
    let error = try #require(throws: JSONError.self) { try JSONValue(parsing: text(129)) }
    #expect(error.message.contains("deeper than 128"))
    #expect(throws: JSONError.self) {
      try JSONValue(parsing: String(repeating: opening, count: 1_000_000))
    }
    #expect(throws: JSONError.self) { try JSONValue(parsing: Array("[[]]".utf8), depthLimit: 1) }
  }

  @Test("repeated keys: the last value stands where that is allowed", arguments: [2, 30])
  func duplicates(count: Int) throws {
    let members = (0..<count).map { "\"k\($0)\":\($0)" } + ["\"k1\":\"last\""]
    let text = Array("{\(members.joined(separator: ","))}".utf8)
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    let object = try #require(try JSONValue(parsing: text, duplicateKeys: .lastWins).object)
    #expect(object.count == count)
    #expect(object[1].key == "k1" && object[1].value == "last")
  }

  @Test("the number of values ends at the limit")
  func valueLimit() throws {
    let text = Array("[1,{\"a\":[]}]".utf8)
    _ = try JSONValue(parsing: text, valueLimit: 4)
    #expect(throws: JSONError.self) { try JSONValue(parsing: text, valueLimit: 3) }
  }

  @Test("text from a file cannot disturb a terminal or fill it")
  func quoting() {
    #expect(quoted("a b é😀") == "‘a b é😀’")
    #expect(quoted("\u{1b}[31m\n\u{202e}") == "‘\\u{1b}[31m\\u{a}\\u{202e}’")
    #expect(
      quoted(String(repeating: "x", count: 101)) == "‘\(String(repeating: "x", count: 100))…’")
  }

  @Test("a million digits are read in bounded time")
  func longNumber() throws {
    let digits = String(repeating: "3", count: 1_000_000)
    #expect(try JSONValue(parsing: "0." + digits).double == 1.0 / 3)
    #expect(try JSONValue(parsing: digits + "e-999999").double == 3.3333333333333333)
    #expect(throws: JSONError.self) { try JSONValue(parsing: digits) }
  }
}
