// Convolution over volumes of float32 by vector units, and its gradients.
#include "conv-sizes.h"
#include "correlation-filter.h"
#include "correlator.h"
#include "kernel.h"

namespace fame {
namespace {

// y [B, T', H', W', D] of x [B, T, H, W, C] and w [t, h, w, C, D].
class FloatConv {
 public:
  explicit FloatConv(const Attributes& attributes)
      : strides_(attributes.integers("strides", 3)), pads_(attributes.integers("pads", 6)) {}

  void run(Call& call) const {
    Shape s, k;
    const float* x = call.input<float>(0, &s);
    const float* w = call.input<float>(1, &k);
    const ConvSizes sizes = ConvSizes::of(s, k, strides_, pads_);
    float* y = call.output<float>(0, sizes.output());
    const Correlation correlation = Correlation::forward(sizes);
    Correlator(correlation, PackedWeights(w, sizes, correlation, false)).run(x, y);
  }

 private:
  Shape strides_, pads_;
};

// dx [B, T, H, W, C] of dy [B, T', H', W', D] and w.
class FloatConvInput {
 public:
  explicit FloatConvInput(const Attributes& attributes)
      : size_(attributes.integers("size", 3)),
        strides_(attributes.integers("strides", 3)),
        pads_(attributes.integers("pads", 6)) {}

  void run(Call& call) const {
    Shape s, k;
    const float* dy = call.input<float>(0, &s);
    const float* w = call.input<float>(1, &k);
    expect(s.size() == 5 && k.size() == 5, "dy or w does not fit");
    const Shape x{s[0], size_[0], size_[1], size_[2], k[3]};
    const ConvSizes sizes = ConvSizes::of(x, k, strides_, pads_);
    expect(sizes.output() == s, "dy does not fit the size of x");
    float* dx = call.output<float>(0, x);
    for (const Correlation& part : Correlation::gradients(sizes)) {
      Correlator(part, PackedWeights(w, sizes, part, true)).run(dy, dx);
    }
  }

 private:
  Shape size_, strides_, pads_;
};

// dw [t, h, w, C, D] of x [B, T, H, W, C] and dy [B, T', H', W', D].
class FloatConvFilter {
 public:
  explicit FloatConvFilter(const Attributes& attributes)
      : taps_(attributes.integers("taps", 3)),
        strides_(attributes.integers("strides", 3)),
        pads_(attributes.integers("pads", 6)) {}

  void run(Call& call) const {
    Shape s, d;
    const float* x = call.input<float>(0, &s);
    const float* dy = call.input<float>(1, &d);
    expect(s.size() == 5 && d.size() == 5, "x or dy does not fit");
    const Shape w{taps_[0], taps_[1], taps_[2], s[4], d[4]};
    const ConvSizes sizes = ConvSizes::of(s, w, strides_, pads_);
    expect(sizes.output() == d, "dy does not fit x");
    float* dw = call.output<float>(0, w);
    FilterGradient(Correlation::forward(sizes), x, dy, dw).run();
  }

 private:
  Shape taps_, strides_, pads_;
};

bool add() {
  define({"FameFloatConv",
          {"x: float", "w: float"},
          {"y: float"},
          {"strides: list(int)", "pads: list(int)"}});
  provide<FloatConv>("FameFloatConv");
  define({"FameFloatConvInput",
          {"dy: float", "w: float"},
          {"dx: float"},
          {"size: list(int)", "strides: list(int)", "pads: list(int)"}});
  provide<FloatConvInput>("FameFloatConvInput");
  define({"FameFloatConvFilter",
          {"x: float", "dy: float"},
          {"dw: float"},
          {"taps: list(int)", "strides: list(int)", "pads: list(int)"}});
  provide<FloatConvFilter>("FameFloatConvFilter");
  return true;
}

const Registration registration("floatConv", add);

}  // namespace
}  // namespace fame
