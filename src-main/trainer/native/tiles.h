// The matrix unit (AMX): tiles of 16 rows of 64 bytes, products of bfloat16 summed in float32.
#pragma once

#if defined(__AMX_BF16__) && defined(__AVX512BF16__) && defined(__AVX512BW__)
#define FAME_TILES 1

#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "numbers.h"

namespace fame {

// Bytes of a tile, and elements of bfloat16 in one.
constexpr int64_t kTileBytes = 1024;
constexpr int64_t kTileElements = 512;

// Asks the kernel for the tiles, once a process. False where it refuses or the processor has none.
inline bool tiles_granted() {
  constexpr int kRequestPermission = 0x1023, kTileData = 18;
  return __builtin_cpu_supports("avx512bf16") &&
         syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

// Sets the eight tiles of this thread to their full size while it lives.
class Tiles {
 public:
  Tiles() {
    alignas(64) uint8_t layout[64] = {1};
    for (int i = 0; i < 8; i++) {
      const uint16_t bytes = 64;
      std::memcpy(layout + 16 + 2 * i, &bytes, 2);
      layout[48 + i] = 16;
    }
    _tile_loadconfig(layout);
  }
  Tiles(const Tiles&) = delete;
  ~Tiles() { _tile_release(); }
};

// Memory for tiles, at whole cache lines.
class TileBuffer {
 public:
  explicit TileBuffer(int64_t tiles)
      : data_(static_cast<bfloat16*>(
            std::aligned_alloc(64, std::max<int64_t>(tiles, 1) * kTileBytes))) {
    if (!data_) throw std::bad_alloc();
  }
  TileBuffer(const TileBuffer&) = delete;
  ~TileBuffer() { std::free(data_); }
  bfloat16* tile(int64_t index) const { return data_ + index * kTileElements; }

 private:
  bfloat16* data_;
};

// Sums of a 32 x 32 block in tiles 0 to 3: [[0, 1], [2, 3]].
inline void clear_sums() {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
}

// Adds the products of two tiles a (rows of 32 elements, `stride` bytes apart) and two tiles b (of
// pairs of rows, as `pack` makes them); the second b only for blocks of two columns of tiles.
template <int kColumns>
inline void add_products(const void* a0, const void* a1, int64_t stride, const void* b0,
                         const void* b1) {
  _tile_loadd(4, a0, stride);
  _tile_loadd(6, b0, 64);
  _tile_loadd(5, a1, stride);
  _tile_dpbf16ps(0, 4, 6);
  _tile_dpbf16ps(2, 5, 6);
  if (kColumns == 2) {
    _tile_loadd(7, b1, 64);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(3, 5, 7);
  }
}

// 16 rows of 16 words, transposed in place.
inline void transpose_words(__m512i r[16]) {
  __m512i t[16];
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
    r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
    r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
    r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
  }
  for (int i = 0; i < 4; i++) {
    t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
  }
  for (int i = 0; i < 4; i++) {
    r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
    r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
    r[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
    r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
  }
}

// Rounds 16 rows of 16 floats to bfloat16 and puts them `stride` elements apart.
inline void round_rows(const float* sums, bfloat16* out, int64_t stride) {
  for (int row = 0; row < 16; row++) {
    const __m256bh rounded = _mm512_cvtneps_pbh(_mm512_load_ps(sums + 16 * row));
    std::memcpy(out + row * stride, &rounded, sizeof(rounded));
  }
}

}  // namespace fame

#endif
