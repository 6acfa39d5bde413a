// What batch normalisation and its gradient share: rows of channels in blocks, and sums over them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernel.h"
#include "lanes.h"

namespace fame {

// Rows of channels, parted into blocks that one thread takes at a time: some 64 KiB.
struct Blocks {
  Blocks(const Shape& shape, size_t element)
      : channels(shape.back()),
        rows(size_of(shape) / channels),
        length(std::max<int64_t>(16, 65536 / (channels * static_cast<int64_t>(element)))),
        count((rows + length - 1) / length),
        slots(channels) {}

  int64_t begin(int64_t block) const { return block * length; }
  int64_t size(int64_t block) const { return std::min(rows, begin(block) + length) - begin(block); }
  // Where a block begins in x.
  int64_t place(int64_t block) const { return begin(block) * channels; }

  int64_t channels, rows, length, count;
  ChannelSlots slots;
};

// Two sums a channel, [2, slots], of all blocks.
class Sums {
 public:
  explicit Sums(const Blocks& blocks)
      : blocks_(blocks),
        width_(2 * blocks.slots.count),
        parts_(new float[blocks.count * width_]()) {}

  float* first(int64_t block) { return parts_.get() + block * width_; }
  float* second(int64_t block) { return first(block) + blocks_.slots.count; }

  // [2, C]
  std::vector<double> join() const {
    std::vector<double> total(width_, 0.), joined(2 * blocks_.channels);
    for (int64_t block = 0; block < blocks_.count; block++) {
      const float* part = parts_.get() + block * width_;
      for (int64_t i = 0; i < width_; i++) total[i] += part[i];
    }
    for (int64_t c = 0; c < blocks_.channels; c++) {
      joined[c] = total[blocks_.slots.slot(c)];
      joined[blocks_.channels + c] = total[blocks_.slots.count + blocks_.slots.slot(c)];
    }
    return joined;
  }

 private:
  const Blocks& blocks_;
  const int64_t width_;
  const std::unique_ptr<float[]> parts_;
};

}  // namespace fame
