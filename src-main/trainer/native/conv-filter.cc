// The gradient of a convolution's kernel over volumes on the matrix unit.
#include <memory>
#include <vector>

#include "conv-sizes.h"
#include "filter-share.h"
#include "kernel.h"
#include "tiles.h"
#include "workers.h"

namespace fame {

#ifdef FAME_TILES
namespace {

// dw [t, h, w, C, D] in float32 of x [B, T, H, W, C] and dy [B, T', H', W', D].
class ConvFilter {
 public:
  explicit ConvFilter(const Attributes& attributes)
      : taps_(attributes.integers("taps", 3)),
        strides_(attributes.integers("strides", 3)),
        pads_(attributes.integers("pads", 6)) {}

  void run(Call& call) const {
    Shape s, d;
    const bfloat16* x = call.input<bfloat16>(0, &s);
    const bfloat16* dy = call.input<bfloat16>(1, &d);
    expect(s.size() == 5 && d.size() == 5, "x or dy does not fit");
    const Shape w = {taps_[0], taps_[1], taps_[2], s[4], d[4]};
    const ConvSizes sizes = ConvSizes::of(s, w, strides_, pads_);
    expect(sizes.output() == d, "dy does not fit the size of x");
    expect(d[4] % 16 == 0 && (s[4] % 16 == 0 || s[4] < 16), "channels must be multiples of 16");
    float* dw = call.output<float>(0, w);
    const ConvSizes joined = sizes.joined();
    const std::vector<int64_t> places = joined.places();
    const Layout layout(joined);
    gather(multiply(joined, places, layout, x, dy), joined, layout, dw);
  }

 private:
  using Shares = std::vector<std::unique_ptr<FilterShare>>;

  // Shares are fixed, so that the order of summation does not depend on who was faster. Few sums
  // are kept once a share of the frames; many are shared out themselves.
  static Shares multiply(const ConvSizes& s, const std::vector<int64_t>& places,
                         const Layout& layout, const bfloat16* x, const bfloat16* dy) {
    constexpr int64_t kFewTiles = 2048, kGroupElements = 1 << 19;
    const int64_t height = layout.height(), positions = static_cast<int64_t>(places.size());
    const int64_t elements =
        s.inputs * s.from[1] * s.from[2] * s.strides[0] + s.outputs * positions;
    const auto groups = frame_groups(s, std::max<int64_t>(1, kGroupElements / elements));
    const int64_t n = static_cast<int64_t>(groups.size());
    const int64_t tiles = s.taps[0] * s.taps[1] * layout.taps * height * (s.outputs / 16);
    const bool few = tiles <= kFewTiles;
    const int64_t count =
        std::min(few ? n : (height + 1) / 2, int64_t{2} * Workers::shared().size());
    Shares shares(count);
    Workers::shared().each(count, [&](int64_t i) {
      const Tiles unit;
      const int64_t first = few ? 0 : i * height / count / 2 * 2;
      const int64_t end = few || i + 1 == count ? height : (i + 1) * height / count / 2 * 2;
      shares[i].reset(new FilterShare(s, places, first, end));
      if (few) shares[i]->add(groups, i * n / count, (i + 1) * n / count, x, dy);
      else shares[i]->add(groups, 0, n, x, dy);
    });
    return shares;
  }

  static void gather(const Shares& shares, const ConvSizes& s, const Layout& layout, float* dw) {
    const int64_t taps = s.taps[0] * s.taps[1] * layout.taps, height = layout.height();
    Workers::shared().each(taps * height, [&](int64_t item) {
      const int64_t tap = item / height, row = item % height;
      const int64_t rows = std::min<int64_t>(16, layout.channels - row * 16);
      for (int64_t column = 0; column < s.outputs / 16; column++) {
        float total[256] = {};
        for (const auto& share : shares) {
          if (!share->has_row(row)) continue;
          const float* part = share->sums(tap, row, column);
          for (int i = 0; i < 256; i++) total[i] += part[i];
        }
        for (int64_t i = 0; i < rows; i++) {
          float* out = dw + (tap * layout.channels + row * 16 + i) * s.outputs + column * 16;
          std::memcpy(out, total + 16 * i, 16 * sizeof(float));
        }
      }
    });
  }

  Shape taps_, strides_, pads_;
};

bool add() {
  if (!tiles_granted()) return false;
  define({"FameConvFilter",
          {"x: bfloat16", "dy: bfloat16"},
          {"dw: float"},
          {"taps: list(int)", "strides: list(int)", "pads: list(int)"}});
  provide<ConvFilter>("FameConvFilter");
  return true;
}

const Registration registration("conv", add);

}  // namespace
#endif

}  // namespace fame
