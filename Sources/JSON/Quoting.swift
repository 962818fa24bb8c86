/// `text` from a file between quotation marks, as a message may show it on a terminal.
///
/// Control characters become escapes, and of a long text only the beginning is shown.
package func quoted(_ text: String) -> String {
  var shown = ""
  for scalar in text.unicodeScalars.prefix(100) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      shown += "\\u{\(String(scalar.value, radix: 16))}"
    default: shown.unicodeScalars.append(scalar)
    }
  }
  return "‘\(shown)\(text.unicodeScalars.dropFirst(100).isEmpty ? "" : "…")’"
}
