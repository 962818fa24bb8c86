import JSON
import Testing

@testable import Tokenizer

/// A normalizer's JSON, read.
private func normalizer(_ json: JSONValue) throws -> Normalizer {
  try #require(try Normalizer.read(json, path: "test"))
}

/// What a normalizer makes of bytes, with origins if asked for.
private func applied(
  _ normalizer: Normalizer, _ bytes: [UInt8], tracksOrigins: Bool = false
) -> AlignedText {
  var text = AlignedText()
  bytes.withUnsafeBufferPointer { text.reset($0, tracksOrigins: tracksOrigins) }
  normalizer.apply(to: &text)
  return text
}

/// Where each character of a text comes from, as bounds one after another.
private func origins(_ text: AlignedText) -> [Int] {
  var bounds: [Int] = []
  text.withBytes { bytes in
    forEachCharacter(in: bytes, 0..<bytes.count) { _, place in
      let origin = text.original(of: place)
      bounds += [origin.lowerBound, origin.upperBound]
    }
  }
  return bounds
}

/// The rules of the fixture's `Precompiled`, in base64.
private func characterMap() throws -> String {
  let components = try #require(try fixture("normalizers.json").member("components").array)
  let maps = components.compactMap {
    $0.object?["normalizer"]?.object?["precompiled_charsmap"]?.string
  }
  return try #require(maps.first)
}

@Suite struct NormalizerTests {
  @Test func textAndOriginsAreThoseOfTheReference() throws {
    let components = try #require(try fixture("normalizers.json").member("components").array)
    #expect(components.count > 20)
    for component in components {
      let json = try component.member("normalizer")
      let normalizer = try normalizer(json)
      let cases = try #require(try component.member("cases").array)
      #expect(cases.count > 40)
      for entry in cases {
        let parts = try #require(entry.array)
        let (before, after) = (try #require(parts[0].string), try #require(parts[1].string))
        let text = applied(normalizer, Array(before.utf8), tracksOrigins: true)
        let name = "\(json.object?["type"] ?? .null) of \(before.debugDescription)"
        #expect(text.bytes == Array(after.utf8), "\(name)")
        #expect(origins(text) == (try parts[2].integers()), "\(name)")
        let plain = applied(normalizer, Array(before.utf8))
        #expect(plain.bytes == text.bytes, "\(name)")
        #expect(plain.countAtStart == text.countAtStart, "\(name)")
        let atStart = text.origins.firstIndex { $0.start > 0 } ?? text.bytes.count
        #expect(text.countAtStart == atStart, "\(name)")
      }
    }
  }

  @Test func everyCharacterBecomesWhatTheReferenceMakesOfIt() throws {
    let fixture = try fixture("normalizers.json")
    let size = try #require(try fixture.member("block").integer)
    for entry in try #require(try fixture.member("every").array) {
      let json = try entry.member("normalizer")
      let normalizer = try normalizer(json)
      let hashes = try entry.member("hashes").strings()
      #expect(hashes.count == 0x11_0000 / size)
      for (index, expected) in hashes.enumerated() {
        var block: [UInt8] = []
        for point in index * size..<(index + 1) * size where !(0xD800..<0xE000).contains(point) {
          if !block.isEmpty { block.append(0x0A) }
          appendUTF8(UInt32(point), to: &block)
        }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in applied(normalizer, block).bytes {
          hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        let text = String(hash, radix: 16)
        let padded = String(repeating: "0", count: 16 - text.count) + text
        #expect(padded == expected, "\(json), from U+\(String(index * size, radix: 16))")
      }
    }
  }

  @Test func componentsAreWrittenAsTheyWereRead() throws {
    for component in try #require(try fixture("normalizers.json").member("components").array) {
      let json = try component.member("normalizer")
      #expect(try normalizer(json).json == json)
    }
  }

  @Test func wrongComponentsAreErrors() throws {
    let wrong: [JSONValue] = [
      ["type": "Strip", "strip_left": true], ["type": "Replace", "content": "x"],
      ["type": "Replace", "pattern": ["Regex": "(a"], "content": "x"],
      ["type": "Replace", "pattern": ["String": 3], "content": "x"],
      ["type": "Replace", "pattern": ["String": "a"]], ["type": "Prepend"],
      ["type": "BertNormalizer", "clean_text": 1], ["type": "Sequence", "normalizers": ["NFC"]],
      ["type": "NFQ"], ["type": "Precompiled"],
      ["type": "Precompiled", "precompiled_charsmap": "AAA"],
      ["type": "Precompiled", "precompiled_charsmap": "AAAA"],
      ["type": "Precompiled", "precompiled_charsmap": "/////w=="],
      ["type": "Precompiled", "precompiled_charsmap": "BAAAAAAAAAD/"],
    ]
    for json in wrong {
      #expect(throws: TokenizerError.self, "\(json)") {
        try Normalizer.read(json, path: "test")
      }
    }
  }

  @Test func base64IsStrict() {
    for text in ["A", "A===", "AA=A", "A A=", "AB==", "AAB=", "=AAA", "AAAA\n"] {
      #expect(Base64.decode(text) == nil, "\(text)")
    }
    var generator = SeededGenerator(seed: 3)
    for count in 0..<50 {
      let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
    #expect(Base64.encode(Array("swift".utf8)) == "c3dpZnQ=")
  }

  @Test func anyBytesCanBeNormalized() throws {
    var generator = SeededGenerator(seed: 11)
    let components = try #require(try fixture("normalizers.json").member("components").array)
    for component in components {
      let normalizer = try normalizer(try component.member("normalizer"))
      for _ in 0..<200 {
        let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
          let range: ClosedRange<UInt8> =
            Bool.random(using: &generator) ? 0...255 : 0xC0...0xF4
          return UInt8.random(in: range, using: &generator)
        }
        let text = applied(normalizer, bytes, tracksOrigins: true)
        #expect(text.origins.count == text.bytes.count)
        #expect(text.origins.allSatisfy { $0.start <= $0.end && Int($0.end) <= bytes.count })
        #expect(text.bytes == applied(normalizer, bytes).bytes)
      }
    }
  }

  @Test func damagedCharacterMapsAreHarmless() throws {
    let encoded = try characterMap()
    let bytes = try #require(Base64.decode(encoded))
    var generator = SeededGenerator(seed: 12)
    var readable = 0
    for _ in 0..<2000 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...30, using: &generator) {
        let place = Int.random(in: 4..<damaged.count, using: &generator)
        damaged[place] = UInt8.random(in: .min ... .max, using: &generator)
      }
      if Bool.random(using: &generator) {
        damaged.removeLast(Int.random(in: 0..<damaged.count, using: &generator))
      }
      guard let made = PrecompiledNormalizer(damaged) else { continue }
      readable += 1
      _ = applied(.precompiled(made), Array("abé e\u{301} ©\u{200D}한 \r\n\u{AD}xyz".utf8))
    }
    #expect(readable > 50)
  }

  /// Linear work takes a fraction of a second; quadratic work would take hours.
  @Test(.timeLimit(.minutes(5)))
  func longTextsOfMarksTakeLinearTime() throws {
    let marks = String(repeating: "\u{301}\u{316}\u{345}\u{31B}", count: 100_000)
    let letters = String(repeating: "\u{1161}\u{11A8}\u{200D}\u{1F1E6}", count: 100_000)
    let parts: [JSONValue] = [
      ["type": "NFD"], ["type": "NFC"], ["type": "NFKD"], ["type": "NFKC"],
      ["type": "Precompiled", "precompiled_charsmap": .string(try characterMap())],
    ]
    let sequence: JSONValue = ["type": "Sequence", "normalizers": .array(parts)]
    for text in ["e" + marks, letters] {
      let bytes = Array(text.utf8)
      #expect(applied(try normalizer(sequence), bytes, tracksOrigins: true).bytes.count > 200_000)
    }
    let sorted = applied(try normalizer(["type": "NFD"]), Array(("e" + marks).utf8)).bytes
    let expected = ["\u{31B}", "\u{316}", "\u{301}", "\u{345}"].map {
      String(repeating: $0, count: 100_000)
    }
    #expect(sorted == Array(("e" + expected.joined()).utf8))
  }

  @Test func normalTextIsNotCopied() throws {
    let text = Array("The swift – l’été, 雨燕, 한 – sleeps in flight.\n".utf8)
    for type in ["NFC", "NFKC", "StripAccents", "Strip"] {
      var json: JSONValue = ["type": .string(type)]
      if type == "Strip" { json = ["type": "Strip", "strip_left": true, "strip_right": false] }
      var aligned = AlignedText()
      text.withUnsafeBufferPointer { aligned.reset($0, tracksOrigins: false) }
      let before = aligned.withBytes { $0.baseAddress }
      try normalizer(json).apply(to: &aligned)
      #expect(aligned.withBytes { $0.baseAddress } == before, "\(type)")
      #expect(aligned.bytes == text)
    }
  }
}
