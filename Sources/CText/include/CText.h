// The hot loops of Tokenizer: where pieces of ASCII text begin, and the tokens of words met before.
// Whatever is not ASCII or not known is left to Swift above.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The instruction levels; one source is compiled for each.
typedef enum {
  apus_text_baseline = 0,
  apus_text_avx2 = 1,
  apus_text_avx512 = 2,
} apus_text_level;

/// The best level of the machine.
apus_text_level apus_text_best_level(void);
/// Chooses a level for the calling thread. False, and nothing changes, where the CPU lacks it.
bool apus_text_set_level(apus_text_level level);

/// Which contractions are pieces, or ends of words.
typedef enum {
  apus_contractions_none = 0,
  apus_contractions_lower = 1,
  apus_contractions_any_case = 2,
} apus_contractions;

/// What a pre-tokenization pattern does with ASCII text.
typedef struct {
  /// Whether letters, digits and signs take one space before them, as in GPT-2's pattern; otherwise
  /// letters take any one character that is no letter, digit or line end, as in cl100k's.
  bool is_spaced;
  /// Whether a word ends where lower case is followed by upper case, and takes contractions.
  bool splits_case;
  apus_contractions contractions;
  /// How many digits a piece may have: 1, 3, or 0 for any number.
  uint8_t digits;
  /// Whether digits are cut out before all else, so that text ends before them.
  bool cuts_digits;
  /// Whether signs take the line ends after them, and the slashes after those.
  bool takes_line_ends, takes_slashes;
  /// Whether control characters other than white space are left to the caller.
  bool leaves_controls;
} apus_pattern;

/// The most pieces that `apus_find_pieces` finds at once, and the room that it needs.
enum { apus_most_pieces = 1024, apus_piece_room = apus_most_pieces + 16 };

/// Finds the pieces of text[begin…end), which begins with one, and returns their number n.
///
/// They begin at starts[0] = begin up to starts[n − 1]. At starts[n] the first piece begins that is
/// not decided, because it touches what is not ASCII or goes on too long; or the text ends.
size_t apus_find_pieces(const apus_pattern *pattern, const uint8_t *text, size_t begin, size_t end,
                        uint32_t *starts);

/// A word of up to 15 bytes with its tokens.
typedef struct {
  /// Its bytes, zero-filled, with its length in the last one. All zero: no word.
  uint64_t low, high;
  /// Its tokens; if there are more than three, first is their place in `longer`.
  int32_t first, second, third;
  int32_t count;
} apus_word;

/// A table of words: pairs of slots, each pair a cache line.
typedef struct {
  apus_word *slots;
  const int32_t *longer;
  /// The pair of a word is the upper bits of its hash, shifted right by this.
  uint32_t shift;
} apus_words;

/// The longest word in such a table.
enum { apus_longest_word = 15 };

/// The number of a word's pair of slots.
static inline uint64_t apus_word_hash(uint64_t low, uint64_t high) {
  return (low ^ high * 0xD6E8FEB86659FD93u) * 0x9E3779B97F4A7C15u;
}

/// Writes the tokens of the pieces `first` up to `count`, as far as they are known, and returns the
/// number of the first one that is not.
///
/// Piece i lies from text + starts[i] to text + starts[i + 1]. `readable` bytes of text may be
/// read. `*output` has room for a token a byte and three more; it is moved on.
size_t apus_copy_words(const apus_words *words, const uint8_t *text, size_t readable,
                       const uint32_t *starts, size_t first, size_t count, int32_t **output);
