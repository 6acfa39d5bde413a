// Passes over rows of channels, in vectors of floats and bfloat16 alike.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "numbers.h"
#include "vector.h"

namespace fame {

// Ways to read and write some channels that follow each other, as numbers of type V.
struct VectorLane {
  using V = Floats;
  static constexpr int kCount = kWidth;

  static V read(const float* p) { return load_floats(p); }
  static void write(float* p, V value) { store_floats(p, value); }

  static V read(const bfloat16* p) {
    Halves halves;
    std::memcpy(&halves, p, sizeof(halves));
    return (Floats)(__builtin_convertvector(halves, Words) << 16);
  }
  // To the nearest, ties to even.
  static void write(bfloat16* p, V value) {
    const Words bits = (Words)value;
    const Words rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    const Halves halves = __builtin_convertvector(rounded, Halves);
    std::memcpy(p, &halves, sizeof(halves));
  }

 private:
  typedef uint16_t Halves __attribute__((vector_size(2 * kWidth)));
  typedef uint32_t Words __attribute__((vector_size(4 * kWidth)));
};

struct ScalarLane {
  using V = float;
  static constexpr int kCount = 1;

  template <typename T>
  static V read(const T* p) {
    return load(p);
  }
  template <typename T>
  static void write(T* p, V value) {
    store(p, value);
  }
};

// How channels are parted into vectors. What is left over is the last vector's worth of channels,
// which overlaps the one before:
//
//   channels  0 1 2 3 4 5 6 7 8 9     10 of them, vectors of 4
//             └─────┘ └─────┘
//                         └─────┘
//   slots     0 1 2 3 4 5 6 7 8 9 10 11
//
// Sums are kept by slot, so that those of both are whole; slot(8) is 10 here.
struct ChannelSlots {
  explicit ChannelSlots(int64_t channels)
      : channels(channels),
        full(channels / kWidth * kWidth),
        count(channels < kWidth ? channels : (channels + kWidth - 1) / kWidth * kWidth) {}

  int64_t slot(int64_t channel) const {
    if (channels < kWidth || channel < full) return channel;
    return full + channel - (channels - kWidth);
  }

  int64_t channels, full, count;
};

// Calls pass.at<Lane, kLanes>(channel, slot, begin, end) so that every channel of every row is
// visited, a few rows at a time, that stay in the first-level cache.
template <typename Pass>
void over_rows(const Pass& pass, int64_t rows, const ChannelSlots& slots) {
  constexpr int64_t kTogether = 16;
  for (int64_t begin = 0; begin < rows; begin += kTogether) {
    const int64_t end = std::min(rows, begin + kTogether);
    int64_t c = 0;
    if (slots.channels < kWidth) {
      for (; c < slots.channels; c++) pass.template at<ScalarLane, 1>(c, c, begin, end);
      continue;
    }
    for (; c + 4 * kWidth <= slots.full; c += 4 * kWidth) {
      pass.template at<VectorLane, 4>(c, c, begin, end);
    }
    for (; c + 2 * kWidth <= slots.full; c += 2 * kWidth) {
      pass.template at<VectorLane, 2>(c, c, begin, end);
    }
    for (; c < slots.full; c += kWidth) pass.template at<VectorLane, 1>(c, c, begin, end);
    if (c < slots.channels) {
      pass.template at<VectorLane, 1>(slots.channels - kWidth, c, begin, end);
    }
  }
}

// kLanes vectors (or numbers) that follow each other.
template <typename Lane, int kLanes>
struct Lanes {
  typename Lane::V v[kLanes];

  template <typename T>
  static Lanes read(const T* p) {
    Lanes lanes;
    for (int i = 0; i < kLanes; i++) lanes.v[i] = Lane::read(p + i * Lane::kCount);
    return lanes;
  }

  template <typename T>
  void write(T* p) const {
    for (int i = 0; i < kLanes; i++) Lane::write(p + i * Lane::kCount, v[i]);
  }
};

}  // namespace fame
