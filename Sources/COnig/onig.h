#ifndef APUS_ONIG_H
#define APUS_ONIG_H

#include <oniguruma.h>

// What Swift cannot import: addresses of variables and a function with variable arguments.

/// The library's encoding for UTF-8.
static inline OnigEncoding apus_onig_utf8(void) { return &OnigEncodingUTF8; }

/// Compiles a pattern in the library's own dialect.
static inline int apus_onig_new(
    OnigRegex *regex, const OnigUChar *start, const OnigUChar *end, OnigErrorInfo *info) {
  return onig_new(
      regex, start, end, ONIG_OPTION_NONE, &OnigEncodingUTF8, &OnigSyntaxOniguruma, info);
}

/// Writes the message of an error; the buffer holds ONIG_MAX_ERROR_MESSAGE_LEN bytes.
static inline int apus_onig_message(OnigUChar *buffer, int status, OnigErrorInfo *info) {
  return onig_error_code_to_str(buffer, status, info);
}

#endif
