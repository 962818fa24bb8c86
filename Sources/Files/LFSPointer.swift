/// What Git LFS leaves in place of a large file that has not been fetched: a few lines of text.
package enum LFSPointer {
  /// What to do with one, as part of a sentence.
  package static let advice = "fetch the file that it stands for with ‘git lfs pull’"
  /// What a file that is one is, and what to do.
  package static let reason = "it is a pointer of Git LFS; " + advice

  /// Whether a file begins as a pointer does.
  package static func begins(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.starts(with: "version https://git-lfs".utf8)
  }
}
