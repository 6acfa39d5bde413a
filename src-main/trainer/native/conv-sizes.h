// The geometry of a convolution over volumes, and how its frames are laid out for the matrix unit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "kernel.h"

namespace fame {

// Frames, rows and columns: of x, of y, of the kernel; places between windows, zeros before x.
struct ConvSizes {
  int64_t batch, inputs, outputs;
  Shape from, to, taps, strides, before;

  // @param x [B, T, H, W, C] @param w [t, h, w, C, D] @param pads before and after, by axis
  static ConvSizes of(const Shape& x, const Shape& w, const Shape& strides, const Shape& pads) {
    expect(x.size() == 5 && w.size() == 5 && x[4] == w[3], "x or w does not fit");
    ConvSizes s{x[0], w[3], w[4], {x[1], x[2], x[3]}, {}, {w[0], w[1], w[2]}, strides, {}};
    for (int i = 0; i < 3; i++) {
      const int64_t padded = s.from[i] + pads[2 * i] + pads[2 * i + 1];
      for (const int64_t pad : {pads[2 * i], pads[2 * i + 1]}) {
        expect(pad >= 0 && pad < s.taps[i], "zeros around must be fewer than taps");
      }
      expect(strides[i] > 0 && padded >= s.taps[i], "x is smaller than the kernel");
      s.to.push_back((padded - s.taps[i]) / strides[i] + 1);
      s.before.push_back(pads[2 * i]);
    }
    return s;
  }

  Shape output() const { return {batch, to[0], to[1], to[2], outputs}; }

  // Frames that do not meet those of other times are one long clip.
  ConvSizes joined() const {
    ConvSizes s = *this;
    if (taps[0] != 1 || strides[0] != 1 || before[0] != 0 || from[0] != to[0]) return s;
    s.from[0] = s.to[0] = batch * from[0];
    s.batch = 1;
    return s;
  }

  // The input frame that an output frame meets at a tap, or less than 0 for none.
  int64_t frame(int64_t t, int64_t tap) const {
    const int64_t at = t * strides[0] + tap - before[0];
    return at < from[0] ? at : -1;
  }

  // Positions are numbered along rows of this length, padding included: so the distance in memory
  // between a position and what a tap reads for it is the same for all of them.
  int64_t row() const { return ((to[2] - 1) * strides[2] + taps[2] + strides[2] - 1) / strides[2]; }
  int64_t positions() const { return to[1] * row(); }

  // For each position, rounded up to 32, its place in a frame of the output; less than 0 for none.
  std::vector<int64_t> places() const {
    std::vector<int64_t> places((positions() + 31) / 32 * 32, -1);
    for (int64_t h = 0; h < to[1]; h++) {
      for (int64_t w = 0; w < to[2]; w++) places[h * row() + w] = h * to[2] + w;
    }
    return places;
  }
};

// A frame of x with zeros around. Rows are parted by their rest modulo the stride, so that the rows
// which a tap reads for one output row after another follow each other.
class Sheets {
 public:
  // @param count how many frames; behind each follow zeros that may be read
  Sheets(const ConvSizes& sizes, int64_t count)
      : sizes_(sizes),
        width_(sizes.row() * sizes.strides[2] * sizes.inputs),
        height_((sizes.to[1] * sizes.strides[1] + sizes.taps[1] - 1) / sizes.strides[1]),
        size_(sheet(sizes)),
        data_(count * size_) {}

  // Elements of one.
  static int64_t sheet(const ConvSizes& s) {
    const int64_t row = s.row() * s.strides[2] * s.inputs;
    const int64_t height = (s.to[1] * s.strides[1] + s.taps[1] - 1) / s.strides[1];
    const int64_t slack = (64 * s.strides[2] + s.taps[2]) * s.inputs + 64;
    return (s.strides[1] * height * row + slack + 31) / 32 * 32;
  }

  // @param frame [H, W, C]
  template <typename T>
  void fill(int64_t index, const T* frame) {
    const int64_t stride = sizes_.strides[1], channels = sizes_.inputs;
    const int64_t columns =
        std::min(sizes_.from[2], sizes_.row() * sizes_.strides[2] - sizes_.before[2]);
    for (int64_t h = 0; h < sizes_.from[1]; h++) {
      const int64_t at = h + sizes_.before[1];
      if (at / stride >= height_) break;
      uint16_t* row = data_.data() + index * size_ + (at % stride * height_ + at / stride) * width_;
      std::memcpy(row + sizes_.before[2] * channels, frame + h * sizes_.from[2] * channels,
                  columns * channels * sizeof(T));
    }
  }

  // What a tap reads for the first position; positions are `stride()` elements apart.
  template <typename T>
  const T* at(int64_t index, int64_t h, int64_t w) const {
    const int64_t stride = sizes_.strides[1];
    const uint16_t* row =
        data_.data() + index * size_ + (h % stride * height_ + h / stride) * width_;
    return reinterpret_cast<const T*>(row + w * sizes_.inputs);
  }

  int64_t stride() const { return sizes_.strides[2] * sizes_.inputs; }

 private:
  const ConvSizes& sizes_;
  const int64_t width_, height_, size_;
  std::vector<uint16_t> data_;
};

// Output frames of one clip that are worked on together.
struct FrameGroup {
  int64_t clip, first, end;
  // Input frames that they meet.
  int64_t first_input, end_input;
};

// @param length output frames a group, at most
inline std::vector<FrameGroup> frame_groups(const ConvSizes& s, int64_t length) {
  std::vector<FrameGroup> groups;
  for (int64_t clip = 0; clip < s.batch; clip++) {
    for (int64_t t = 0; t < s.to[0]; t += length) {
      const int64_t end = std::min(s.to[0], t + length);
      const int64_t first_input = std::max<int64_t>(0, t * s.strides[0] - s.before[0]);
      const int64_t last = (end - 1) * s.strides[0] + s.taps[0] - 1 - s.before[0];
      groups.push_back({clip, t, end, first_input, std::min(s.from[0], last + 1)});
    }
  }
  return groups;
}

}  // namespace fame
