import JSON

/// Brings text into one of Unicode's normalization forms: the components `NFC`, `NFD`, `NFKC` and
/// `NFKD`.
///
/// Unicode Standard Annex 15 with the characters of Unicode 9, as in the reference: later ones stay as
/// they are. Text that is in the form already is recognised in one pass and not copied.
struct UnicodeNormalizer: Sendable, Equatable {
  /// A normalization form, under its name in tokenizer.json.
  enum Form: String, Sendable {
    case composed = "NFC"
    case decomposed = "NFD"
    case compatiblyComposed = "NFKC"
    case compatiblyDecomposed = "NFKD"

    var composes: Bool { self == .composed || self == .compatiblyComposed }
    var isCompatible: Bool { self == .compatiblyComposed || self == .compatiblyDecomposed }
  }

  var form: Form

  var json: JSONValue { ["type": .string(form.rawValue)] }

  /// Whether a text is in the form already.
  func leavesUnchanged(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    NormalizationScan(form: form, tables: .shared).nextSegment(in: text, from: 0) == nil
  }

  func apply(to text: inout AlignedText) {
    let scan = NormalizationScan(form: form, tables: .shared)
    guard var segment = text.withBytes({ scan.nextSegment(in: $0, from: 0) }) else { return }
    text.rewrite { old, writer in
      guard let start = old.baseAddress else { return }
      var rewriter = SegmentRewriter(form: form, tables: scan.tables)
      var done = 0
      while true {
        writer.keep(done..<segment.lowerBound)
        rewriter.rewrite(start, segment, &writer)
        done = segment.upperBound
        guard let next = scan.nextSegment(in: old, from: done) else { break }
        segment = next
      }
      writer.keep(done..<old.count)
    }
  }
}
