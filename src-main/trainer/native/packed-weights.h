// The weights of a correlation, packed for its products: rows are (tap of time, of rows, then words
// of what a row of taps reads), columns the outputs.
#pragma once

#include "correlation.h"
#include "panels.h"
#include "workers.h"

namespace fame {

template <typename T>
class PackedWeights {
 public:
  using Word = typename Terms<T>::Word;

  // @param w [t, h, w, C, D] of `sizes` @param transposed whether the inputs are D, of which there
  // must be whole words, and the outputs C
  PackedWeights(const T* w, const ConvSizes& sizes, const Correlation& c, bool transposed)
      : w_(w),
        sizes_(sizes),
        c_(c),
        run_(words(c.axes[2].count * c.inputs)),
        columns_(c.outputs),
        depth_(c.axes[0].count * c.axes[1].count * run_),
        data_(depth_ * columns_.padded()) {
    constexpr int64_t kRows = 64;
    const int64_t lines = c.axes[0].count * c.axes[1].count;
    const int64_t length = transposed ? words(c.inputs) : run_,
                  parts = (length + kRows - 1) / kRows;
    const int64_t pieces = transposed ? c.axes[2].count : 1;
    Workers::shared().each(lines * pieces * parts, [&](int64_t item) {
      const int64_t line = item / parts / pieces, piece = item / parts % pieces;
      const int64_t begin = item % parts * kRows, end = std::min(length, begin + kRows);
      if (transposed) pack_tap(line, piece, begin, end);
      else pack_line<kRows>(line, begin, end);
    });
  }

  const Columns& columns() const { return columns_; }
  // Words that a row of taps reads.
  int64_t run() const { return run_; }
  const Word* panel(int64_t panel) const { return data_.data() + columns_.place(panel, depth_); }

 private:
  static int64_t words(int64_t numbers) {
    return (numbers + Terms<T>::kCount - 1) / Terms<T>::kCount;
  }

  // Words [begin, end) of a line of taps, which may join two taps.
  template <int64_t kRows>
  void pack_line(int64_t line, int64_t begin, int64_t end) {
    const T* rows[kRows * Terms<T>::kCount];
    const int64_t first = begin * Terms<T>::kCount, run = c_.axes[2].count * c_.inputs;
    for (int64_t i = first; i < end * Terms<T>::kCount; i++) {
      const T* tap = i < run ? tap_of(line, i / c_.inputs) : nullptr;
      rows[i - first] = tap ? tap + i % c_.inputs * c_.outputs : nullptr;
    }
    pack<T>(rows, columns_, depth_, line * run_ + begin, line * run_ + end, data_.data());
  }

  void pack_tap(int64_t line, int64_t tap, int64_t begin, int64_t end) {
    const int64_t row = line * run_ + tap * words(c_.inputs);
    pack_transposed<T>(tap_of(line, tap) + begin * Terms<T>::kCount, c_.inputs, columns_, depth_,
                       row + begin, row + end, data_.data());
  }

  // @param line counts taps of time and rows @param tap of columns
  const T* tap_of(int64_t line, int64_t tap) const {
    const auto& [t, h, w] = c_.axes;
    const int64_t i = line / h.count, j = line % h.count;
    const int64_t index =
        ((t.tap + i * t.tap_step) * sizes_.taps[1] + h.tap + j * h.tap_step) * sizes_.taps[2] +
        w.tap + tap * w.tap_step;
    return w_ + index * c_.inputs * c_.outputs;
  }

  const T* w_;
  const ConvSizes& sizes_;
  const Correlation& c_;
  const int64_t run_;
  const Columns columns_;
  const int64_t depth_;
  const Buffer<Word> data_;
};

}  // namespace fame
