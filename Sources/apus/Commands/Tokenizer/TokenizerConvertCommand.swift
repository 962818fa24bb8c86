import ArgumentParser
import Files
import JSON
import Tokenizer

/// `apus tokenizer convert`.
struct TokenizerConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Writes a tokenizer of any format as a folder with tokenizer.json.",
    discussion: """
      The folder, with tokenizer.json and tokenizer_config.json, loads in apus, in Hugging Face \
      tokenizers and in transformers. What was written is read again and must give the same ids for \
      some texts.
      """)

  @Argument(
    help: "The tokenizer's folder or file, in any format that Docs/TokenizerFiles.md lists.")
  var input: String

  @Argument(help: "The folder to write, which is made if need be.")
  var output: String

  @OptionGroup var tiktoken: TiktokenOption

  @Flag(help: "Writes over a tokenizer.json that is there already.")
  var force = false

  func run() throws {
    let tokenizer = try tiktoken.load(input)
    if !force && fileExists(output / "tokenizer.json") {
      throw Failure("“\(output)” already holds a tokenizer.json; give --force to write over it.")
    }
    try tokenizer.save(to: output)
    let written = try TextTokenizer(contentsOf: output)
    for text in Self.samples {
      for special in [SpecialTokenHandling.asText, .parse] {
        let expected = tokenizer.encodeWithOffsets(text, specialTokens: special)
        guard written.encodeWithOffsets(text, specialTokens: special) == expected,
          written.decode(expected.ids) == tokenizer.decode(expected.ids)
        else {
          throw Failure(
            "“\(output)” was written, but it gives other ids for \(quoted(text)): please report it."
          )
        }
      }
    }
    Terminal.say("\(output): \(written.vocabularySize) tokens")
  }

  private static let samples = [
    "", " ", "The common swift sleeps in flight.", "  two  spaces\n\n\tand\r\nlines  ",
    "I'll SAY it's 12345.67 — naïve, weiß, ﬁne; e\u{301} é", "雨燕睡在空中。アマツバメ 칼새 السمامة अबाबील นกแอ่น",
    "def f(x):\n    return {'a': x[0] ** 2}  # 👩🏽‍🚀🇨🇭",
    "<s></s><|endoftext|><|im_start|>[CLS]\u{0}\u{FFFD}",
  ]
}
