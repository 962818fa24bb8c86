import JSON

/// What a text has to be: a regular expression it matches, or JSON that a schema allows.
public struct TextConstraint: Sendable {
  let grammar: ByteGrammar

  init(_ grammar: ByteGrammar) { self.grammar = grammar }

  /// Texts that a regular expression matches as a whole.
  ///
  /// `^` and `$` may stand at the ends of its alternatives and mean nothing.
  /// - Throws: ``ConstraintError`` for an expression that is wrong or not supported.
  public static func pattern(_ expression: String) throws(ConstraintError) -> TextConstraint {
    let tree = try PatternParser.parse(expression)
    guard let alternatives = tree.alternatives else {
      throw .pattern(
        text: expression, offset: 0, reason: "an anchor can stand only at the ends")
    }
    var grammar = ByteGrammar()
    let start = try grammar.rule().start
    for alternative in alternatives {
      let begin = try grammar.node()
      grammar.addJump(start, to: begin)
      grammar.end(try grammar.pattern(alternative.tree, .plain, from: begin))
    }
    return TextConstraint(grammar)
  }

  /// JSON that a schema allows.
  ///
  /// The text may be less free than the schema: properties come in its order, numbers have at most
  /// fifteen digits, and only properties that it lists come unless `additionalProperties` allows
  /// others. A key of those others may come twice.
  ///
  /// - Parameters:
  ///   - schema: A JSON schema, as JSON.
  ///   - whiteSpace: Where white space may stand.
  /// - Throws: ``ConstraintError`` that names every keyword that is not supported and where it stands.
  public static func jsonSchema(
    _ schema: String, whiteSpace: JSONWhiteSpace = .some
  ) throws(ConstraintError) -> TextConstraint {
    let value: JSONValue
    do { value = try JSONValue(parsing: schema) } catch { throw .notJSON(reason: "\(error)") }
    return TextConstraint(try SchemaCompiler.compile(value, whiteSpace))
  }

  /// Any JSON.
  public static func json(
    whiteSpace: JSONWhiteSpace = .some
  ) throws(ConstraintError) -> TextConstraint {
    TextConstraint(try SchemaCompiler.compile(.bool(true), whiteSpace))
  }
}
