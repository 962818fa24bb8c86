/// The characters of scripts that Unicode 15 to 16 added, which an older library does not know.
enum LaterScripts {
  /// What is to be known of one script.
  struct Script: Sendable {
    /// Whether the whole script came with these versions.
    var isNew = false
    /// The characters that were added.
    var characters: CodePointSet
  }

  /// The script of a name of one or more letters, as in `\p{Han}`; nil if nothing was added to it.
  static func named(_ name: String) -> Script? { scripts[UnicodeClasses.key(of: name)] }

  private static let scripts: [String: Script] = {
    var result: [String: Script] = [:]
    func add(_ names: [String], isNew: Bool = false, _ ranges: [ClosedRange<UInt32>]) {
      for name in names {
        result[name] = Script(isNew: isNew, characters: CodePointSet(ranges))
      }
    }
    add(["arabic", "arab"], [0x897...0x897, 0x10EC2...0x10EC4, 0x10EFC...0x10EFF])
    add(["balinese", "bali"], [0x1B4E...0x1B4F, 0x1B7F...0x1B7F])
    add(
      ["common", "zyyy"],
      [
        0x2427...0x2429, 0x2FFC...0x2FFF, 0x31E4...0x31E5, 0x31EF...0x31EF, 0x1CC00...0x1CCF9,
        0x1CD00...0x1CEB3, 0x1D2C0...0x1D2D3, 0x1F6DC...0x1F6DC, 0x1F774...0x1F776,
        0x1F77B...0x1F77F, 0x1F7D9...0x1F7D9, 0x1F8B2...0x1F8BB, 0x1F8C0...0x1F8C1,
        0x1FA75...0x1FA77, 0x1FA87...0x1FA89, 0x1FA8F...0x1FA8F, 0x1FAAD...0x1FAAF,
        0x1FABB...0x1FABF, 0x1FAC6...0x1FAC6, 0x1FACE...0x1FACF, 0x1FADA...0x1FADC,
        0x1FADF...0x1FADF, 0x1FAE8...0x1FAE9, 0x1FAF7...0x1FAF8, 0x1FBCB...0x1FBEF,
      ])
    add(["cyrillic", "cyrl"], [0x1C89...0x1C8A, 0x1E030...0x1E06D, 0x1E08F...0x1E08F])
    add(["devanagari", "deva"], [0x11B00...0x11B09])
    add(
      ["egyptianhieroglyphs", "egyp"], [0x1342F...0x1342F, 0x13439...0x13455, 0x13460...0x143FA])
    add(
      ["garay", "gara"], isNew: true, [0x10D40...0x10D65, 0x10D69...0x10D85, 0x10D8E...0x10D8F])
    add(["gurungkhema", "gukh"], isNew: true, [0x16100...0x16139])
    add(["han", "hani"], [0x2B739...0x2B739, 0x2EBF0...0x2EE5D, 0x31350...0x323AF])
    add(["hiragana", "hira"], [0x1B132...0x1B132])
    add(["kannada", "knda"], [0xCF3...0xCF3])
    add(["katakana", "kana"], [0x1B155...0x1B155])
    add(["kawi"], isNew: true, [0x11F00...0x11F10, 0x11F12...0x11F3A, 0x11F3E...0x11F5A])
    add(["khitansmallscript", "kits"], [0x18CFF...0x18CFF])
    add(["khojki", "khoj"], [0x1123F...0x11241])
    add(["kiratrai", "krai"], isNew: true, [0x16D40...0x16D79])
    add(["lao", "laoo"], [0xECE...0xECE])
    add(["latin", "latn"], [0xA7CB...0xA7CD, 0xA7DA...0xA7DC, 0x1DF25...0x1DF2A])
    add(["myanmar", "mymr"], [0x116D0...0x116E3])
    add(["nagmundari", "nagm"], isNew: true, [0x1E4D0...0x1E4F9])
    add(["olonal", "onao"], isNew: true, [0x1E5D0...0x1E5FA, 0x1E5FF...0x1E5FF])
    add(["sunuwar", "sunu"], isNew: true, [0x11BC0...0x11BE1, 0x11BF0...0x11BF9])
    add(["todhri", "todr"], isNew: true, [0x105C0...0x105F3])
    add(
      ["tulutigalari", "tutg"], isNew: true,
      [
        0x11380...0x11389, 0x1138B...0x1138B, 0x1138E...0x1138E, 0x11390...0x113B5,
        0x113B7...0x113C0, 0x113C2...0x113C2, 0x113C5...0x113C5, 0x113C7...0x113CA,
        0x113CC...0x113D5, 0x113D7...0x113D8, 0x113E1...0x113E2,
      ])
    return result
  }()
}
