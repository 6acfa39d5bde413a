// Products of matrices in float32, blocked for the processor's registers:
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
// Each sum is taken in the order of k, whatever the blocks and whoever computes it: results are
// equal to the bit for any number of threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#include "vector.h"

namespace fame {

// As many sums as registers can hold beside a vector of b for each column and one for a.
#if defined(__AVX512F__)
constexpr int kTileRows = 8, kPanelVectors = 3;
#elif defined(__AVX2__) && defined(__FMA__)
constexpr int kTileRows = 6, kPanelVectors = 2;
#else
constexpr int kTileRows = 6, kPanelVectors = 4;
#endif

// Memory for floats that begins at a cache line; its contents are undefined.
class FloatBuffer {
 public:
  explicit FloatBuffer(int64_t count)
      : data_(
            static_cast<float*>(std::aligned_alloc(64, (count * sizeof(float) + 127) / 64 * 64))) {
    if (!data_) throw std::bad_alloc();
  }
  float* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(float* data) const { std::free(data); }
  };
  std::unique_ptr<float, Free> data_;
};

// How n columns are parted into panels. A matrix of k rows is packed as one panel after another,
// each of k rows; what is missing to whole vectors is filled with zeros.
class Columns {
 public:
  explicit Columns(int64_t n)
      : n_(n),
        vectors_((n + kWidth - 1) / kWidth),
        panels_((vectors_ + kPanelVectors - 1) / kPanelVectors) {}

  int64_t count() const { return n_; }
  int64_t panels() const { return panels_; }
  // Columns with those that are filled with zeros.
  int64_t padded() const { return vectors_ * kWidth; }
  int64_t first(int64_t panel) const { return panel * vectors_ / panels_ * kWidth; }
  int vectors(int64_t panel) const {
    return static_cast<int>((first(panel + 1) - first(panel)) / kWidth);
  }
  // Floats of a panel's last vector that are columns.
  int last(int64_t panel) const {
    return static_cast<int>(std::min<int64_t>(kWidth, n_ - first(panel + 1) + kWidth));
  }
  // Where a panel begins in a packed matrix of k rows.
  int64_t place(int64_t panel, int64_t k) const { return first(panel) * k; }

 private:
  int64_t n_, vectors_, panels_;
};

// Packs rows [begin, end) of a matrix of k rows. b is the first of them, the next ones are `stride`
// floats apart.
inline void pack(const float* b, int64_t stride, const Columns& columns, int64_t k, int64_t begin,
                 int64_t end, float* packed) {
  for (int64_t panel = 0; panel < columns.panels(); panel++) {
    const int vectors = columns.vectors(panel), last = columns.last(panel);
    const float* row = b + columns.first(panel);
    float* to = packed + columns.place(panel, k) + begin * vectors * kWidth;
    for (int64_t i = begin; i < end; i++, row += stride) {
      for (int v = 0; v < vectors; v++, to += kWidth) {
        const bool whole = v + 1 < vectors || last == kWidth;
        store_floats(to, whole ? load_floats(row + v * kWidth) : load_part(row + v * kWidth, last));
      }
    }
  }
}

// The same where b's columns are `stride` floats apart, and its rows follow each other.
inline void pack_transposed(const float* b, int64_t stride, const Columns& columns, int64_t k,
                            int64_t begin, int64_t end, float* packed) {
  for (int64_t panel = 0; panel < columns.panels(); panel++) {
    const int64_t width = columns.vectors(panel) * kWidth, first = columns.first(panel);
    float* to = packed + columns.place(panel, k) + begin * width;
    for (int64_t n = 0; n < width; n++) {
      const bool there = first + n < columns.count();
      const float* column = b + (there ? (first + n) * stride : 0);
      for (int64_t i = 0; i < end - begin; i++) to[i * width + n] = there ? column[i] : 0.0f;
    }
  }
}

// `length` products that follow each other in k: a from an offset to the place of each row on, b
// from a row of the panel on.
struct Segment {
  int64_t a, b, length;
};

// The rows of a tile. Fewer are filled up by repeating one: it is computed twice and stored twice.
struct TileRows {
  const float* a[kTileRows];
  float* out[kTileRows];
};

// What goes with all tiles of a panel.
struct PanelStep {
  const Segment* segments;
  int64_t count;
  const float* panel;
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
template <int kVectors>
void multiply_tile(const PanelStep& step, const TileRows& rows, int64_t column) {
  Floats sums[kTileRows][kVectors] = {};
  for (int64_t i = 0; i < step.count; i++) {
    const Segment& segment = step.segments[i];
    const float* a[kTileRows];
    for (int r = 0; r < kTileRows; r++) a[r] = rows.a[r] + segment.a;
    const float* b = step.panel + segment.b * (kVectors * kWidth);
    for (int64_t k = 0; k < segment.length; k++, b += kVectors * kWidth) {
      Floats columns[kVectors];
      for (int v = 0; v < kVectors; v++) columns[v] = load_floats(b + v * kWidth);
      for (int r = 0; r < kTileRows; r++) {
        const Floats value = broadcast(a[r][k]);
        for (int v = 0; v < kVectors; v++) sums[r][v] += value * columns[v];
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
template <int kVectors = kPanelVectors>
void multiply_tile(int vectors, const PanelStep& step, const TileRows& rows, int64_t column) {
  if constexpr (kVectors > 1) {
    if (vectors < kVectors) return multiply_tile<kVectors - 1>(vectors, step, rows, column);
  }
  multiply_tile<kVectors>(step, rows, column);
}

// Rows of k that a panel stays in the first-level cache with.
constexpr int64_t kStepRows = 4096 / (kPanelVectors * kWidth) / 16 * 16;

// out[m][n] (+)= a[m][k] * b[k][n], b packed.
struct Product {
  const float* a;
  int64_t a_stride;
  const float* b;
  float* out;
  int64_t out_stride;
  int64_t m, k;
  bool add;
};

// On this thread. m should be so small that its rows of a stay in the second-level cache.
inline void multiply(const Product& p, const Columns& columns) {
  for (int64_t panel = 0; panel < columns.panels(); panel++) {
    for (int64_t k = 0; k == 0 || k < p.k; k += kStepRows) {
      const Segment segment{k, k, std::min(kStepRows, p.k - k)};
      const PanelStep step{&segment, 1, p.b + columns.place(panel, p.k), columns.last(panel),
                           p.add || k > 0};
      for (int64_t row = 0; row < p.m; row += kTileRows) {
        TileRows rows;
        for (int r = 0; r < kTileRows; r++) {
          const int64_t at = std::min(row + r, p.m - 1);
          rows.a[r] = p.a + at * p.a_stride;
          rows.out[r] = p.out + at * p.out_stride;
        }
        multiply_tile(columns.vectors(panel), step, rows, columns.first(panel));
      }
    }
  }
}

// `length` positions that follow each other: a from an offset on, b from one of its positions on.
struct Stretch {
  int64_t a, b, length;
};

// out[m][n] (+)= sum over positions p of a[p][m] * b[p][n]: a transposed product, as the gradients
// of filters are. a's positions are `a_stride` apart, b's `b_stride`, which is kVectors vectors if
// packed.
struct Transposed {
  const Stretch* stretches;
  int64_t count;
  const float* a;
  int64_t a_stride;
  const float* b;
  int64_t b_stride;
  float* out;
  int64_t out_stride;
  int last;
  bool add;
};

template <int kRows, int kVectors>
void multiply_transposed_tile(const Transposed& p) {
  Floats sums[kRows][kVectors] = {};
  for (int64_t i = 0; i < p.count; i++) {
    const Stretch& stretch = p.stretches[i];
    const float* a = p.a + stretch.a;
    const float* b = p.b + stretch.b * p.b_stride;
    for (int64_t k = 0; k < stretch.length; k++, a += p.a_stride, b += p.b_stride) {
      Floats columns[kVectors];
      for (int v = 0; v < kVectors; v++) columns[v] = load_floats(b + v * kWidth);
      for (int r = 0; r < kRows; r++) {
        const Floats value = broadcast(a[r]);
        for (int v = 0; v < kVectors; v++) sums[r][v] += value * columns[v];
      }
    }
  }
  for (int r = 0; r < kRows; r++) {
    if (p.add) add_sums(sums[r], p.out + r * p.out_stride, p.last);
    store_sums(sums[r], p.out + r * p.out_stride, p.last);
  }
}

template <int kRows, int kVectors = kPanelVectors>
void multiply_transposed_rows(int vectors, const Transposed& p) {
  if constexpr (kVectors > 1) {
    if (vectors < kVectors) return multiply_transposed_rows<kRows, kVectors - 1>(vectors, p);
  }
  multiply_transposed_tile<kRows, kVectors>(p);
}

// All m rows for one panel of b.
inline void multiply_transposed(int vectors, Transposed p, int64_t m) {
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
