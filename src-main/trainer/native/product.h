// Products of matrices with sums in float32, blocked for the processor's registers:
//
//           n: a panel of up to kPanelVectors vectors
//          ┌────────────┐
//          │ b, packed  │ k      out[m][n] (+)= sum over k of a[m][k] * b[k][n]
//          └────────────┘
//   ┌────┐ ┌────────────┐
//   │ a  │ │ sums, in   │ m: kTileRows rows, each at its own place in memory
//   └────┘ │ registers  │
//     k    └────────────┘
//
// k counts words: numbers of float32 or pairs of bfloat16. Each sum is taken in the order of k,
// whatever the blocks and whoever computes it: results are equal to the bit for any number of
// threads.
#pragma once

#include "panels.h"

namespace fame {

// `length` words that follow each other in k: a from an offset to the place of each row on, in
// numbers, b from a row of the panel on.
struct Segment {
  int64_t a, b, length;
};

// The rows of a tile. Fewer are filled up by repeating one: it is computed twice and stored twice.
template <typename T>
struct TileRows {
  const T* a[kTileRows];
  float* out[kTileRows];
};

// What goes with all tiles of a panel.
template <typename T>
struct PanelStep {
  const Segment* segments;
  int64_t count;
  const typename Terms<T>::Word* panel;
  int last;
  // Whether sums are added to what is in `out`.
  bool add;
};

// Adds what is in `out`. Sums of many products that are taken piece by piece, each from zero, lose
// fewer bits than those of one long chain.
template <int kVectors>
inline void add_sums(Floats (&sums)[kVectors], const float* out, int last) {
  for (int v = 0; v < kVectors; v++) {
    const bool whole = v + 1 < kVectors || last == kWidth;
    sums[v] += whole ? load_floats(out + v * kWidth) : load_part(out + v * kWidth, last);
  }
}

template <int kVectors>
inline void store_sums(const Floats (&sums)[kVectors], float* out, int last) {
  for (int v = 0; v < kVectors; v++) {
    if (v + 1 < kVectors || last == kWidth) store_floats(out + v * kWidth, sums[v]);
    else store_part(out + v * kWidth, sums[v], last);
  }
}

// Adds what the segments give to a tile of kTileRows by kVectors vectors. `column` is the panel's
// first column in `out`.
template <typename T, int kVectors>
void multiply_tile(const PanelStep<T>& step, const TileRows<T>& rows, int64_t column) {
  Floats sums[kTileRows][kVectors] = {};
  for (int64_t i = 0; i < step.count; i++) {
    const Segment& segment = step.segments[i];
    const T* a[kTileRows];
    for (int r = 0; r < kTileRows; r++) a[r] = rows.a[r] + segment.a;
    const auto* b = step.panel + segment.b * (kVectors * kWidth);
    for (int64_t k = 0; k < segment.length; k++, b += kVectors * kWidth) {
      Floats columns[kVectors];
      for (int v = 0; v < kVectors; v++) columns[v] = load_words(b + v * kWidth);
      for (int r = 0; r < kTileRows; r++) {
        const Floats value = broadcast_word(a[r] + k * Terms<T>::kCount);
        for (int v = 0; v < kVectors; v++) {
          sums[r][v] = Terms<T>::add(sums[r][v], value, columns[v]);
        }
      }
    }
  }
  // All before any is stored: a row may be there twice.
  for (int r = 0; step.add && r < kTileRows; r++) {
    add_sums(sums[r], rows.out[r] + column, step.last);
  }
  for (int r = 0; r < kTileRows; r++) store_sums(sums[r], rows.out[r] + column, step.last);
}

// The same for a panel of any width.
template <typename T, int kVectors = kPanelVectors>
void multiply_tile(int vectors, const PanelStep<T>& step, const TileRows<T>& rows, int64_t column) {
  if constexpr (kVectors > 1) {
    if (vectors < kVectors) return multiply_tile<T, kVectors - 1>(vectors, step, rows, column);
  }
  multiply_tile<T, kVectors>(step, rows, column);
}

// Rows of k that a panel stays in the first-level cache with.
constexpr int64_t kStepRows = 4096 / (kPanelVectors * kWidth) / 16 * 16;

// `length` positions that follow each other: a from an offset on, b from one of its positions on.
struct Stretch {
  int64_t a, b, length;
};

// out[m][n] (+)= sum over positions p of a[p][m] * b[p][n]: a transposed product, as the gradients
// of filters are. Positions are words: single ones in float32, pairs of them in bfloat16. a's are
// `a_stride` words apart, b's `b_stride`, which is kVectors vectors if packed.
template <typename T>
struct Transposed {
  using Word = typename Terms<T>::Word;
  const Stretch* stretches;
  int64_t count;
  const Word* a;
  int64_t a_stride;
  const Word* b;
  int64_t b_stride;
  float* out;
  int64_t out_stride;
  int last;
  bool add;
};

template <typename T, int kRows, int kVectors>
void multiply_transposed_tile(const Transposed<T>& p) {
  Floats sums[kRows][kVectors] = {};
  for (int64_t i = 0; i < p.count; i++) {
    const Stretch& stretch = p.stretches[i];
    const auto* a = p.a + stretch.a;
    const auto* b = p.b + stretch.b * p.b_stride;
    for (int64_t k = 0; k < stretch.length; k++, a += p.a_stride, b += p.b_stride) {
      Floats columns[kVectors];
      for (int v = 0; v < kVectors; v++) columns[v] = load_words(b + v * kWidth);
      for (int r = 0; r < kRows; r++) {
        const Floats value = broadcast_word(a + r);
        for (int v = 0; v < kVectors; v++) {
          sums[r][v] = Terms<T>::add(sums[r][v], value, columns[v]);
        }
      }
    }
  }
  for (int r = 0; r < kRows; r++) {
    if (p.add) add_sums(sums[r], p.out + r * p.out_stride, p.last);
    store_sums(sums[r], p.out + r * p.out_stride, p.last);
  }
}

template <int kRows, int kVectors = kPanelVectors, typename T>
void multiply_transposed_rows(int vectors, const Transposed<T>& p) {
  if constexpr (kVectors > 1) {
    if (vectors < kVectors) return multiply_transposed_rows<kRows, kVectors - 1>(vectors, p);
  }
  multiply_transposed_tile<T, kRows, kVectors>(p);
}

// All m rows for one panel of b.
template <typename T>
void multiply_transposed(int vectors, Transposed<T> p, int64_t m) {
  const auto advance = [&](int rows) {
    p.a += rows;
    p.out += rows * p.out_stride;
    m -= rows;
  };
  for (; m >= kTileRows; advance(kTileRows)) multiply_transposed_rows<kTileRows>(vectors, p);
  for (; m >= 4; advance(4)) multiply_transposed_rows<4>(vectors, p);
  for (; m >= 1; advance(1)) multiply_transposed_rows<1>(vectors, p);
}

}  // namespace fame
