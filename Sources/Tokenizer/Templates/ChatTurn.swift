/// A turn of a rendered chat: what a message's fields and the template around them put out.
public struct ChatTurn: Sendable, Hashable {
  /// How the beginning of what the model makes was found.
  public enum Opening: Sendable, Hashable {
    /// It follows the generation prompt, which stands before the turn's first characters.
    case generationPrompt
    /// It is the first character of a field: the template has no generation prompt, or the turn does
    /// not begin with it.
    case firstField
  }

  /// The number of the message.
  public var message: Int
  /// Its role.
  public var role: String
  /// How the beginning of `body` was found.
  public var opening: Opening
  /// From the first byte that the model makes to the last that comes from a field of the message.
  public var body: Range<Int>
  /// What the template puts out after the body for this message.
  public var tail: Range<Int>
  /// What it puts out after that and for no message.
  public var after: Range<Int>
}

extension RenderedChat {
  /// The turns of messages with certain roles, in the order of the text.
  ///
  /// A message's own loop turn in the template bounds its turn; where a template has no loop over the
  /// messages, the message's fields do.
  public func turns(of roles: Set<String>) -> [ChatTurn] {
    let wanted = Set(
      self.roles.indices.filter { self.roles[$0].map { roles.contains($0) } ?? false })
    if wanted.isEmpty { return [] }
    let groups = groups()
    let prompt = generationPrompt(before: groups.map(\.message).filter { wanted.contains($0) })
    let bytes = Array(text.utf8)
    var end = bytes.count
    if request.addGenerationPrompt, let prompt, bytes.count >= prompt.count,
      bytes.suffix(prompt.count).elementsEqual(prompt)
    {
      end -= prompt.count
    }
    var turns: [ChatTurn] = []
    for (place, group) in groups.enumerated() where wanted.contains(group.message) {
      let before = place > 0 ? groups[place - 1].range.upperBound : 0
      let after = place + 1 < groups.count ? groups[place + 1].range.lowerBound : end
      guard let role = self.roles[group.message] else { continue }
      let fields = fields(of: group.message, in: group.range)
      let headEnd = fields?.lowerBound ?? group.range.upperBound
      var opening = ChatTurn.Opening.firstField
      var start = headEnd
      if let prompt, !prompt.isEmpty,
        let found = findLast(prompt, in: bytes, from: before, to: headEnd)
      {
        opening = .generationPrompt
        start = found + prompt.count
      } else if fields == nil {
        // Nothing shows where the model would begin.
        continue
      }
      let bodyEnd = max(start, fields?.upperBound ?? start)
      let tailEnd = max(bodyEnd, group.range.upperBound)
      turns.append(
        ChatTurn(
          message: group.message, role: role, opening: opening, body: start..<bodyEnd,
          tail: bodyEnd..<tailEnd, after: tailEnd..<max(tailEnd, after)))
    }
    return turns
  }

  /// Stretches of the text that belong to one message, in order.
  private func groups() -> [(message: Int, range: Range<Int>)] {
    var groups: [(message: Int, range: Range<Int>)] = []
    for stretch in stretches {
      guard let message = stretch.message ?? stretch.origin.path?.message else { continue }
      if let last = groups.last, last.message == message {
        groups[groups.count - 1].range = last.range.lowerBound..<stretch.range.upperBound
      } else {
        groups.append((message, stretch.range))
      }
    }
    return groups
  }

  /// From the first to the last byte of what the model makes of a message: its fields but the role.
  private func fields(of message: Int, in range: Range<Int>) -> Range<Int>? {
    var fields: Range<Int>?
    for stretch in stretches(in: range)
    where stretch.origin.path.map({ $0.message == message && !$0.isHeader }) ?? false {
      fields = (fields?.lowerBound ?? stretch.range.lowerBound)..<stretch.range.upperBound
    }
    return fields
  }

  /// What the template adds for `add_generation_prompt`, found by rendering the messages before the
  /// first of some messages for which that works.
  private func generationPrompt(before messages: [Int]) -> [UInt8]? {
    guard let all = request.messages.array else { return nil }
    for message in messages.prefix(4) where message > 0 {
      var request = request
      request.messages = .array(Array(all[..<message]))
      request.addGenerationPrompt = false
      guard let without = try? request.template.render(request).text else { continue }
      request.addGenerationPrompt = true
      guard let with = try? request.template.render(request).text else { continue }
      guard with.utf8.starts(with: without.utf8) else { continue }
      return Array(with.utf8.dropFirst(without.utf8.count))
    }
    return nil
  }
}

extension FieldPath {
  /// Whether it is a part of a message that the program writes and not the speaker.
  var isHeader: Bool {
    guard message != nil, steps.count > 2 else { return false }
    return steps[2] == .key("role") || steps[2] == .key("name")
  }
}
