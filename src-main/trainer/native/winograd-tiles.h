// How Winograd's convolutions read, transform and write tiles of float32 or bfloat16.
#pragma once

#include <algorithm>

#include "terms.h"
#include "winograd-schemes.h"

namespace fame::winograd {

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
