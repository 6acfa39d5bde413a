// How the terms of a sum are taken: one of float32 at a time or, where the processor multiplies
// pairs of bfloat16 (VDPBF16PS), two of those. Sums are float32 in both.
//
//   float32      sum[n] += a[k] * b[k][n]
//   bfloat16     sum[n] += a[2k] * b[2k][n] + a[2k + 1] * b[2k + 1][n]
//
// What is taken at a time is a word of 32 bits: a number of float32, or two of bfloat16 that follow
// each other. b is packed in words, so two of its rows are interleaved:
//
//   b[2k][0] b[2k + 1][0]   b[2k][1] b[2k + 1][1]   b[2k][2] ...
#pragma once

#include "numbers.h"
#include "vector.h"

namespace fame {

struct Pair {
  bfloat16 first, second;
};

// Vectors of words, whatever the words hold.
inline Floats load_words(const void* p) {
  Floats v;
  std::memcpy(&v, p, sizeof(v));
  return v;
}

// The first `count`; the others are 0. Memory behind them is not touched.
inline Floats load_words(const void* p, int count) {
  return count == kWidth ? load_words(p) : load_part(static_cast<const float*>(p), count);
}

inline void store_words(void* p, Floats v) { std::memcpy(p, &v, sizeof(v)); }

inline void store_words(void* p, Floats v, int count) {
  if (count == kWidth) store_words(p, v);
  else store_part(static_cast<float*>(p), v, count);
}

// A word to every place.
inline Floats broadcast_word(const void* p) {
  typedef uint32_t Words __attribute__((vector_size(4 * kWidth)));
  uint32_t word;
  std::memcpy(&word, p, sizeof(word));
  return (Floats)(word - Words{});
}

template <typename T>
struct Terms;

template <>
struct Terms<float> {
  using Word = float;
  static constexpr int64_t kCount = 1;

  static Floats add(Floats sum, Floats a, Floats b) { return sum + a * b; }

  // The words of `count` columns, of the one row that they come from.
  static Floats join(const float* const* rows, int64_t column, int count) {
    if (!rows[0]) return Floats{};
    const float* p = rows[0] + column;
    return count == kWidth ? load_floats(p) : load_part(p, count);
  }
};

#if defined(__AVX512BF16__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#define FAME_PAIRS 1

template <>
struct Terms<bfloat16> {
  using Word = Pair;
  static constexpr int64_t kCount = 2;

  static Floats add(Floats sum, Floats a, Floats b) {
    return (Floats)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
  }

  // Of two rows.
  static Floats join(const bfloat16* const* rows, int64_t column, int count) {
    const __m512i first = widened(rows[0], column, count);
    return (Floats)_mm512_or_si512(first, _mm512_slli_epi32(widened(rows[1], column, count), 16));
  }

  // Stores the first `count` of a vector, each rounded to the nearest, ties to even.
  static void round(bfloat16* p, Floats v, int count) {
    const __m256i rounded = (__m256i)_mm512_cvtneps_pbh((__m512)v);
    if (count == kWidth) std::memcpy(p, &rounded, sizeof(rounded));
    else _mm256_mask_storeu_epi16(p, mask(count), rounded);
  }

 private:
  static __mmask16 mask(int count) { return static_cast<__mmask16>((1u << count) - 1); }
  static __m512i widened(const bfloat16* row, int64_t column, int count) {
    if (!row) return _mm512_setzero_si512();
    const auto* p = reinterpret_cast<const __m256i*>(row + column);
    return _mm512_cvtepu16_epi32(count == kWidth ? _mm256_loadu_si256(p)
                                                 : _mm256_maskz_loadu_epi16(mask(count), p));
  }
};

inline Floats load_floats(const bfloat16* p) {
  const __m256i halves = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  return (Floats)_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16);
}

// To the nearest, ties to even.
inline void store_floats(bfloat16* p, Floats v) { Terms<bfloat16>::round(p, v, kWidth); }

#endif

// Vector i becomes word i of every vector.
inline void transpose(Floats* rows) {
  typedef int32_t Order __attribute__((vector_size(4 * kWidth)));
  Order low, high;
  for (int i = 0; i < kWidth; i++) {
    low[i] = i / 2 + i % 2 * kWidth;
    high[i] = low[i] + kWidth / 2;
  }
  for (int round = 1; round < kWidth; round *= 2) {
    Floats mixed[kWidth];
    for (int i = 0; i < kWidth / 2; i++) {
      mixed[2 * i] = __builtin_shuffle(rows[i], rows[i + kWidth / 2], low);
      mixed[2 * i + 1] = __builtin_shuffle(rows[i], rows[i + kWidth / 2], high);
    }
    for (int i = 0; i < kWidth; i++) rows[i] = mixed[i];
  }
}

}  // namespace fame
