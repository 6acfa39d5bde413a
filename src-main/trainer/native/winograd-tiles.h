// How Winograd's convolutions divide clips into tiles. Neighbouring tiles share two inputs:
//
//      inputs   . 0 1 2 3 4 5 6 7 8 .      . is padding: zeros
//      tile 0   └─────────┘                reads 6, gives outputs 0 to 3
//      tile 1           └─────────┘        gives outputs 4 to 7
//      tile 2                   └─ ...     reaches beyond the end: zeros are read, and outputs that
//                                          are not there are written to a place nobody reads
#pragma once

#include <algorithm>

#include "kernel.h"
#include "terms.h"
#include "winograd-transforms.h"

namespace fame::winograd {

constexpr int64_t kTileInputs = 6, kTileOutputs = 4;

inline int64_t tiles_along(int64_t length) { return (length + kTileOutputs - 1) / kTileOutputs; }

// Positions of a tile along an axis: outputs, or the inputs that they meet.
struct Window {
  int64_t before, length;
};
constexpr Window kInputWindow{1, kTileInputs}, kOutputWindow{0, kTileOutputs};

// Filters of 1 x 3 x 3 over the frames of clips.
struct ImageScheme {
  static constexpr int kInputs = 36, kOutputs = 16, kTaps = 9, kProducts = 36;

  // Of x or y: [B, T, H, W, C].
  explicit ImageScheme(const Shape& shape)
      : frames(shape[0] * shape[1]),
        height(shape[2]),
        width(shape[3]),
        down(tiles_along(height)),
        across(tiles_along(width)) {}

  // Tiles, and positions of x or y.
  int64_t count() const { return frames * down * across; }
  int64_t size() const { return frames * height * width; }

  // The place in memory of each position of a tile, or `outside`.
  template <typename Pointer>
  void places(int64_t tile, Window window, Pointer data, int64_t channels, Pointer outside,
              Pointer* places) const {
    const int64_t frame = tile / (down * across), row = tile / across % down,
                  column = tile % across;
    const int64_t top = row * kTileOutputs - window.before;
    const int64_t left = column * kTileOutputs - window.before;
    int64_t line = ((frame * height + top) * width + left) * channels;
    const int64_t step = width * channels;
    const bool whole =
        top >= 0 && top + window.length <= height && left >= 0 && left + window.length <= width;
    for (int64_t h = top; h < top + window.length; h++, line += step) {
      int64_t place = line;
      for (int64_t w = left; w < left + window.length; w++, place += channels) {
        *places++ = whole || (h >= 0 && h < height && w >= 0 && w < width) ? data + place : outside;
      }
    }
  }

  template <typename Line, typename Load, typename Store>
  static void transform(const Load& load, const Store& store) {
    transform_square<Line>(load, store);
  }

  int64_t frames, height, width, down, across;
};

// Filters of 3 x 1 x 1 over the frames of clips.
struct TimeScheme {
  static constexpr int kInputs = 6, kOutputs = 4, kTaps = 3, kProducts = 6;

  explicit TimeScheme(const Shape& shape)
      : clips(shape[0]),
        frames(shape[1]),
        positions(shape[2] * shape[3]),
        along(tiles_along(frames)) {}

  int64_t count() const { return clips * along * positions; }
  int64_t size() const { return clips * frames * positions; }

  template <typename Pointer>
  void places(int64_t tile, Window window, Pointer data, int64_t channels, Pointer outside,
              Pointer* places) const {
    const int64_t clip = tile / (along * positions), position = tile % positions;
    const int64_t first = tile / positions % along * kTileOutputs - window.before;
    for (int64_t t = first; t < first + window.length; t++) {
      const bool inside = t >= 0 && t < frames;
      *places++ = inside ? data + ((clip * frames + t) * positions + position) * channels : outside;
    }
  }

  template <typename Line, typename Load, typename Store>
  static void transform(const Load& load, const Store& store) {
    transform_line<Line>(load, store);
  }

  int64_t clips, frames, positions, along;
};

// Channels in chunks of whole vectors, so that what meets a chunk stays in the caches.
class Chunks {
 public:
  static constexpr int64_t kChunk = 64;

  explicit Chunks(int64_t channels)
      : vectors_((channels + kWidth - 1) / kWidth),
        count_((vectors_ * kWidth + kChunk - 1) / kChunk) {}

  int64_t count() const { return count_; }
  int64_t padded() const { return vectors_ * kWidth; }
  int64_t first(int64_t chunk) const { return chunk * vectors_ / count_ * kWidth; }
  int64_t size(int64_t chunk) const { return first(chunk + 1) - first(chunk); }

 private:
  int64_t vectors_, count_;
};

// Floats of one of the matrices that a transform gives. Matrices that follow each other begin at
// another set of the first-level cache each: a transform writes or reads a row of all of them.
inline int64_t matrix_size(int64_t rows, int64_t columns) { return rows * columns + 16; }

inline Floats load_some(const float* p, int64_t count) {
  if (count >= kWidth) return load_floats(p);
  return count > 0 ? load_part(p, static_cast<int>(count)) : Floats{};
}

inline void store_some(float* p, Floats v, int64_t count) {
  if (count >= kWidth) store_floats(p, v);
  else if (count > 0) store_part(p, v, static_cast<int>(count));
}

// Stores past the caches, where the processor can: what is not read again soon need not be read
// from memory before it is overwritten. `p` must be aligned to the vector.
inline void stream_floats(float* p, Floats v) {
#if defined(__AVX512F__)
  _mm512_stream_ps(p, v);
#elif defined(__AVX2__)
  _mm256_stream_ps(p, v);
#else
  store_floats(p, v);
#endif
}

#ifdef FAME_PAIRS

// The same of bfloat16, which is rounded when stored.
inline Floats load_some(const bfloat16* p, int64_t count) {
  const bfloat16* rows[] = {nullptr, p};
  return count > 0 ? Terms<bfloat16>::join(rows, 0, static_cast<int>(std::min<int64_t>(count, 16)))
                   : Floats{};
}

inline void store_some(bfloat16* p, Floats v, int64_t count) {
  if (count > 0) Terms<bfloat16>::round(p, v, static_cast<int>(std::min<int64_t>(count, kWidth)));
}

inline void stream_floats(bfloat16* p, Floats v) {
  _mm256_stream_si256((__m256i*)p, (__m256i)_mm512_cvtneps_pbh((__m512)v));
}

#endif

// To be called by a thread that has streamed, before others read what it wrote.
inline void end_stream() {
#if defined(__AVX2__)
  _mm_sfence();
#endif
}

// Transforms tiles of `data` to matrices [tiles, columns] from `to` on, `size` floats apart, for
// the columns [first, first + columns) of its channels; what is missing of them is zeros.
template <typename T>
struct TileBlock {
  int64_t first_tile, tiles;
  int64_t channels, first_channel, columns;
  const T* zeros;
  float* to;
  int64_t row, size;
};

template <typename Line, int kPlaces, typename Scheme, typename T>
void transform_tiles(const Scheme& scheme, const T* data, Window window,
                     const TileBlock<T>& block) {
  for (int64_t tile = 0; tile < block.tiles; tile++) {
    const T* places[kPlaces];
    scheme.places(block.first_tile + tile, window, data, block.channels, block.zeros, places);
    for (int64_t c = 0; c < block.columns; c += kWidth) {
      const int64_t channel = block.first_channel + c;
      float* to = block.to + tile * block.row + c;
      const auto store = [&](int i, Floats value) { store_floats(to + i * block.size, value); };
      const int64_t count = block.channels - channel;
      if (count >= kWidth) {
        Scheme::template transform<Line>([&](int i) { return load_floats(places[i] + channel); },
                                         store);
      } else {
        Scheme::template transform<Line>(
            [&](int i) { return load_some(places[i] + channel, count); }, store);
      }
    }
  }
}

}  // namespace fame::winograd
