import ArgumentParser
import Files
import Model
import Tokenizer

/// The options that constrain what is written.
struct ConstraintOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The answer is JSON that this schema allows.", valueName: "file"))
  var jsonSchema: String?

  @Option(
    help: ArgumentHelp("The answer as a whole matches this expression.", valueName: "pattern"))
  var regex: String?

  @Flag(help: "With --json-schema: no white space between values.")
  var compactJSON = false

  func validate() throws {
    if jsonSchema != nil && regex != nil {
      throw ValidationError("give either --json-schema or --regex")
    }
    if compactJSON && jsonSchema == nil {
      throw ValidationError("--compact-json needs --json-schema")
    }
  }

  /// Whether there is a constraint.
  var isGiven: Bool { jsonSchema != nil || regex != nil }

  /// The processor that keeps to the constraint, if one was given.
  func processors(_ tokenizer: TextTokenizer, ends: [Int32]) throws -> [any LogitsProcessor] {
    let constraint: TextConstraint
    if let jsonSchema {
      constraint = try .jsonSchema(
        try readText(jsonSchema), whiteSpace: compactJSON ? .none : .some)
    } else if let regex {
      constraint = try .pattern(regex)
    } else {
      return []
    }
    let compiled = try TokenConstraint(
      constraint, vocabulary: TokenVocabulary(tokenizer), ends: ends)
    return [ConstrainedTokens(compiled)]
  }
}
