/// The patterns that cut text, as the tokenizer files of the models have them.
///
/// The regular expressions are facts of the models; the texts are those by which the hand-written
/// splitters are recognised.
enum SplitPatterns {
  /// The endings that follow an English apostrophe, in either case.
  private static let endings = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
  /// How most patterns end: punctuation with the line ends after it, line ends, white space.
  private static let marksAndSpaces =
    #" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  private static let word = #"[^\r\n\p{L}\p{N}]?\p{L}+"#

  /// GPT-2, r50k, p50k.
  static let gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  /// CLIP: words without the space before them.
  static let clip = #"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#
  /// cl100k, with at most three digits.
  static let llama3 = "\(endings)|\(word)|\\p{N}{1,3}|\(marksAndSpaces)"
  /// As Llama-3, with single digits.
  static let qwen2 = "\(endings)|\(word)|\\p{N}|\(marksAndSpaces)"
  /// cl100k as tiktoken has it, with possessive quantifiers.
  static let cl100k =
    #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+|"#
    + #" ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"#
  /// o200k, GPT-4o.
  static let o200k = upperThenLower(ending: endings + "?", digits: #"\p{N}{1,3}"#)
  /// Mistral's Tekken.
  static let tekken = upperThenLower(ending: "", digits: #"\p{N}"#)

  /// Words of capitals followed by small letters, or of one kind.
  private static func upperThenLower(ending: String, digits: String) -> String {
    let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
    let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
    let before = #"[^\r\n\p{L}\p{N}]?"#
    return "\(before)\(upper)*\(lower)+\(ending)|\(before)\(upper)+\(lower)*\(ending)|\(digits)|"
      + #" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// Letters with their marks, as Qwen 3.5 cuts.
  static let qwen35 =
    "\(endings)|" + #"[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|"#
    + #"\s*[\r\n]+|\s+(?!\S)|\s+"#
  /// Runs of white space are cut at powers of two.
  static let jais2 =
    "\(endings)|\(word)|\\p{N}{1,3}|" + #" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"#
    + #"\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|"#
    + #"\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}"#
  static let bailing =
    #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|"#
    + #"\s*[\r\n]|\s+(?!\S)|\s+"#
  static let seedCoder =
    "\(endings)|\(word)|\\p{N}{1}|" + #" ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+"#
  /// As Qwen2 without the English endings.
  static let ufakzeka = "\(word)|\\p{N}|\(marksAndSpaces)"
  static let exaoneMoE =
    "\(endings)|"
    + #"[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|"#
    + #"\s*[\r\n]|\s+(?!\S)|\s+"#
  static let miniCPM5 = "\(endings)|\(word)|\\p{N}+|\(marksAndSpaces)"
  /// Chinese characters apart from other letters.
  static let kimiK2: String = {
    let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"#
    let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"#
    let before = #"[^\r\n\p{L}\p{N}]?"#
    return #"[\p{Han}]+|"# + "\(before)\(upper)*\(lower)+\(endings)?|"
      + "\(before)\(upper)+\(lower)*\(endings)?|\\p{N}{1,3}|\(marksAndSpaces)"
  }()

  /// Digits in threes, counted from the right.
  static let threesFromTheRight = #"\d{1,3}(?=(?:\d{3})*\b)"#
  static let lines = #"[^\n]+|[\n]+"#
  /// BLOOM and the Finnish models after it.
  static let bloom = #" ?[^(\s|.,!?…。，、।۔،)]+"#

  /// A mark with the Latin letters after it, letters with their marks, marks, line ends.
  private static let deepSeekMarks =
    ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|"##
  static let deepSeek3 =
    deepSeekMarks + "[^\r\n" + #"\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+["# + "\r\n"
    + #"]*|\s*["# + "\r\n" + #"]+|\s+(?!\S)|\s+"#
  static let spark =
    deepSeekMarks + "[^\r\n" + #"\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+|["# + "\r\n"
    + #"]|\s+(?!\S)|\s+"#
  static let afmoe =
    deepSeekMarks + #"[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|"#
    + #"\s*[\r\n]+|\s+(?!\S)|\s+"#
  /// Chinese and Japanese as DeepSeek-V3 takes them out.
  static let chineseAndJapanese = "[一-龥\u{3040}-ゟ゠-ヿ]+"
  /// Chinese and Korean as DeepSeek's first models take them out.
  static let chineseAndKorean = "[一-龥ࠀ-一가-\u{D7FF}]+"
  static let asianScripts =
    "[一-鿿㐀-䶿\u{8C48}-\u{FAFF}\u{3040}-ゟ゠-ヿ･-ﾟ⼀-\u{2FDF}เ-\u{0E7F}\u{0E80}-\u{0EFF}ក-\u{17FF}"
    + "က-႟ꩠ-ꩿꧠ-\u{A9FF}가-\u{D7AF}ᄀ-ᇿ]+"
  static let youtuScripts =
    "[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥\u{3040}-ゟ゠-ヿ]+"
  static let youtu = upperThenLower(ending: endings + "?", digits: #"\p{N}"#)

  /// Letters of scripts with two cases, as DeepSeek's first model takes them out.
  static let casedLetters =
    #"\s?[A-Za-z"#
    + "µÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚ"
    + "Ḁ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-\u{1F7D}ᾀ-ᾴᾶ-ᾼ\u{1FBE}ῂ-ῄῆ-ῌῐ-\u{1FD3}ῖ-\u{1FDB}ῠ-Ῥῲ"
    + "-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u{2126}ℨ\u{212A}-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-"
    + "ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃"
    + "]+"
  static let wideMarks = #"\s?[!-/:-~！-／：-～‘-‟　-。]+"#
}
