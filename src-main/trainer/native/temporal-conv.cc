// Convolution over time alone (kernels of k x 1 x 1) of bfloat16 on the matrix unit: every frame of
// the output is a sum of products of a few input frames, as matrices, with the matrix of a tap.
#include <vector>

#include "kernel.h"
#include "tiles.h"
#include "workers.h"

namespace fame {

#ifdef FAME_TILES
namespace {

// Positions of a frame that one thread takes at a time, through all frames.
constexpr int64_t kBlock = 64;

// A frame of the input and the tap that it meets.
struct Source {
  int64_t frame, tap;
};

struct Sizes {
  // Batch, frames in and out, positions a frame, channels in and out, taps.
  int64_t batch, from, to, positions, inputs, outputs, taps;
};

// The matrices of the taps as tiles of pairs of rows: [taps, inputs / 32, outputs / 16] tiles.
// Where a half tile of 16 inputs is left, its tile starts 16 inputs early and has zeros there.
class Packed {
 public:
  // @param transposed w is [taps, outputs, inputs] instead of [taps, inputs, outputs]
  Packed(const bfloat16* w, const Sizes& sizes, bool transposed)
      : steps_((sizes.inputs + 31) / 32), columns_(sizes.outputs / 16) {
    tiles_.resize(sizes.taps * steps_ * columns_ * kTileElements);
    Workers::shared().each(sizes.taps * steps_, [&](int64_t item) {
      const int64_t tap = item / steps_, step = item % steps_;
      const int64_t first = first_input(step, sizes.inputs);
      const int64_t skipped = 32 * step - first;
      const bfloat16* matrix = w + tap * sizes.inputs * sizes.outputs;
      bfloat16* tile = tiles_.data() + item * columns_ * kTileElements;
      for (int64_t n = 0; n < sizes.outputs; n += 16, tile += kTileElements) {
        for (int64_t k = skipped; k < 32; k++) {
          for (int64_t column = 0; column < 16; column++) {
            const int64_t input = first + k, output = n + column;
            tile[(k / 2) * 32 + 2 * column + k % 2] = transposed
                                                          ? matrix[output * sizes.inputs + input]
                                                          : matrix[input * sizes.outputs + output];
          }
        }
      }
    });
  }

  static int64_t first_input(int64_t step, int64_t inputs) {
    return std::min(32 * step, inputs - 32);
  }

  int64_t steps() const { return steps_; }

  const bfloat16* tile(int64_t tap, int64_t step, int64_t column) const {
    return tiles_.data() + ((tap * steps_ + step) * columns_ + column) * kTileElements;
  }

 private:
  int64_t steps_, columns_;
  std::vector<bfloat16> tiles_;
};

// One block of 32 positions by 16 or 32 outputs of one frame.
template <int kColumns>
void write_block(const bfloat16* x, const Sizes& sizes, const Packed& packed,
                 const std::vector<Source>& sources, int64_t row0, int64_t row1, int64_t output,
                 bfloat16* y) {
  clear_sums();
  const int64_t column = output / 16, stride = sizes.inputs * sizeof(bfloat16);
  for (const Source& source : sources) {
    const bfloat16* frame = x + source.frame * sizes.positions * sizes.inputs;
    for (int64_t step = 0; step < packed.steps(); step++) {
      const int64_t input = Packed::first_input(step, sizes.inputs);
      const bfloat16* b = packed.tile(source.tap, step, column);
      add_products<kColumns>(frame + row0 * sizes.inputs + input,
                             frame + row1 * sizes.inputs + input, stride, b, b + kTileElements);
    }
  }
  alignas(64) float sums[256];
  bfloat16 *y0 = y + row0 * sizes.outputs + output, *y1 = y + row1 * sizes.outputs + output;
  _tile_stored(0, sums, 64);
  round_rows(sums, y0, sizes.outputs);
  _tile_stored(2, sums, 64);
  round_rows(sums, y1, sizes.outputs);
  if (kColumns == 2) {
    _tile_stored(1, sums, 64);
    round_rows(sums, y0 + 16, sizes.outputs);
    _tile_stored(3, sums, 64);
    round_rows(sums, y1 + 16, sizes.outputs);
  }
}

// @param sources for each output frame
void multiply_frames(const bfloat16* x, const Sizes& sizes, const Packed& packed,
                     const std::vector<std::vector<Source>>& sources, bfloat16* y) {
  const int64_t blocks = (sizes.positions + kBlock - 1) / kBlock;
  Workers::shared().each(sizes.batch * blocks, [&](int64_t item) {
    const Tiles tiles;
    const int64_t b = item / blocks, begin = item % blocks * kBlock;
    const int64_t end = std::min(begin + kBlock, sizes.positions);
    const bfloat16* clip = x + b * sizes.from * sizes.positions * sizes.inputs;
    for (int64_t output = 0; output < sizes.outputs; output += 32) {
      for (int64_t frame = 0; frame < sizes.to; frame++) {
        bfloat16* out = y + (b * sizes.to + frame) * sizes.positions * sizes.outputs;
        for (int64_t row = begin; row < end; row += 32) {
          // Rows that are left over are covered by tiles that begin early.
          const int64_t last = sizes.positions - 16;
          const int64_t row0 = std::min(row, last), row1 = std::min(row + 16, last);
          const auto write = output + 32 <= sizes.outputs ? write_block<2> : write_block<1>;
          write(clip, sizes, packed, sources[frame], row0, row1, output, out);
        }
      }
    }
  });
}

void expect_sizes(const Sizes& sizes) {
  expect(sizes.inputs >= 32 && sizes.inputs % 16 == 0 && sizes.outputs % 16 == 0,
         "channels must be multiples of 16, those read at least 32");
  expect(sizes.positions >= 16, "a frame must have at least 16 positions");
}

// y [B, T', H, W, D] of x [B, T, H, W, C] and w [k, 1, 1, C, D], padded by k / 2 frames.
class TemporalConv {
 public:
  explicit TemporalConv(const Attributes& attributes) : stride_(attributes.integer("stride")) {}

  void run(Call& call) const {
    Shape s, k;
    const bfloat16* x = call.input<bfloat16>(0, &s);
    const bfloat16* w = call.input<bfloat16>(1, &k);
    expect(s.size() == 5 && k.size() == 5 && s[4] == k[3] && stride_ > 0, "x or w does not fit");
    const int64_t pad = k[0] / 2, to = (s[1] + 2 * pad - k[0]) / stride_ + 1;
    const Sizes sizes{s[0], s[1], to, s[2] * s[3], s[4], k[4], k[0]};
    expect_sizes(sizes);
    std::vector<std::vector<Source>> sources(to);
    for (int64_t t = 0; t < to; t++) {
      for (int64_t tap = 0; tap < k[0]; tap++) {
        const int64_t frame = t * stride_ + tap - pad;
        if (frame >= 0 && frame < s[1]) sources[t].push_back({frame, tap});
      }
    }
    bfloat16* y = call.output<bfloat16>(0, {s[0], to, s[2], s[3], k[4]});
    multiply_frames(x, sizes, Packed(w, sizes, false), sources, y);
  }

 private:
  int64_t stride_;
};

// dx [B, T, H, W, C] of dy [B, T', H, W, D] and w.
class TemporalConvInput {
 public:
  explicit TemporalConvInput(const Attributes& attributes)
      : stride_(attributes.integer("stride")), frames_(attributes.integer("frames")) {}

  void run(Call& call) const {
    Shape s, k;
    const bfloat16* dy = call.input<bfloat16>(0, &s);
    const bfloat16* w = call.input<bfloat16>(1, &k);
    expect(s.size() == 5 && k.size() == 5 && s[4] == k[4] && stride_ > 0, "dy or w does not fit");
    const Sizes sizes{s[0], s[1], frames_, s[2] * s[3], s[4], k[3], k[0]};
    expect_sizes(sizes);
    std::vector<std::vector<Source>> sources(frames_);
    for (int64_t t = 0; t < s[1]; t++) {
      for (int64_t tap = 0; tap < k[0]; tap++) {
        const int64_t frame = t * stride_ + tap - k[0] / 2;
        if (frame >= 0 && frame < frames_) sources[frame].push_back({t, tap});
      }
    }
    bfloat16* dx = call.output<bfloat16>(0, {s[0], frames_, s[2], s[3], k[3]});
    multiply_frames(dy, sizes, Packed(w, sizes, true), sources, dx);
  }

 private:
  int64_t stride_, frames_;
};

bool add() {
  if (!tiles_granted()) return false;
  define({"FameTemporalConv", {"x: bfloat16", "w: bfloat16"}, {"y: bfloat16"}, {"stride: int"}});
  provide<TemporalConv>("FameTemporalConv");
  define({"FameTemporalConvInput",
          {"dy: bfloat16", "w: bfloat16"},
          {"dx: bfloat16"},
          {"stride: int", "frames: int"}});
  provide<TemporalConvInput>("FameTemporalConvInput");
  return true;
}

const Registration registration("temporalConv", add);

}  // namespace
#endif

}  // namespace fame
