// The hot loops of Tokenizer: where pieces of ASCII text begin, and the tokens of words met before.
// Whatever is not ASCII or not known is left to Swift above. And what only C tells of a thread.
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

/// The best level of the machine, or what the environment variable `APUS_LEVEL` names if that is
/// lower: `baseline`, `avx2`, `avx512` or `avx512_vnni`.
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

/// A word of up to 15 bytes with its tokens. Threads read and write it at the same time: see slots.h.
typedef struct {
  /// Its bytes, zero-filled, with its length in the last one. All zero: no word.
  uint64_t low, high;
  /// Its first and second token; if there are more than three, the first is their place in `longer`.
  uint64_t first;
  /// Its third token; in the upper half the number of its tokens and how often the slot was written.
  uint64_t last;
} apus_word;

/// A table of words that threads share: pairs of slots, each pair a cache line. A word that has no
/// place in its pair may be in the other pair of the same 128 bytes.
typedef struct {
  /// 2 << bits of them, aligned to 128 bytes.
  apus_word *slots;
  uint32_t bits;
  /// The tokens of words with more than three, `apus_spare_tokens` places a word, written once.
  int32_t *longer;
  /// How many places are taken, which may go beyond their number.
  uint32_t longer_count, longer_capacity;
} apus_words;

/// The longest word in such a table.
enum { apus_longest_word = 15 };
/// How many tokens may be written beyond the last one.
enum { apus_spare_tokens = 16 };

/// The first slot of a word's pair.
static inline apus_word *apus_word_pair(apus_word *slots, uint32_t bits, uint64_t low,
                                        uint64_t high) {
  uint64_t hash = (low ^ high * 0xD6E8FEB86659FD93u) * 0x9E3779B97F4A7C15u;
  return slots + 2 * (hash >> (64 - bits));
}

/// The other pair of slots of the same 128 bytes.
static inline apus_word *apus_neighbor_pair(apus_word *pair) {
  return (apus_word *)((uintptr_t)pair ^ 2 * sizeof *pair);
}

/// Writes the tokens of a word to `tokens`, which has room for `apus_spare_tokens`, and returns their
/// number, or −1 if the word is not in the table.
int32_t apus_find_word(const apus_words *words, uint64_t low, uint64_t high, int32_t *tokens);

/// Keeps a word that is not in the table with its tokens, of which there are at most 15; if there is
/// no place left, another word is forgotten. Words with more than three tokens are not kept once
/// `apus_words_are_full` says so.
void apus_keep_word(apus_words *words, uint64_t low, uint64_t high, const int32_t *tokens,
                    size_t count);

/// Whether there is no room left for words with more than three tokens.
static inline bool apus_words_are_full(const apus_words *words) {
  return __atomic_load_n(&words->longer_count, __ATOMIC_RELAXED) >= words->longer_capacity;
}

/// A merge: its place in the list of merges and the token that it makes.
typedef struct {
  uint32_t rank;
  int32_t token;
} apus_merge;

/// The rank of what is no merge.
enum { apus_no_merge = 0x0FFFFFFF };

/// A pair of tokens and its merge: a slot of a table with open addressing.
typedef struct {
  /// The complement of the left token in the upper half and the right one. Zero: no pair.
  uint64_t key;
  apus_merge merge;
} apus_pair;

/// What byte-level merging needs.
typedef struct {
  const apus_pair *pairs;
  /// The place of a key is (key × multiplier) >> shift or, if that is taken, after it.
  uint64_t multiplier;
  uint32_t shift, mask;
  /// The token of each byte, and the merge of each two: 256 × the first + the second.
  const int32_t *byte_tokens;
  const apus_merge *byte_merges;
} apus_merges;

/// Writes the tokens of the pieces `first` up to `count` and returns the number of the first one
/// that is left to the caller: one that is too long for the table of words or, if `merges` is null,
/// is not there. Otherwise words that are not there are merged and kept.
///
/// Piece i lies from text + starts[i] to text + starts[i + 1]. `readable` bytes of text may be
/// read. `*output` has room for a token a byte and `apus_spare_tokens` more; it is moved
/// on.
size_t apus_encode_words(apus_words *words, const apus_merges *merges, const uint8_t *text,
                         size_t readable, const uint32_t *starts, size_t first, size_t count,
                         int32_t **output);

/// The number of the processor that the thread runs on just now or, where the system does not tell, a
/// number of the thread's own.
uint32_t apus_processor(void);

/// How many bytes of its stack the calling thread has left; the largest number if that is not known.
size_t apus_stack_left(void);
