import ArgumentParser

/// `apus tokenizer`.
struct TokenizerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenizer",
    abstract: "Encodes, decodes, trains, shows and converts tokenizers; renders chats.",
    subcommands: [
      TokenizerEncodeCommand.self,
      TokenizerDecodeCommand.self,
      TokenizerTrainCommand.self,
      TokenizerInspectCommand.self,
      TokenizerConvertCommand.self,
      RenderCommand.self,
    ])
}
