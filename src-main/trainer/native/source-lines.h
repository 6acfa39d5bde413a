// What a correlation reads, as lines of floats: those of the source itself where nothing lies
// outside of it, or of a copy with zeros around.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "correlation.h"

namespace fame {

class SourceLines {
 public:
  explicit SourceLines(const Correlation& c)
      : t_(c.axes[0]),
        h_(c.axes[1]),
        w_(c.axes[2]),
        inputs_(c.inputs),
        in_place_(c.taps() == 0 || (h_.stays_inside() && w_.stays_inside())),
        length_((in_place_ ? w_.in : w_.span(w_.out)) * inputs_) {}

  bool in_place() const { return in_place_; }
  // Floats of a line, and from what one output reads to what the next one reads.
  int64_t length() const { return length_; }
  int64_t step() const { return w_.stride * inputs_; }

  // In place: what the first output of line h reads, of source frame t.
  const float* place(const float* x, int64_t clip, int64_t t, int64_t h) const {
    const int64_t line = (clip * t_.in + t) * h_.in + h * h_.stride + h_.offset;
    return x + line * length_ + w_.offset * inputs_;
  }

  // Copies the lines that outputs of lines [first, end) read, of source frame t.
  void copy(const float* x, int64_t clip, int64_t t, int64_t first, int64_t end, float* to) const {
    const int64_t width = w_.span(w_.out);
    const int64_t left = std::clamp<int64_t>(-w_.offset, 0, width);
    const int64_t right = std::clamp<int64_t>(w_.in - w_.offset, left, width);
    const float* frame = x + (clip * t_.in + t) * h_.in * w_.in * inputs_;
    const int64_t begin = first * h_.stride + h_.offset;
    for (int64_t h = begin; h < begin + h_.span(end - first); h++, to += length_) {
      if (h < 0 || h >= h_.in || left == right) {
        std::fill(to, to + length_, 0.0f);
        continue;
      }
      std::fill(to, to + left * inputs_, 0.0f);
      std::memcpy(to + left * inputs_, frame + (h * w_.in + w_.offset + left) * inputs_,
                  (right - left) * inputs_ * sizeof(float));
      std::fill(to + right * inputs_, to + length_, 0.0f);
    }
  }

 private:
  const Axis &t_, &h_, &w_;
  const int64_t inputs_;
  const bool in_place_;
  const int64_t length_;
};

}  // namespace fame
