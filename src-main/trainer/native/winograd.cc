// Convolutions with stride 1, by Winograd's transforms: of 1 x 3 x 3 taps over images and of 3 x 1
// x 1 over time, with one frame or position of zeros around. They are computed in float32; bfloat16
// is what they read and write.
#include "kernel.h"
#include "winograd-conv.h"
#include "winograd-filter.h"
#include "winograd-products.h"

namespace fame::winograd {
namespace {

// Calls work(scheme) with the scheme for these taps.
// @param shape of x and y but for their channels: [B, T, H, W, ..]
template <typename Work>
void with_scheme(const Shape& shape, const Shape& taps, const Work& work) {
  if (taps == Shape{1, 3, 3}) work(ImageScheme(shape));
  else if (taps == Shape{3, 1, 1}) work(TimeScheme(shape));
  else if (taps == Shape{3, 3, 3}) work(VolumeScheme(shape));
  else expect(false, "the taps must be 1 x 3 x 3, 3 x 1 x 1 or 3 x 3 x 3");
}

template <typename Scheme, typename T>
void convolve(const Scheme& scheme, const Filter<T>& filter, const T* x, T* y) {
  // Each tile of few meets so many weights that those are better transformed where they are needed.
  constexpr int64_t kFewTiles = 192, kManyWeights = 1 << 21;
  const int64_t weights = Scheme::kProducts * Scheme::kTimeTaps * filter.inputs * filter.outputs;
  const bool many = Scheme::kTimeTaps > 1 || weights > kManyWeights;
  if (many && scheme.count() >= kFewTiles) ConvolutionByProducts(scheme, filter, x, y).run();
  else Convolution(scheme, filter, x, y).run();
}

// y [B, T, H, W, D] of x [B, T, H, W, C] and w [t, h, w, C, D]. Mirrored it takes w [t, h, w, D, C]
// with its taps from the last on, and gives the gradient of x from that of y.
template <typename T>
class Conv {
 public:
  explicit Conv(const Attributes& attributes) : mirrored_(attributes.flag("mirrored")) {}

  void run(Call& call) const {
    Shape s, k;
    const T* x = call.input<T>(0, &s);
    const T* w = call.input<T>(1, &k);
    expect(s.size() == 5 && k.size() == 5, "x and w must have 5 axes");
    const Filter<T> filter{w, mirrored_ ? k[4] : k[3], mirrored_ ? k[3] : k[4], mirrored_};
    expect(s[4] == filter.inputs && filter.inputs > 0 && filter.outputs > 0,
           "the channels of x and w do not fit");
    T* y = call.output<T>(0, {s[0], s[1], s[2], s[3], filter.outputs});
    with_scheme(s, {k[0], k[1], k[2]}, [&](const auto& scheme) { convolve(scheme, filter, x, y); });
  }

 private:
  bool mirrored_;
};

// dw [t, h, w, C, D] of x [B, T, H, W, C] and dy [B, T, H, W, D].
template <typename T>
class ConvFilter {
 public:
  explicit ConvFilter(const Attributes& attributes) : taps_(attributes.integers("taps", 3)) {}

  void run(Call& call) const {
    Shape s, d;
    const T* x = call.input<T>(0, &s);
    const T* dy = call.input<T>(1, &d);
    expect(s.size() == 5 && d.size() == 5 && s[4] > 0 && d[4] > 0, "x and dy must have 5 axes");
    expect(Shape(s.begin(), s.end() - 1) == Shape(d.begin(), d.end() - 1), "x and dy do not fit");
    float* dw = call.output<float>(0, {taps_[0], taps_[1], taps_[2], s[4], d[4]});
    with_scheme(s, taps_,
                [&](const auto& scheme) { FilterGradient(scheme, s[4], d[4], x, dy, dw).run(); });
  }

 private:
  Shape taps_;
};

bool add() {
#ifdef FAME_PAIRS
  const char* type = "T: {float, bfloat16}";
#else
  const char* type = "T: {float}";
#endif
  define({"FameWinograd", {"x: T", "w: T"}, {"y: T"}, {type, "mirrored: bool"}});
  define({"FameWinogradFilter", {"x: T", "dy: T"}, {"dw: float"}, {type, "taps: list(int)"}});
  provide<Conv<float>>("FameWinograd", TF_FLOAT);
  provide<ConvFilter<float>>("FameWinogradFilter", TF_FLOAT);
#ifdef FAME_PAIRS
  provide<Conv<bfloat16>>("FameWinograd", TF_BFLOAT16);
  provide<ConvFilter<bfloat16>>("FameWinogradFilter", TF_BFLOAT16);
#endif
  return true;
}

const Registration registration("winograd", add);

}  // namespace
}  // namespace fame::winograd
