// What a thread adds at a time to the gradient of a convolution's kernel on the matrix unit: for
// every tap the product of x, transposed, with dy, summed over all positions. As the transposed x
// has its positions after one another, a tap is no more than another place to read from.
#pragma once

#include <vector>

#include "conv-sizes.h"
#include "tiles.h"

namespace fame {

#ifdef FAME_TILES

// 32 rows of 16 elements as 16 rows of 32 words' halves: pairs of rows, interleaved. Null is zeros.
template <typename Row>
inline void load_pairs(const Row& row, __m512i pairs[16]) {
  for (int64_t pair = 0; pair < 16; pair++) {
    const auto load = [&](int64_t i) {
      const bfloat16* values = row(i);
      if (!values) return _mm512_setzero_si512();
      return _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(values)));
    };
    pairs[pair] = _mm512_or_si512(load(2 * pair), _mm512_slli_epi32(load(2 * pair + 1), 16));
  }
}

// How x is transposed: each of `channels` elements that follow a place of x is a row of positions.
struct Layout {
  // Few channels are taken for all taps of a row at once, which are in one piece.
  explicit Layout(const ConvSizes& s)
      : channels(s.inputs < 16 ? s.taps[2] * s.inputs : s.inputs),
        taps(s.inputs < 16 ? 1 : s.taps[2]),
        phases(std::min(s.strides[2], taps)),
        // Rows that begin at another cache line each.
        length((((s.positions() + 31) / 32 * 32 + shift(s, s.taps[1] - 1, taps - 1) + 63) / 64 * 2 +
                1) *
               32) {}

  int64_t height() const { return (channels + 15) / 16; }

  // How many positions away a tap reads.
  static int64_t shift(const ConvSizes& s, int64_t h, int64_t w) {
    return h / s.strides[1] * s.row() + w / s.strides[2];
  }

  int64_t channels, taps, phases, length;
};

// A range of rows of the sums, in tiles, over some of the frames: what one thread does at a time.
class FilterShare {
 public:
  FilterShare(const ConvSizes& sizes, const std::vector<int64_t>& places, int64_t first_row,
              int64_t end_row)
      : s_(sizes),
        places_(places),
        layout_(sizes),
        first_row_(first_row),
        height_(end_row - first_row),
        width_(sizes.outputs / 16),
        steps_(static_cast<int64_t>(places.size()) / 32),
        planes_(s_.strides[1] * layout_.phases),
        sums_(rows_of_taps() * layout_.taps * height_ * width_) {
    std::memset(sums_.tile(0), 0, rows_of_taps() * layout_.taps * height_ * width_ * kTileBytes);
  }

  // Adds what groups [first, end) give. @param x of all clips @param dy of all clips
  void add(const std::vector<FrameGroup>& groups, int64_t first, int64_t end, const bfloat16* x,
           const bfloat16* dy) {
    int64_t inputs = 0, outputs = 0;
    for (int64_t i = first; i < end; i++) {
      inputs = std::max(inputs, groups[i].end_input - groups[i].first_input);
      outputs = std::max(outputs, groups[i].end - groups[i].first);
    }
    Sheets sheet(s_, 1);
    // Behind the rows of x follow zeros that a tap may read.
    rows_.assign((inputs * plane_count() + 1) * 16 * layout_.length, 0);
    const TileBuffer columns(outputs * steps_ * width_);
    for (int64_t i = first; i < end; i++) {
      const FrameGroup& group = groups[i];
      for (int64_t t = group.first_input; t < group.end_input; t++) {
        sheet.fill(0, x + (group.clip * s_.from[0] + t) * s_.from[1] * s_.from[2] * s_.inputs);
        transpose(sheet, t - group.first_input);
      }
      for (int64_t t = group.first; t < group.end; t++) {
        const int64_t size = s_.to[1] * s_.to[2] * s_.outputs;
        interleave(dy + (group.clip * s_.to[0] + t) * size, columns, t - group.first);
      }
      multiply(group, columns);
    }
  }

  bool has_row(int64_t row) const { return row >= first_row_ && row < first_row_ + height_; }

  // The sums of a tile, [16, 16]. @param row counted from the first of all rows
  const float* sums(int64_t tap, int64_t row, int64_t column) const {
    return sum_tile(tap, row - first_row_, column);
  }

 private:
  int64_t rows_of_taps() const { return s_.taps[0] * s_.taps[1]; }
  int64_t plane_count() const { return planes_ * height_; }

  bfloat16* row_at(int64_t frame, int64_t plane, int64_t row) {
    const int64_t first = (frame * planes_ + plane) * height_ + row;
    return reinterpret_cast<bfloat16*>(rows_.data()) + first * 16 * layout_.length;
  }

  void transpose(const Sheets& sheet, int64_t frame) {
    for (int64_t plane = 0; plane < planes_; plane++) {
      const bfloat16* from =
          sheet.at<bfloat16>(0, plane / layout_.phases, plane % layout_.phases) + first_row_ * 16;
      // Taps further down read what lies behind the last position.
      const int64_t end = std::min(
          layout_.length - 32, steps_ * 32 + Layout::shift(s_, s_.taps[1] - 1, layout_.taps - 1));
      for (int64_t row = 0; row < height_; row++) {
        bfloat16* to = row_at(frame, plane, row);
        for (int64_t p = 0; p < end; p += 32) {
          __m512i words[16];
          load_pairs([&](int64_t i) { return from + (p + i) * sheet.stride() + row * 16; }, words);
          transpose_words(words);
          for (int64_t c = 0; c < 16; c++)
            _mm512_storeu_si512(to + c * layout_.length + p, words[c]);
        }
      }
    }
  }

  void interleave(const bfloat16* dy, const TileBuffer& columns, int64_t frame) const {
    for (int64_t step = 0; step < steps_; step++) {
      for (int64_t column = 0; column < width_; column++) {
        __m512i pairs[16];
        load_pairs(
            [&](int64_t i) {
              const int64_t place = places_[step * 32 + i];
              return place < 0 ? nullptr : dy + place * s_.outputs + column * 16;
            },
            pairs);
        bfloat16* tile = columns.tile((frame * steps_ + step) * width_ + column);
        for (int64_t i = 0; i < 16; i++) _mm512_store_si512(tile + 32 * i, pairs[i]);
      }
    }
  }

  // Some positions of some frames, so few that two columns of their tiles stay in the first-level
  // cache while they meet every row of every tap.
  struct Chunk {
    int64_t first_frame, end_frame, first_step, end_step;
  };

  void multiply(const FrameGroup& group, const TileBuffer& columns) {
    constexpr int64_t kChunkSteps = 8;
    const int64_t frames = std::max<int64_t>(1, kChunkSteps / steps_);
    for (int64_t t = group.first; t < group.end; t += frames) {
      for (int64_t step = 0; step < steps_; step += kChunkSteps) {
        const Chunk chunk = {t, std::min(group.end, t + frames), step,
                             std::min(steps_, step + kChunkSteps)};
        for (int64_t column = 0; column < width_; column += 2) {
          if (column + 1 < width_) multiply_column<2>(group, chunk, columns, column);
          else multiply_column<1>(group, chunk, columns, column);
        }
      }
    }
  }

  template <int kColumns>
  void multiply_column(const FrameGroup& group, const Chunk& chunk, const TileBuffer& columns,
                       int64_t column) {
    for (int64_t row = 0; row < height_; row += 2) {
      for (int64_t i = 0; i < s_.taps[0]; i++) {
        for (int64_t j = 0; j < s_.taps[1]; j++) {
          for (int64_t k = 0; k < layout_.taps; k++) {
            multiply_block<kColumns>(group, chunk, columns, i, j, k, row, column);
          }
        }
      }
    }
  }

  template <int kColumns>
  void multiply_block(const FrameGroup& group, const Chunk& chunk, const TileBuffer& columns,
                      int64_t i, int64_t j, int64_t k, int64_t row, int64_t column) {
    alignas(64) float unused[256] = {};
    const bool high = row + 1 < height_;
    const int64_t tap = (i * s_.taps[1] + j) * layout_.taps + k;
    const auto below = [&](int64_t c) { return high ? sum_tile(tap, row + 1, c) : unused; };
    _tile_loadd(0, sum_tile(tap, row, column), 64);
    _tile_loadd(2, below(column), 64);
    if (kColumns == 2) {
      _tile_loadd(1, sum_tile(tap, row, column + 1), 64);
      _tile_loadd(3, below(column + 1), 64);
    }
    const int64_t plane = j % s_.strides[1] * layout_.phases + k % s_.strides[2];
    const int64_t next = high ? 16 * layout_.length : 0;
    for (int64_t t = chunk.first_frame; t < chunk.end_frame; t++) {
      const int64_t input = s_.frame(t, i);
      if (input < 0) continue;
      const bfloat16* a = row_at(input - group.first_input, plane, row) + Layout::shift(s_, j, k);
      for (int64_t step = chunk.first_step; step < chunk.end_step; step++) {
        const bfloat16* b = columns.tile(((t - group.first) * steps_ + step) * width_ + column);
        add_products<kColumns>(a + 32 * step, a + 32 * step + next,
                               layout_.length * sizeof(bfloat16), b, b + kTileElements);
      }
    }
    _tile_stored(0, sum_tile(tap, row, column), 64);
    _tile_stored(2, below(column), 64);
    if (kColumns == 2) {
      _tile_stored(1, sum_tile(tap, row, column + 1), 64);
      _tile_stored(3, below(column + 1), 64);
    }
  }

  float* sum_tile(int64_t tap, int64_t row, int64_t column) const {
    return reinterpret_cast<float*>(sums_.tile((tap * height_ + row) * width_ + column));
  }

  const ConvSizes& s_;
  const std::vector<int64_t>& places_;
  const Layout layout_;
  const int64_t first_row_, height_, width_, steps_, planes_;
  const TileBuffer sums_;
  std::vector<uint16_t> rows_;
};

#endif

}  // namespace fame
