/// Removes marks, such as accents: the component `StripAccents`.
///
/// Accents that are part of a letter stay; a decomposing normalization form before this one makes
/// marks of them. Marks are those of Unicode 9, as in the reference.
enum StripAccentsNormalizer {
  static func apply(to text: inout AlignedText) {
    let flags = UnicodeTables.shared.flags
    text.changeCharacters(keepsASCII: { _ in true }) {
      flags[$0] & UnicodeTables.Flags.mark != 0 ? .remove : .keep
    }
  }
}
