// What a correlation reads, as lines of numbers: those of the source itself where nothing lies
// outside of it, or of a copy with zeros around.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "correlation.h"
#include "terms.h"

namespace fame {

// Copies the places [first, first + width) of line `h` of a frame; those outside of it are zeros.
template <typename T>
void copy_line(const T* frame, const Correlation& c, int64_t h, int64_t first, int64_t width,
               T* to) {
  const int64_t rows = c.axes[1].in, columns = c.axes[2].in, channels = c.inputs;
  const int64_t left = std::clamp<int64_t>(-first, 0, width);
  const int64_t right = std::clamp<int64_t>(columns - first, left, width);
  if (h < 0 || h >= rows || left == right) {
    std::memset(to, 0, width * channels * sizeof(T));
    return;
  }
  std::memset(to, 0, left * channels * sizeof(T));
  std::memcpy(to + left * channels, frame + (h * columns + first + left) * channels,
              (right - left) * channels * sizeof(T));
  std::memset(to + right * channels, 0, (width - right) * channels * sizeof(T));
}

template <typename T>
class SourceLines {
 public:
  explicit SourceLines(const Correlation& c)
      : c_(c),
        in_place_(c.taps() == 0 || (c.axes[1].stays_inside() && c.axes[2].stays_inside() &&
                                    c.axes[2].count * c.inputs % Terms<T>::kCount == 0)),
        width_(in_place_ ? c.axes[2].in : c.axes[2].span(c.axes[2].out)),
        // The last word of a copied line is whole.
        length_(in_place_ ? width_ * c.inputs
                          : (width_ * c.inputs + Terms<T>::kCount - 1) / Terms<T>::kCount *
                                Terms<T>::kCount) {}

  bool in_place() const { return in_place_; }
  // Numbers of a line, and from what one output reads to what the next one reads.
  int64_t length() const { return length_; }
  int64_t step() const { return c_.axes[2].stride * c_.inputs; }

  // In place: what the first output of line h reads, of source frame t.
  const T* place(const T* x, int64_t clip, int64_t t, int64_t h) const {
    const auto& [time, rows, columns] = c_.axes;
    const int64_t line = (clip * time.in + t) * rows.in + h * rows.stride + rows.offset;
    return x + line * length_ + columns.offset * c_.inputs;
  }

  // Copies the lines that outputs of lines [first, end) read, of source frame t.
  void copy(const T* x, int64_t clip, int64_t t, int64_t first, int64_t end, T* to) const {
    const auto& [time, rows, columns] = c_.axes;
    const T* frame = x + (clip * time.in + t) * rows.in * columns.in * c_.inputs;
    const int64_t begin = first * rows.stride + rows.offset;
    for (int64_t h = begin; h < begin + rows.span(end - first); h++, to += length_) {
      copy_line(frame, c_, h, columns.offset, width_, to);
      std::memset(to + width_ * c_.inputs, 0, (length_ - width_ * c_.inputs) * sizeof(T));
    }
  }

 private:
  const Correlation& c_;
  const bool in_place_;
  const int64_t width_, length_;
};

// What the gradient of a kernel reads, in words of positions: those of float32 as above, and in
// bfloat16 always a copy, whose word for each place joins it with the place that the next output
// reads for it.
//
//   stride 1:  (x0, x1) (x1, x2) (x2, x3) ...     outputs 0 and 1 meet tap k at word k,
//                                                 outputs 2 and 3 at word k + 2
template <typename T>
class FilterLines;

template <>
class FilterLines<float> : public SourceLines<float> {
 public:
  using SourceLines::SourceLines;
};

#ifdef FAME_PAIRS

template <>
class FilterLines<bfloat16> {
 public:
  explicit FilterLines(const Correlation& c) : c_(c), stride_(c.axes[2].stride) {}

  bool in_place() const { return false; }
  // Words of a line, and from what a pair of outputs reads to what the next one reads.
  int64_t length() const { return places() * c_.inputs; }
  int64_t step() const { return 2 * stride_ * c_.inputs; }

  const Pair* place(const bfloat16*, int64_t, int64_t, int64_t) const { return nullptr; }

  void copy(const bfloat16* x, int64_t clip, int64_t t, int64_t first, int64_t end,
            Pair* to) const {
    const auto& [time, rows, columns] = c_.axes;
    const bfloat16* frame = x + (clip * time.in + t) * rows.in * columns.in * c_.inputs;
    const int64_t begin = first * rows.stride + rows.offset, width = places() + stride_;
    const Buffer<bfloat16> line(width * c_.inputs);
    for (int64_t h = begin; h < begin + rows.span(end - first); h++, to += length()) {
      copy_line(frame, c_, h, columns.offset, width, line.data());
      const bfloat16* both[] = {line.data(), line.data() + stride_ * c_.inputs};
      for (int64_t i = 0; i < length(); i += kWidth) {
        const int count = static_cast<int>(std::min<int64_t>(kWidth, length() - i));
        store_words(to + i, Terms<bfloat16>::join(both, i, count), count);
      }
    }
  }

 private:
  // Outputs that are one short of a pair are filled up.
  int64_t places() const { return c_.axes[2].span((c_.axes[2].out + 1) / 2 * 2); }

  const Correlation& c_;
  const int64_t stride_;
};

#endif

}  // namespace fame
