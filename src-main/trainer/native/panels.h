// Matrices packed for products: panel by panel of their columns, each panel row by row.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#include "terms.h"

namespace fame {

// As many sums as registers can hold beside a vector of b for each column and one for a.
#if defined(__AVX512F__)
constexpr int kTileRows = 8, kPanelVectors = 3;
#elif defined(__AVX2__) && defined(__FMA__)
constexpr int kTileRows = 6, kPanelVectors = 2;
#else
constexpr int kTileRows = 6, kPanelVectors = 4;
#endif

// Memory that begins at a cache line; its contents are undefined.
template <typename T>
class Buffer {
 public:
  explicit Buffer(int64_t count)
      : data_(static_cast<T*>(std::aligned_alloc(64, (count * sizeof(T) + 127) / 64 * 64))) {
    if (!data_) throw std::bad_alloc();
  }
  T* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(T* data) const { std::free(data); }
  };
  std::unique_ptr<T, Free> data_;
};

using FloatBuffer = Buffer<float>;

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
  // Words of a panel's last vector that are columns.
  int last(int64_t panel) const {
    return static_cast<int>(std::min<int64_t>(kWidth, n_ - first(panel + 1) + kWidth));
  }
  // Where a panel begins in a packed matrix of k rows of words.
  int64_t place(int64_t panel, int64_t k) const { return first(panel) * k; }

 private:
  int64_t n_, vectors_, panels_;
};

// Packs rows [begin, end) of words, of a matrix of k. `rows` says where the rows of numbers are
// that they come from, one each or two; null stands for zeros.
template <typename T>
void pack(const T* const* rows, const Columns& columns, int64_t k, int64_t begin, int64_t end,
          typename Terms<T>::Word* packed) {
  for (int64_t panel = 0; panel < columns.panels(); panel++) {
    const int vectors = columns.vectors(panel), last = columns.last(panel);
    const int64_t first = columns.first(panel);
    auto* to = packed + columns.place(panel, k) + begin * vectors * kWidth;
    const T* const* from = rows;
    for (int64_t i = begin; i < end; i++, from += Terms<T>::kCount) {
      for (int v = 0; v < vectors; v++, to += kWidth) {
        const int count = v + 1 < vectors ? kWidth : last;
        store_words(to, Terms<T>::join(from, first + v * kWidth, count));
      }
    }
  }
}

// The same where b's columns are `stride` numbers apart, and the numbers of a column follow each
// other: a square of kWidth columns by kWidth words at a time.
template <typename T>
void pack_transposed(const T* b, int64_t stride, const Columns& columns, int64_t k, int64_t begin,
                     int64_t end, typename Terms<T>::Word* packed) {
  for (int64_t panel = 0; panel < columns.panels(); panel++) {
    const int64_t width = columns.vectors(panel) * kWidth, first = columns.first(panel);
    auto* to = packed + columns.place(panel, k) + begin * width;
    for (int64_t column = 0; column < width; column += kWidth) {
      for (int64_t i = 0; i < end - begin; i += kWidth) {
        const int words = static_cast<int>(std::min<int64_t>(kWidth, end - begin - i));
        Floats square[kWidth];
        for (int64_t c = 0; c < kWidth; c++) {
          const int64_t n = first + column + c;
          square[c] = n < columns.count() ? load_words(b + n * stride + i * Terms<T>::kCount, words)
                                          : Floats{};
        }
        transpose(square);
        for (int w = 0; w < words; w++) store_words(to + (i + w) * width + column, square[w]);
      }
    }
  }
}

}  // namespace fame
