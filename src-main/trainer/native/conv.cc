// Convolution over volumes of bfloat16 on the matrix unit, and the gradient of its input where the
// stride is 1. What a tap of the kernel's rows reads for a position are `taps * C` elements in one
// piece, so a row of taps is one product of matrices.
#include <vector>

#include "conv-sizes.h"
#include "kernel.h"
#include "tiles.h"
#include "workers.h"

namespace fame {

#ifdef FAME_TILES
namespace {

// The kernel as tiles of pairs of rows, for 32 outputs after one another: [D / 32, rows of taps,
// steps of 32 elements, 2] tiles, the last of the first axis half as many where 16 outputs are
// left.
class PackedKernel {
 public:
  // @param w [t, h, w, C, D] @param mirrored for the gradient: from D to C, the taps from the end
  PackedKernel(const bfloat16* w, const ConvSizes& s, bool mirrored)
      : rows_(s.taps[0] * s.taps[1]),
        run_(s.taps[2] * s.inputs),
        steps_((run_ + 31) / 32),
        columns_(s.outputs / 16),
        tiles_(rows_ * steps_ * columns_) {
    Workers::shared().each(rows_ * steps_, [&](int64_t item) {
      const int64_t row = item / steps_, step = item % steps_;
      for (int64_t column = 0; column < columns_; column++) {
        bfloat16* tile = tiles_.tile(index(row, step, column));
        if (mirrored) pack_mirrored(w, s, row, step, column * 16, tile);
        else pack(w + row * run_ * s.outputs, s.outputs, step, column * 16, tile);
      }
    });
  }

  int64_t steps() const { return steps_; }

  // The tiles of a row of taps: for each step as many as there are columns together.
  const bfloat16* panel(int64_t row, int64_t column) const {
    return tiles_.tile(index(row, 0, column));
  }

 private:
  int64_t index(int64_t row, int64_t step, int64_t column) const {
    const int64_t first = column / 2 * 2, together = std::min<int64_t>(2, columns_ - first);
    return (first * rows_ + row * together) * steps_ + step * together + column % 2;
  }

  void pack(const bfloat16* matrix, int64_t outputs, int64_t step, int64_t column,
            bfloat16* tile) const {
    for (int64_t pair = 0; pair < 16; pair++, tile += 32) {
      const auto row = [&](int64_t k) {
        if (k >= run_) return _mm512_setzero_si512();
        const bfloat16* values = matrix + k * outputs + column;
        return _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(values)));
      };
      const int64_t k = step * 32 + 2 * pair;
      _mm512_store_si512(tile, _mm512_or_si512(row(k), _mm512_slli_epi32(row(k + 1), 16)));
    }
  }

  // Here `inputs` are the D of w and `outputs` its C.
  void pack_mirrored(const bfloat16* w, const ConvSizes& s, int64_t row, int64_t step,
                     int64_t column, bfloat16* tile) const {
    __m512i words[16];
    for (int64_t c = 0; c < 16; c++) {
      const auto half = [&](int64_t k) {
        if (k >= run_) return _mm256_setzero_si256();
        const int64_t tap = (rows_ - 1 - row) * s.taps[2] + s.taps[2] - 1 - k / s.inputs;
        const bfloat16* values = w + (tap * s.outputs + column + c) * s.inputs + k % s.inputs;
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(values));
      };
      words[c] =
          _mm512_inserti64x4(_mm512_castsi256_si512(half(step * 32)), half(step * 32 + 16), 1);
    }
    transpose_words(words);
    for (int64_t i = 0; i < 16; i++) _mm512_store_si512(tile + 32 * i, words[i]);
  }

  const int64_t rows_, run_, steps_, columns_;
  const TileBuffer tiles_;
};

// Writes 16 rows of one or two tiles of sums to where their positions are in the frame.
template <int kColumns>
void write_rows(const float* left, const float* right, const int64_t* places, int64_t outputs,
                bfloat16* frame) {
  for (int row = 0; row < 16; row++) {
    if (places[row] < 0) continue;
    bfloat16* out = frame + places[row] * outputs;
    const __m512 first = _mm512_load_ps(left + 16 * row);
    if (kColumns == 2) {
      const auto both = _mm512_cvtne2ps_pbh(_mm512_load_ps(right + 16 * row), first);
      std::memcpy(out, &both, sizeof(both));
    } else {
      const auto one = _mm512_cvtneps_pbh(first);
      std::memcpy(out, &one, sizeof(one));
    }
  }
}

class Convolution {
 public:
  Convolution(const ConvSizes& sizes, const PackedKernel& kernel)
      : s_(sizes), kernel_(kernel), places_(sizes.places()) {}

  void run(const bfloat16* x, bfloat16* y) const {
    const int64_t threads = Workers::shared().size(), frames = s_.batch * s_.to[0];
    const int64_t fit = kSheetElements / Sheets::sheet(s_);
    const int64_t length =
        std::min((fit - s_.taps[0]) / s_.strides[0] + 1, (frames + threads - 1) / threads);
    const auto groups = frame_groups(s_, std::max<int64_t>(length, 1));
    const int64_t count = static_cast<int64_t>(groups.size()), columns = (s_.outputs + 31) / 32;
    // Where there are few frames, outputs are shared out as well.
    const int64_t parts = std::min(columns, (threads + count - 1) / count);
    Workers::shared().each(count * parts, [&](int64_t item) {
      const int64_t part = item % parts;
      work(groups[item / parts], part * columns / parts, (part + 1) * columns / parts, x, y);
    });
  }

 private:
  // What stays in a core's second-level cache together.
  static constexpr int64_t kSheetElements = 1 << 19;

  void work(const FrameGroup& group, int64_t first, int64_t end, const bfloat16* x,
            bfloat16* y) const {
    const Tiles tiles;
    Sheets sheets(s_, group.end_input - group.first_input);
    const int64_t size = s_.from[1] * s_.from[2] * s_.inputs;
    for (int64_t t = group.first_input; t < group.end_input; t++) {
      sheets.fill(t - group.first_input, x + (group.clip * s_.from[0] + t) * size);
    }
    for (int64_t column = 2 * first; column < 2 * end; column += 2) {
      const bool two = column + 1 < s_.outputs / 16;
      for (int64_t t = group.first; t < group.end; t++) {
        bfloat16* frame =
            y + (group.clip * s_.to[0] + t) * s_.to[1] * s_.to[2] * s_.outputs + column * 16;
        if (two) write_frame<2>(sheets, group, t, column, frame);
        else write_frame<1>(sheets, group, t, column, frame);
      }
    }
  }

  template <int kColumns>
  void write_frame(const Sheets& sheets, const FrameGroup& group, int64_t t, int64_t column,
                   bfloat16* frame) const {
    const int64_t apart = sheets.stride(), steps = kernel_.steps();
    alignas(64) float sums[4][256];
    for (size_t p = 0; p < places_.size(); p += 32) {
      clear_sums();
      for (int64_t i = 0; i < s_.taps[0]; i++) {
        const int64_t input = s_.frame(t, i);
        if (input < 0) continue;
        for (int64_t j = 0; j < s_.taps[1]; j++) {
          const bfloat16* a = sheets.at<bfloat16>(input - group.first_input, j, 0) + p * apart;
          const bfloat16* b = kernel_.panel(i * s_.taps[1] + j, column);
          for (int64_t step = 0; step < steps; step++, a += 32, b += kColumns * kTileElements) {
            add_products<kColumns>(a, a + 16 * apart, apart * sizeof(bfloat16), b,
                                   b + kTileElements);
          }
        }
      }
      _tile_stored(0, sums[0], 64);
      _tile_stored(2, sums[2], 64);
      if (kColumns == 2) {
        _tile_stored(1, sums[1], 64);
        _tile_stored(3, sums[3], 64);
      }
      write_rows<kColumns>(sums[0], sums[1], places_.data() + p, s_.outputs, frame);
      write_rows<kColumns>(sums[2], sums[3], places_.data() + p + 16, s_.outputs, frame);
    }
  }

  const ConvSizes& s_;
  const PackedKernel& kernel_;
  const std::vector<int64_t> places_;
};

// y [B, T', H', W', D] of x [B, T, H, W, C] and w [t, h, w, C, D].
class Conv {
 public:
  explicit Conv(const Attributes& attributes)
      : strides_(attributes.integers("strides", 3)), pads_(attributes.integers("pads", 6)) {}

  void run(Call& call) const {
    Shape s, k;
    const bfloat16* x = call.input<bfloat16>(0, &s);
    const bfloat16* w = call.input<bfloat16>(1, &k);
    const ConvSizes sizes = ConvSizes::of(s, k, strides_, pads_);
    expect(sizes.outputs % 16 == 0, "outputs must be a multiple of 16");
    bfloat16* y = call.output<bfloat16>(0, sizes.output());
    const ConvSizes joined = sizes.joined();
    Convolution(joined, PackedKernel(w, joined, false)).run(x, y);
  }

 private:
  Shape strides_, pads_;
};

// dx [B, T, H, W, C] of dy [B, T', H', W', D] and w, where the stride is 1: a convolution of dy
// with the mirrored kernel.
class ConvInput {
 public:
  explicit ConvInput(const Attributes& attributes)
      : size_(attributes.integers("size", 3)), pads_(attributes.integers("pads", 6)) {}

  void run(Call& call) const {
    Shape s, k, pads;
    const bfloat16* dy = call.input<bfloat16>(0, &s);
    const bfloat16* w = call.input<bfloat16>(1, &k);
    expect(s.size() == 5 && k.size() == 5, "dy or w does not fit");
    expect(k[3] % 16 == 0 && k[4] % 16 == 0, "channels must be multiples of 16");
    for (int i = 0; i < 3; i++) {
      pads.push_back(k[i] - 1 - pads_[2 * i]);
      pads.push_back(size_[i] - s[i + 1] + pads_[2 * i]);
    }
    const ConvSizes sizes = ConvSizes::of(s, {k[0], k[1], k[2], k[4], k[3]}, {1, 1, 1}, pads);
    expect(sizes.to == size_, "dy does not fit the size of x");
    bfloat16* dx = call.output<bfloat16>(0, sizes.output());
    const ConvSizes joined = sizes.joined();
    Convolution(joined, PackedKernel(w, joined, true)).run(dy, dx);
  }

 private:
  Shape size_, pads_;
};

bool add() {
  if (!tiles_granted()) return false;
  define({"FameConv",
          {"x: bfloat16", "w: bfloat16"},
          {"y: bfloat16"},
          {"strides: list(int)", "pads: list(int)"}});
  provide<Conv>("FameConv");
  define({"FameConvInput",
          {"dy: bfloat16", "w: bfloat16"},
          {"dx: bfloat16"},
          {"size: list(int)", "pads: list(int)"}});
  provide<ConvInput>("FameConvInput");
  return true;
}

const Registration registration("conv", add);

}  // namespace
#endif

}  // namespace fame
