#include <pthread.h>

#include "blocks.h"

// The formats that name points of a lattice: 8 or 4 elements at a time are one of a few points that
// were chosen when the format was made. The lists of points are part of the formats; ggml has them
// in `ggml-common.h`, the Python package gguf in `quants.py`.
//
// A point is a number to base 3 (8 digits) or 8 (4 digits), the first element its lowest digit. In
// each list the numbers rise. An upper-case letter is the step to the next point, A for 0 to Z for
// 25; a lower-case letter before it adds 26 (a) to 676 (z).

static const char points_iq2_xxs[] =
    "ACCCCCCGCECCCGGECGCGMICGEOaEMMCSaKaACGKCGCEMKCGMGCEMOUCKYCSaESGECGMECGCWYYbEKbSCGKISMGEOGMSIKa"
    "WKaYGMEMUaQaGaIObQCGSaCaAEbQaUaSCGWQICaYIaWCcCCGSOaOaCUcSYMaWdWbACGGECGGIEKCGSSaCIEYIYIKaEGMaK"
    "QWKbIcECGSEaYaQEKbEaGSGEGCaKGYaAaUbScCCYbWaMaQKGaGbIbIcAGSYaEaObEaEaKEcICaUeEhGCGUaCaCMMbMbUCG"
    "EOSaKaGaIWUSaMcEcKbWGMGaUWaObGaYUKcKfYaSeQaIWaEbWcSjEaW";
static const char points_iq2_xs[] =
    "ACCCCCCCCCCCCECCCCCCCECGCCCECECKCCCCCCCCCCGCCCECGGECGSCCCECGKCGEOIUCCCCCCCECGCCCECCEKCGSCCCECG"
    "KCGKIaCCGOECaCYCCCCCCGEGCGGMSICCGSaCGUSGaSEKCCCCCCCECGCCCECGICCGSCCCECGKCGSMCOCCESSaKCCCECGKCE"
    "CMGaCCGSbCMWaWCGCQMUWEaUbQaQCCCCCCCGKCGSSKCGSGQaGUaIYECGQCbCaCKaGMQbIEGCKWUObGMYMaMECUCCCCCCCE"
    "CGCCCCCCGEGCGSCCCECGKCGSEQICGCOCbCCCCECECKCGSMQCGMGaSKIWGaUCGSEIIaIKUGQaGcACCCECGGECGSaCCGEOCb"
    "AaEaYCCGKISKSIGaWGaOaGWIMQIaIaCKCdGYCGSMIMUCcYOaEQObYSEaScKbAaYbMaIIaICCCECGICCGSCWCCCCESKGaMS"
    "aKCQGECGCCOSQUaEaUUaMaCGQWKCWIcSaIGIKECGSOQYUaCbWUUEaAGGbMaMCaScMaOaMbIaGaKCECKIaUaUGaIECEUaCS"
    "aKaOeOUUKCEaWGGbCCaUCaMQ";
static const char points_iq2_s[] =
    "ACCCCCCCCCCCCECCCCCCCECCCCCCCECGEECCCCCCCCECGCCCECCCCECECGCCGCGCCCECGICCCCCEOEEEIICCCCCCCECCCC"
    "CCCCCCCCCCCGCCCCECECGCCCCCCCCCECECCCCCCCECGCCCECGKCCCCEOECECGKCGSCCCECCCCEECCCCCCCCECGEIOCCGCC"
    "CEIECECGKISKCIECKaIMCCCCCCCECCECCCECCCCCCCECCEECECGCCCCCCCCCCCCECCCCCCCECGCCCECQCECEGCGEGCQCGS"
    "CCCECCCCECECCCCCCCECGCCCECGKCCCCCCCECGCCCECGKCGSECECGKCGSaACCCCCECEICCCECGKCYCCCECGKCGQWKGSOaO"
    "CCCECCCCEECCGCCIGIEOCCGCCGICCGCGKCGSIMECEGYCQECCCCECECGCCCECGKCGSECECGKCGOEaCCGSQaMEGCQCGaASCC"
    "GbGWMaCMCUCCCCCCCCCCCECCCCCCCCCCCGCGECECGCCCECCCCCCGCCCCCCCECGCCCECGKCGCCCGGECECGKCYCCCCCCCCCC"
    "CCECCCCCCCECGCCCECGKCCCCCCCECGCCCECGICCGSCCCECGKCGSWGCECCCCECGCCCECGMGSCCCECGKCGSOOCGSbCCCCECC"
    "CCCCCECCCCCCCECGCCCECQCCCCCCCECGCCCECGKCGSECECGKCGQCaCCCCCCCCECGCCCECGKCGSCCCECGKCGSaCCGOEbCCC"
    "CECGKCGIKaCCGSbCQaQUECCECCCECGECECGMGSCCCECGKCGSQOGSOaGIECECGKCGSaCCGSIQOQbOQCGaOUMaAcGaSICCCE"
    "CECEGCGCCCEIEGCQCECCCCECGCCCECQCGQCEECCQCGaUCCCCCCCEICCCECGKCGSCCCECGKCGSIUCGQCbCEGCQCGaMICYWb"
    "AWCMSICECCCCGGCCCECGKCGSEGCQCGIaMCGSaYECCCECGKCGSOOCGSaQEIaGQaICGOEbACaIEdCSEEEIGCCGaMGaCWaIGM"
    "ECaEECQECGSaIOGQcYbAQaYaUUaCCKCEaKU";
static const char points_iq3_xxs[] =
    "ACCFCEBCHJZCECFCHEDCHLMICCFHCHCEKGOEGBCLaJTUFLMCEGTQaZXUECVOQCFCHCFCCLBYCHHCaVCFCHHaIGCOJNQLEa"
    "JaOESTMbZOaGCHCFCEDJaFCCDCHHaBEBICHGBCNBNUHEaSEaHOYUKaBbRCLXaCHCHCVNFGCOJLCaBCFNVQPSbJPTGGMaBa"
    "FSVaOVULOCMEbZUPBQGRaEaFaLLaHOVbZDCOaYXXIGQXaFOaGIaPaDLEaJIXcBaSOaYQCOaDaGaEaLaKGbSaHaLaXaOOaY"
    "CCBSQaSKaQaBFWNOVaHQaFCSbQ";
static const char points_iq3_s[] =
    "ABBDCBBBCCCBEGFCDCCCFCHDDBBBCEBEDDECEHNEFGBECBDDDEDEGDCCCNDIGEDCHCDGECNCEDLECDGGDGPKCMCEFGECPF"
    "LDCORPHCCMCEFNEUBBCEBCCCBCHDCOCDJGBCDCEFHDGHCOGCKDCBEGGDKDKHDDBDGGBEFRGLCFCNCHECEVHDGHCPaNEDNC"
    "aBCFCHMERGIBCCCBCCCDCEBCHCCDCNBDCDCGDEDDEDGHYDDKCFHCKEKDECDEJCFCHGOLGJDHDEZDHFJNBLNICFKaCEUENC"
    "LFaAHCCCDHCCFCDCKGICCHFCNQKECKGKCMZHEFCEBJCEGOIGFEHRGENHCLFKKNTTaGCNCLaJEGGEDDHHQKFCCHGFGGEUCF"
    "FEKFPDGMFCFCHEaJCSLBZMCKaHZRUYFLLGZGEGOEDDMGFCCFHJaGGJKFGNXFBPNFMGGDMKMaKMTCbDaGCObDCCMCVQQHaD"
    "WSGLFGIMFPbBOPODZUVaBaPCbBEDJCMCMGQHLPCaCDEGDHRZYDOWEGFYaQQaGXaN";
static const char points_iq1[] =
    "ACCCCCDFCECFGCCIFCECFFCECEBGCCCBFGECECECCCBHGCCIFCECFFCECFGGFECCECCDDCCECLCCIGGGEEBPGGGCBBICCI"
    "CEEBBCBBCCCCCCCJDCCCCBBCOEMCGCCCDBECGGCELCECFFCECFGEIFCECFFCECFGCEFBGIBDGCEMCCCGFCECFFCECFGGDD"
    "FCCCCFFCECKBCEFBGCGECECBDMCCFDGCCCCCCCECEGEBBBBBBCCEIICGCQCCIFFCECCCECIGCCIGECFBCBDEFDBBCCCBBC"
    "ECCGECDBCBBCCBDECECCBBCCCCCCCCBBFBBBBCBCCBBCCCBBCCBBCBBCBBCCGCBBIBBCCEECBBCCCDBBBDCBCBBGDDCIEM"
    "EIGCCCCECCBBCCCGGCKOCCECDHBBCECBBCBBEEIDBCCEECJHHCHCCCCCCEECGGEDKCECFFCCCCFGGDDFCECFFCCCCFGCEG"
    "HBEGCCCCBBIFFCGGFCCDFCECFGECGGFCCDFCECFICCGIBBCECCCGIGCEDDMGGGCECECBDECCKCDBCCCCCCGFCFGGGGFBGF"
    "CEIKCECFFCECFGCKFCECKCECIDCEGKCECGCCCGFFCFBFCECKCECFGECGFCECFFCECFGEIMECCCCCCQEDEEBCCCECBBCCEC"
    "GCCCCBBCBFCCCCCECCFBBLGCCIGKCEEEJFKGMDJGCCCCBBFBCCCCECCCCFBGDBCECCBBCCEECCBBCCBCBBBBDCBBCEBBCE"
    "CBBCBFCCCDDFBCCCCECCCCDBBCBCECCEDEEBGCCIGDEFHFCECECCCGGCCCGGDBDBDBCECCEEECBBBBCCCCBDGCECBBECCC"
    "QQCCGCCEEOKGCBBCECECCECECECBBCGCICGCDBECGCBBCCBBBBCEBBCCCBBCCBBBBBBBBCCBBCECGCBBCCEECEGCECCICE"
    "CCBBCECJFCCDBEJBGCBBBBDDCCCCBBCBBBCBBBBBCBBBBCCGCCCBBCDCBECBBBBCCBBBBBCBCCBBCCBBBBBBBCBBBBBBBB"
    "BBCBBBBBCCBDBBBCBBBBDCBBCCBBBCBBDCBCBCBBBBBBBDDBBBBBBBBBBBBBCCBDECBBBBCDEDCBBBFBBCCECEHFCCCCBB"
    "BBCCBBHFCCCCEGDBCECCBBCGGCBBCCBBBBBBBBCCBBCDDDDCBBBBGIDHEBEBCGCBDDBBBECCCCHDCBBCCMICCGIGEBBCCC"
    "CCDNIGCCCECGBDCGDDDBCGBDEFDCGECMECLBEIBBDNGEIPBCBDCECCCCCCCCBBCBBCCIBDCCBBBBCCCEGCCCDBCOBBCCBC"
    "BBCDCBBCHCBCDBCBDCBBFFGFFBBCECCCCBBBCBECDCCEECBBCDCDPCGGKCECGGGFIFCGEGCCCCBDBBECBBCCEEDBFFGCBD"
    "MEBNCECECCEBDHHDCGECECKCECFFBCCCGFCECFFCECFGCCCGGCECCCBBBFCCGDFCCGFCECFFCECLCEGFCECFFCECNEMCHD"
    "ECCEOEMGECEGCCBDCECBBCBFBBCCCCCCCCCIOECGGCEBBEDBCEDFGHEGCECFFCECCDGCEGDCCECFFCECFBFCCIGCCCCCCE"
    "CCKKCGFCECFFCECFGCCNCECFFCECFGEBBGGECGCCIBFGCCCGGCCCCECCCCCCCEFBCBBCECICGCCECCCGGCEGICCCCCCICG"
    "ICLDCCEECIEICCBBBBCBBCICGBBCEGCECCBBCBBCDDDBCCBBCCBBBBBBBBCCBBCDDCEBBBBCBBCCCCCCGEDCFCGCBDBCBC"
    "GCFBEBDBBICCGKCGGEECCBDEBJGECGICCCCCCCBBCCECCCCCCBBCECBDCCGCCECEIJJICCCECEMGCBBNCECFFCECFGCCCL"
    "CECFFCECFDDCCCBPCDDCCCCKFCDCNECBHEECFGECGFCECFFCECRGGCGDBCCCDBBBGaCCCCCCICECGCBBCGECCBBCECCQGE"
    "DCDICDDCBBDCMEEBCDCCECECKCECLCCCLCECFFCECFIEDDGIEECECLFNCECKCECLCCNCECFFCEC";

static int8_t grid_iq1[2048][8];
static uint8_t grid_iq2_xxs[256][8], grid_iq2_xs[512][8], grid_iq2_s[1024][8];
static uint8_t grid_iq3_xxs[256][4], grid_iq3_s[512][4];

// What the digits stand for.
static const uint8_t values_iq1[3] = {(uint8_t)-1, 0, 1}, values_iq2[3] = {8, 25, 43};
static const uint8_t values_iq3_xxs[8] = {4, 12, 20, 28, 36, 44, 52, 62};
static const uint8_t values_iq3_s[8] = {1, 3, 5, 7, 9, 11, 13, 15};

static void read_points(uint8_t *grid, const char *list, int digits, const uint8_t *values,
                        int base) {
  int number = 0;
  for (; *list; list++) {
    if (*list >= 'a') {
      number += 26 * (*list - 'a' + 1);
      continue;
    }
    number += *list - 'A';
    for (int digit = 0, rest = number; digit < digits; digit++, rest /= base)
      *grid++ = values[rest % base];
  }
}

static void read_grids(void) {
  read_points((uint8_t *)grid_iq1, points_iq1, 8, values_iq1, 3);
  read_points((uint8_t *)grid_iq2_xxs, points_iq2_xxs, 8, values_iq2, 3);
  read_points((uint8_t *)grid_iq2_xs, points_iq2_xs, 8, values_iq2, 3);
  read_points((uint8_t *)grid_iq2_s, points_iq2_s, 8, values_iq2, 3);
  read_points((uint8_t *)grid_iq3_xxs, points_iq3_xxs, 4, values_iq3_xxs, 8);
  read_points((uint8_t *)grid_iq3_s, points_iq3_s, 4, values_iq3_s, 8);
}

static void prepare(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, read_grids);
}

// scale · point, where a set bit of `signs` is a minus.
INLINE void signed_point(float *out, const uint8_t *point, int digits, float scale, int signs) {
  for (int i = 0; i < digits; i++)
    out[i] = scale * (float)(signs >> i & 1 ? -(int)point[i] : (int)point[i]);
}

// Seven signs are stored; the eighth makes the count of minuses even.
INLINE int eight_signs(uint32_t seven) {
  const int signs = (int)(seven & 127);
  return signs | (__builtin_popcount((unsigned)signs) & 1) << 7;
}

// For 32 elements: four bytes that name points, then four times 7 signs and a scale of 4 bits.
INLINE void iq2_xxs(float *out, const uint8_t *block) {
  const float d = load_half(block);
  for (int part = 0; part < 8; part++) {
    const uint8_t *names = block + 2 + 8 * part;
    const uint32_t rest = load32(names + 4);
    const float scale = d * (0.5f + (float)(rest >> 28)) * 0.25f;
    for (int i = 0; i < 4; i++)
      signed_point(out + 32 * part + 8 * i, grid_iq2_xxs[names[i]], 8, scale,
                   eight_signs(rest >> (7 * i)));
  }
}

// For 8 elements: 9 bits that name a point, 7 signs; for 16 a scale of 4 bits.
INLINE void iq2_xs(float *out, const uint8_t *block) {
  const float d = load_half(block);
  for (int group = 0; group < 32; group++) {
    const uint32_t code = load16(block + 2 + 2 * group);
    const int scale = block[66 + group / 4] >> (group / 2 % 2 * 4) & 15;
    signed_point(out + 8 * group, grid_iq2_xs[code & 511], 8, d * (0.5f + (float)scale) * 0.25f,
                 eight_signs(code >> 9));
  }
}

// For 8 elements: 8 signs and 10 bits that name a point, the upper two elsewhere.
INLINE void iq2_s(float *out, const uint8_t *block) {
  const uint8_t *names = block + 2, *signs = block + 34, *high = block + 66, *scales = block + 74;
  const float d = load_half(block);
  for (int group = 0; group < 32; group++) {
    const int name = names[group] | (high[group / 4] >> (group % 4 * 2) & 3) << 8;
    const int scale = scales[group / 4] >> (group / 2 % 2 * 4) & 15;
    signed_point(out + 8 * group, grid_iq2_s[name], 8, d * (0.5f + (float)scale) * 0.25f,
                 signs[group]);
  }
}

// For 4 elements a byte that names a point; for 32 four times 7 signs and a scale of 4 bits.
INLINE void iq3_xxs(float *out, const uint8_t *block) {
  const float d = load_half(block);
  for (int part = 0; part < 8; part++) {
    const uint32_t rest = load32(block + 66 + 4 * part);
    const float scale = d * (0.5f + (float)(rest >> 28)) * 0.5f;
    for (int i = 0; i < 8; i++)
      signed_point(out + 32 * part + 4 * i, grid_iq3_xxs[block[2 + 8 * part + i]], 4, scale,
                   eight_signs(rest >> (i / 2 * 7)) >> (i % 2 * 4));
  }
}

// For 4 elements: 4 signs and 9 bits that name a point, the ninth elsewhere.
INLINE void iq3_s(float *out, const uint8_t *block) {
  const uint8_t *names = block + 2, *high = block + 66, *signs = block + 74, *scales = block + 106;
  const float d = load_half(block);
  for (int group = 0; group < 64; group++) {
    const int name = names[group] | (high[group / 8] >> group % 8 & 1) << 8;
    const int scale = scales[group / 16] >> (group / 8 % 2 * 4) & 15;
    signed_point(out + 4 * group, grid_iq3_s[name], 4, d * (float)(1 + 2 * scale),
                 signs[group / 2] >> (group % 2 * 4));
  }
}

// scale · (point ± ⅛).
INLINE void shifted_point(float *out, const int8_t *point, float scale, int is_below) {
  const float shift = is_below ? -0.125f : 0.125f;
  for (int i = 0; i < 8; i++) out[i] = scale * ((float)point[i] + shift);
}

// For 32 elements: four bytes, and 16 bits with three more of each name, a scale of 3 bits and the
// direction of the shift.
INLINE void iq1_s(float *out, const uint8_t *block) {
  const float d = load_half(block);
  for (int part = 0; part < 8; part++) {
    const int rest = load16(block + 34 + 2 * part);
    const float scale = d * (float)(2 * (rest >> 12 & 7) + 1);
    for (int i = 0; i < 4; i++) {
      const int name = block[2 + 4 * part + i] | (rest >> (3 * i) & 7) << 8;
      shifted_point(out + 32 * part + 8 * i, grid_iq1[name], scale, rest & 0x8000);
    }
  }
}

// For 8 elements: a byte, and 4 bits with three more of the name and the direction of the shift.
// For 16: a scale of 3 bits. The upper 4 bits of four words together are the scale of all.
INLINE void iq1_m(float *out, const uint8_t *block) {
  const uint8_t *names = block, *high = block + 32, *scales = block + 48;
  uint32_t bits = 0;
  for (int i = 0; i < 4; i++) bits |= (uint32_t)(load16(scales + 2 * i) >> 12) << (4 * i);
  const float d = half_to_float((uint16_t)bits);
  for (int group = 0; group < 32; group++) {
    const int rest = high[group / 2] >> (group % 2 * 4);
    const int scale = load16(scales + group / 8 * 2) >> (group / 2 % 4 * 3) & 7;
    shifted_point(out + 8 * group, grid_iq1[names[group] | (rest & 7) << 8],
                  d * (float)(2 * scale + 1), rest & 8);
  }
}

#define UNPACK_POINTS(name, bytes)                                                     \
  void apus_unpack_##name(float *out, const uint8_t *blocks, int64_t count) {          \
    prepare();                                                                         \
    for (int64_t i = 0; i < count; i++) name(out + i * 256, blocks + i * bytes);       \
  }
UNPACK_POINTS(iq2_xxs, 66)
UNPACK_POINTS(iq2_xs, 74)
UNPACK_POINTS(iq2_s, 82)
UNPACK_POINTS(iq3_xxs, 98)
UNPACK_POINTS(iq3_s, 110)
UNPACK_POINTS(iq1_s, 50)
UNPACK_POINTS(iq1_m, 56)
