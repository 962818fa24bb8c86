/// How much a template may do, so that one from a stranger cannot hold up or exhaust a program.
public struct TemplateLimits: Sendable, Equatable {
  /// The most steps; a step is an operation of the template or the handling of 32 bytes.
  public var steps: Int
  /// The deepest nesting of calls and expressions.
  public var depth: Int
  /// The most bytes of the text, and of each string on the way to it.
  public var outputBytes: Int

  /// The depth that no limit exceeds.
  ///
  /// It takes less than half a megabyte of stack, the least that threads have on the systems that
  /// matter. Before the stack of its thread ends, rendering ends too.
  public static let deepest = 400

  /// Limits; the depth is held to at most `deepest`.
  public init(
    steps: Int = 50_000_000, depth: Int = TemplateLimits.deepest, outputBytes: Int = 256 << 20
  ) {
    self.steps = max(0, steps)
    self.depth = min(max(1, depth), Self.deepest)
    self.outputBytes = min(max(0, outputBytes), 1 << 30)
  }

  /// Enough for any honest template.
  public static let standard = TemplateLimits()
}
