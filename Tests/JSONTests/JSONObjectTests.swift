import JSON
import Testing

@Suite("JSON objects")
struct JSONObjectTests {
  @Test(
    "order and lookup, below and above the size that gets a table", arguments: [0, 3, 8, 9, 500])
  func orderAndLookup(count: Int) throws {
    var object = JSONObject()
    for number in 0..<count { object["key \(number)"] = .integer(Int64(number)) }
    #expect(object.count == count)
    #expect(Array(object.keys) == (0..<count).map { "key \($0)" })
    for number in 0..<count { #expect(object["key \(number)"]?.integer == number) }
    #expect(object["absent"] == nil)
    let read = try JSONValue(parsing: JSONValue.object(object).serialized())
    #expect(read == .object(object))
  }

  @Test("replacing keeps the place, removing closes the gap", arguments: [4, 40])
  func mutation(count: Int) {
    var object = JSONObject((0..<count).map { ("\($0)", .integer(Int64($0))) })
    let copy = object
    object["2"] = "two"
    object["1"] = nil
    object["absent"] = nil
    #expect(object.count == count - 1)
    #expect(object[1].key == "2" && object[1].value == "two")
    #expect(object["1"] == nil && object["\(count - 1)"]?.integer == count - 1)
    #expect(copy.count == count && copy["1"] == 1 && copy["2"] == 2)
  }

  @Test("keys that Swift calls equal stay different", arguments: [0, 20])
  func canonicallyEquivalentKeys(padding: Int) throws {
    let composed = "\u{e9}"
    let decomposed = "e\u{301}"
    #expect(composed == decomposed)
    let more = (0..<padding).map { ",\"\($0)\":0" }.joined()
    let value = try JSONValue(parsing: "{\"\(composed)\":1,\"\(decomposed)\":2\(more)}")
    #expect(value.object?[composed] == 1)
    #expect(value.object?[decomposed] == 2)
    #expect(JSONValue.string(composed) != .string(decomposed))
  }

  @Test("equality disregards the order of members only")
  func equality() {
    let object: JSONObject = ["a": 1, "b": [1, 2]]
    #expect(object == ["b": [1, 2], "a": 1])
    #expect(object != ["a": 1, "b": [2, 1]])
    #expect(object != ["a": 1])
    #expect(object != ["a": 1, "c": [1, 2]])
    #expect(JSONValue.integer(1) != .number(1))
  }
}

@Suite("JSON values")
struct JSONValueTests {
  @Test("accessors answer for their own kind")
  func accessors() {
    let values: [JSONValue] = [nil, true, 3, 2.5, "text", [1], ["k": 1]]
    #expect(values.map(\.isNull) == [true] + Array(repeating: false, count: 6))
    #expect(values.map(\.bool) == [nil, true, nil, nil, nil, nil, nil])
    #expect(values.map(\.integer) == [nil, nil, 3, nil, nil, nil, nil])
    #expect(values.map(\.double) == [nil, nil, 3, 2.5, nil, nil, nil])
    #expect(values.map(\.string) == [nil, nil, nil, nil, "text", nil, nil])
    #expect(values.map(\.array) == [nil, nil, nil, nil, nil, [1], nil])
    #expect(values.map(\.object) == [nil, nil, nil, nil, nil, nil, ["k": 1]])
    #expect(
      values.map(\.kind) == [
        "null", "a truth value", "an integer", "a number", "a string", "an array", "an object",
      ])
    #expect(JSONValue.number(orNull: .nan) == .null)
    #expect(JSONValue.number(orNull: 0.5) == 0.5)
  }

  /// The expected texts are those of Python: `json.dumps(value, ensure_ascii=False)` with
  /// `separators=(",", ":")`, and with `indent=2`.
  @Test("text as Python's json writes it")
  func serialization() {
    let value: JSONValue = [
      "text": "a\"\\/\u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f}é😀", "numbers": [0, -1, 0.1, 1.5, -0.0],
      "empty": [[], [:], ""], "words": [true, false, nil],
    ]
    #expect(
      value.serialized()
        == #"{"text":"a\"\\/\b\f\n\r\t\u0001\u001f"# + "\u{7f}"
        + #"é😀","numbers":[0,-1,0.1,1.5,-0.0],"empty":[[],{},""],"words":[true,false,null]}"#)
    let nested: JSONValue = ["a": [1, ["b": []]], "c": [:]]
    #expect(
      nested.serialized(pretty: true) == """
        {
          "a": [
            1,
            {
              "b": []
            }
          ],
          "c": {}
        }
        """)
  }

  @Test("doubles come back to the bit")
  func doubles() throws {
    var state: UInt64 = 42
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: state ^ state >> 31)
      guard value.isFinite else { continue }
      let read = try JSONValue(parsing: JSONValue.number(value).serialized())
      #expect(read.double?.bitPattern == value.bitPattern)
    }
  }

  @Test("the decimal fast path rounds as the standard library does")
  func decimals() throws {
    var state: UInt64 = 7
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let digits = String(state >> UInt64(state % 60))
      let text = "\(digits.prefix(1)).\(digits.dropFirst())1e\(Int(state >> 40 % 60) % 60 - 30)"
      #expect(try JSONValue(parsing: text).double == Double(text), "\(text)")
    }
  }
}
