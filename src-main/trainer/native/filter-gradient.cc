// The gradient of a convolution's kernel on the matrix unit, for kernels over time alone: for every
// tap the product of x, transposed, with dy, summed over all positions of all frames that meet.
#include <memory>
#include <vector>

#include "kernel.h"
#include "tiles.h"
#include "workers.h"

namespace fame {

#ifdef FAME_TILES
namespace {

// Positions of a frame that are prepared together, and in one tile.
constexpr int64_t kBlock = 64, kStep = 32;

// Tiles of 32 positions by 16 channels, one for each 16 of `count` channels from the first. As
// pairs of positions, [16 pairs, 16 channels, 2], or transposed, [16 channels, 32 positions].
template <bool kTransposed>
void prepare_step(const bfloat16* frame, int64_t position, int64_t positions, int64_t channels,
                  int64_t count, bfloat16* tiles) {
  for (int64_t c = 0; c < count; c += 16, tiles += kTileElements) {
    __m512i pairs[16];
    for (int64_t pair = 0; pair < 16; pair++) {
      const int64_t p = position + 2 * pair;
      const auto row = [&](int64_t at) {
        if (at >= positions) return _mm256_setzero_si256();
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(frame + at * channels + c));
      };
      const __m512i even = _mm512_cvtepu16_epi32(row(p)), odd = _mm512_cvtepu16_epi32(row(p + 1));
      pairs[pair] = _mm512_or_si512(even, _mm512_slli_epi32(odd, 16));
    }
    if (kTransposed) transpose_words(pairs);
    for (int64_t i = 0; i < 16; i++) _mm512_store_si512(tiles + 32 * i, pairs[i]);
  }
}

// Frames that meet: of the side that gives the rows of the sums, and of the one for the columns.
struct Pair {
  int64_t row, column;
};

// One side of the products: x or dy, transposed (the rows of the sums) or as pairs (the columns).
struct Side {
  const bfloat16* data;
  int64_t frames, channels;
};

// A block of positions of one clip, through all frames.
struct Cell {
  int64_t clip, position;
};

// A range of rows of the sums, in tiles, over some of the cells: what one thread does at a time.
class Share {
 public:
  Share(const Side& rows, const Side& columns, int64_t positions, int64_t taps, int64_t first_row,
        int64_t end_row)
      : rows_(rows),
        columns_(columns),
        positions_(positions),
        taps_(taps),
        first_row_(first_row),
        height_(end_row - first_row),
        width_(columns.channels / 16),
        group_(std::max<int64_t>(1, kGroupTiles / cell_tiles())),
        row_tiles_(group_ * rows.frames * kSteps * height_),
        column_tiles_(group_ * columns.frames * kSteps * width_),
        sums_(taps * height_ * width_) {
    std::memset(sums_.tile(0), 0, taps * height_ * width_ * kTileBytes);
  }

  // Adds what cells [first, end) give. `pairs` has the row's and the column's frames by tap.
  void add(const std::vector<Cell>& cells, int64_t first, int64_t end,
           const std::vector<std::vector<Pair>>& pairs) {
    for (int64_t begin = first; begin < end; begin += group_) {
      const int64_t count = std::min(group_, end - begin);
      for (int64_t i = 0; i < count; i++) prepare(cells[begin + i], i);
      for (int64_t tap = 0; tap < taps_; tap++) {
        for (int64_t row = 0; row < height_; row += 2) {
          for (int64_t column = 0; column < width_; column += 2) {
            const auto multiply = column + 1 < width_ ? &Share::multiply<2> : &Share::multiply<1>;
            (this->*multiply)(tap, row, column, count, pairs[tap]);
          }
        }
      }
    }
  }

  bool has_row(int64_t row) const { return row >= first_row_ && row < first_row_ + height_; }

  // The sums of a tile, [16, 16]. @param row counted from the first of all rows
  const float* sums(int64_t tap, int64_t row, int64_t column) const {
    return sum_tile(tap, row - first_row_, column);
  }

 private:
  static constexpr int64_t kSteps = kBlock / kStep;
  // Tiles that stay in a core's second-level cache together.
  static constexpr int64_t kGroupTiles = 1024;

  int64_t cell_tiles() const {
    return kSteps * (rows_.frames * height_ + columns_.frames * width_);
  }

  bfloat16* row_tile(int64_t i, int64_t frame, int64_t step) const {
    return row_tiles_.tile(((i * rows_.frames + frame) * kSteps + step) * height_);
  }

  bfloat16* column_tile(int64_t i, int64_t frame, int64_t step) const {
    return column_tiles_.tile(((i * columns_.frames + frame) * kSteps + step) * width_);
  }

  void prepare(const Cell& cell, int64_t i) {
    for (int64_t step = 0; step < kSteps; step++) {
      const int64_t position = cell.position + step * kStep;
      for (int64_t frame = 0; frame < rows_.frames; frame++) {
        prepare_step<true>(frame_of(rows_, cell, frame) + first_row_ * 16, position, positions_,
                           rows_.channels, height_ * 16, row_tile(i, frame, step));
      }
      for (int64_t frame = 0; frame < columns_.frames; frame++) {
        prepare_step<false>(frame_of(columns_, cell, frame), position, positions_,
                            columns_.channels, columns_.channels, column_tile(i, frame, step));
      }
    }
  }

  const bfloat16* frame_of(const Side& side, const Cell& cell, int64_t frame) const {
    return side.data + (cell.clip * side.frames + frame) * positions_ * side.channels;
  }

  float* sum_tile(int64_t tap, int64_t row, int64_t column) const {
    return reinterpret_cast<float*>(sums_.tile((tap * height_ + row) * width_ + column));
  }

  template <int kColumns>
  void multiply(int64_t tap, int64_t row, int64_t column, int64_t cells,
                const std::vector<Pair>& pairs) {
    alignas(64) float unused[256] = {};
    const bool high = row + 1 < height_;
    const auto below = [&](int64_t c) { return high ? sum_tile(tap, row + 1, c) : unused; };
    _tile_loadd(0, sum_tile(tap, row, column), 64);
    _tile_loadd(2, below(column), 64);
    if (kColumns == 2) {
      _tile_loadd(1, sum_tile(tap, row, column + 1), 64);
      _tile_loadd(3, below(column + 1), 64);
    }
    const int64_t next = high ? kTileElements : 0;
    for (int64_t i = 0; i < cells; i++) {
      for (const Pair& pair : pairs) {
        for (int64_t step = 0; step < kSteps; step++) {
          const bfloat16* r = row_tile(i, pair.row, step) + row * kTileElements;
          const bfloat16* c = column_tile(i, pair.column, step) + column * kTileElements;
          add_products<kColumns>(r, r + next, 64, c, c + kTileElements);
        }
      }
    }
    _tile_stored(0, sum_tile(tap, row, column), 64);
    _tile_stored(2, below(column), 64);
    if (kColumns == 2) {
      _tile_stored(1, sum_tile(tap, row, column + 1), 64);
      _tile_stored(3, below(column + 1), 64);
    }
  }

  const Side rows_, columns_;
  const int64_t positions_, taps_, first_row_, height_, width_, group_;
  const TileBuffer row_tiles_, column_tiles_, sums_;
};

// dw [k, 1, 1, C, D] in float32 of x [B, T, H, W, C] and dy [B, T', H, W, D].
class TemporalConvFilter {
 public:
  explicit TemporalConvFilter(const Attributes& attributes)
      : stride_(attributes.integer("stride")), taps_(attributes.integer("taps")) {}

  void run(Call& call) const {
    Shape s, d;
    const bfloat16* x = call.input<bfloat16>(0, &s);
    const bfloat16* dy = call.input<bfloat16>(1, &d);
    expect(s.size() == 5 && d.size() == 5 && s[0] == d[0] && s[2] == d[2] && s[3] == d[3],
           "x and dy do not fit");
    expect(s[4] % 16 == 0 && d[4] % 16 == 0, "channels must be multiples of 16");
    float* dw = call.output<float>(0, {taps_, 1, 1, s[4], d[4]});
    // The side with fewer channels is transposed.
    const bool x_is_rows = s[4] <= d[4];
    const Side x_side{x, s[1], s[4]}, dy_side{dy, d[1], d[4]};
    std::vector<std::vector<Pair>> pairs(taps_);
    for (int64_t t = 0; t < d[1]; t++) {
      for (int64_t tap = 0; tap < taps_; tap++) {
        const int64_t frame = t * stride_ + tap - taps_ / 2;
        if (frame < 0 || frame >= s[1]) continue;
        pairs[tap].push_back(x_is_rows ? Pair{frame, t} : Pair{t, frame});
      }
    }
    std::vector<Cell> cells;
    for (int64_t clip = 0; clip < s[0]; clip++) {
      for (int64_t p = 0; p < s[2] * s[3]; p += kBlock) cells.push_back({clip, p});
    }
    const Shares shares = x_is_rows ? multiply(x_side, dy_side, s[2] * s[3], cells, pairs)
                                    : multiply(dy_side, x_side, s[2] * s[3], cells, pairs);
    gather(shares, s[4], d[4], x_is_rows, dw);
  }

 private:
  using Shares = std::vector<std::unique_ptr<Share>>;

  // Shares are fixed, so that the order of summation does not depend on who was faster. Few sums
  // are kept once a share of the cells; many are shared out themselves.
  Shares multiply(const Side& rows, const Side& columns, int64_t positions,
                  const std::vector<Cell>& cells,
                  const std::vector<std::vector<Pair>>& pairs) const {
    constexpr int64_t kFewBytes = 1 << 19;
    const int64_t height = rows.channels / 16, n = static_cast<int64_t>(cells.size());
    const bool few = taps_ * rows.channels * columns.channels * 4 <= kFewBytes;
    const int64_t count =
        std::min<int64_t>(few ? n : (height + 1) / 2, 2 * Workers::shared().size());
    Shares shares(count);
    Workers::shared().each(count, [&](int64_t i) {
      const Tiles tiles;
      const int64_t first = few ? 0 : (i * height / count) / 2 * 2;
      const int64_t end = few || i + 1 == count ? height : ((i + 1) * height / count) / 2 * 2;
      shares[i].reset(new Share(rows, columns, positions, taps_, first, end));
      if (few) shares[i]->add(cells, i * n / count, (i + 1) * n / count, pairs);
      else shares[i]->add(cells, 0, n, pairs);
    });
    return shares;
  }

  void gather(const Shares& shares, int64_t inputs, int64_t outputs, bool x_is_rows,
              float* dw) const {
    const int64_t height = (x_is_rows ? inputs : outputs) / 16;
    const int64_t width = (x_is_rows ? outputs : inputs) / 16;
    Workers::shared().each(taps_ * height, [&](int64_t item) {
      const int64_t tap = item / height, row = item % height;
      for (int64_t column = 0; column < width; column++) {
        float total[256] = {};
        for (const auto& share : shares) {
          if (!share->has_row(row)) continue;
          const float* part = share->sums(tap, row, column);
          for (int i = 0; i < 256; i++) total[i] += part[i];
        }
        for (int i = 0; i < 256; i++) {
          const int64_t r = row * 16 + i / 16, c = column * 16 + i % 16;
          const int64_t input = x_is_rows ? r : c, output = x_is_rows ? c : r;
          dw[(tap * inputs + input) * outputs + output] = total[i];
        }
      }
    });
  }

  int64_t stride_, taps_;
};

bool add() {
  if (!tiles_granted()) return false;
  define({"FameTemporalConvFilter",
          {"x: bfloat16", "dy: bfloat16"},
          {"dw: float"},
          {"stride: int", "taps: int"}});
  provide<TemporalConvFilter>("FameTemporalConvFilter");
  return true;
}

const Registration registration("temporalConv", add);

}  // namespace
#endif

}  // namespace fame
