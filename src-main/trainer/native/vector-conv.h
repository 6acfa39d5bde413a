// Convolution over volumes by vector units and its gradients, of float32 or bfloat16.
#pragma once

#include "conv-sizes.h"
#include "correlation-filter.h"
#include "correlator.h"
#include "kernel.h"

namespace fame {

// y [B, T', H', W', D] of x [B, T, H, W, C] and w [t, h, w, C, D].
template <typename T>
class VectorConv {
 public:
  explicit VectorConv(const Attributes& attributes)
      : strides_(attributes.integers("strides", 3)), pads_(attributes.integers("pads", 6)) {}

  void run(Call& call) const {
    Shape s, k;
    const T* x = call.input<T>(0, &s);
    const T* w = call.input<T>(1, &k);
    const ConvSizes sizes = ConvSizes::of(s, k, strides_, pads_);
    T* y = call.output<T>(0, sizes.output());
    const Correlation correlation = Correlation::forward(sizes);
    Correlator<T>(correlation, PackedWeights<T>(w, sizes, correlation, false)).run(x, y);
  }

 private:
  Shape strides_, pads_;
};

// dx [B, T, H, W, C] of dy [B, T', H', W', D] and w. In bfloat16 D must be even.
template <typename T>
class VectorConvInput {
 public:
  explicit VectorConvInput(const Attributes& attributes)
      : size_(attributes.integers("size", 3)),
        strides_(attributes.integers("strides", 3)),
        pads_(attributes.integers("pads", 6)) {}

  void run(Call& call) const {
    Shape s, k;
    const T* dy = call.input<T>(0, &s);
    const T* w = call.input<T>(1, &k);
    expect(s.size() == 5 && k.size() == 5, "dy or w does not fit");
    expect(k[4] % Terms<T>::kCount == 0, "the outputs must be pairs");
    const Shape x{s[0], size_[0], size_[1], size_[2], k[3]};
    const ConvSizes sizes = ConvSizes::of(x, k, strides_, pads_);
    expect(sizes.output() == s, "dy does not fit the size of x");
    T* dx = call.output<T>(0, x);
    for (const Correlation& part : Correlation::gradients(sizes)) {
      Correlator<T>(part, PackedWeights<T>(w, sizes, part, true)).run(dy, dx);
    }
  }

 private:
  Shape size_, strides_, pads_;
};

// dw [t, h, w, C, D] in float32 of x [B, T, H, W, C] and dy [B, T', H', W', D].
template <typename T>
class VectorConvFilter {
 public:
  explicit VectorConvFilter(const Attributes& attributes)
      : taps_(attributes.integers("taps", 3)),
        strides_(attributes.integers("strides", 3)),
        pads_(attributes.integers("pads", 6)) {}

  void run(Call& call) const {
    Shape s, d;
    const T* x = call.input<T>(0, &s);
    const T* dy = call.input<T>(1, &d);
    expect(s.size() == 5 && d.size() == 5, "x or dy does not fit");
    const Shape w{taps_[0], taps_[1], taps_[2], s[4], d[4]};
    const ConvSizes sizes = ConvSizes::of(s, w, strides_, pads_);
    expect(sizes.output() == d, "dy does not fit x");
    float* dw = call.output<float>(0, w);
    FilterGradient<T>(Correlation::forward(sizes), x, dy, dw).run();
  }

 private:
  Shape taps_, strides_, pads_;
};

}  // namespace fame
