// The gradient of batch normalisation with what comes after it: two passes, one for the sums of the
// gradient over all rows and one that needs them.
#include <vector>

#include "kernel.h"
#include "lanes.h"
#include "norm-blocks.h"
#include "numbers.h"
#include "workers.h"

namespace fame {
namespace {

// Where the gradient passes: with a ReLU, where its output is positive. Behind a shortcut only y
// tells, else a * x + b.
enum class Gate { kOpen, kOfX, kOfY };

// Adds g and g * (x - mean), where g is dy behind the ReLU; notes g where there is a shortcut.
template <Gate kGate, typename T>
struct GradientSums {
  const T *dy, *x, *y;
  const float *a, *b, *mean;
  int64_t channels;
  float *sums, *products;
  T* d_shortcut;

  template <typename Lane, int kLanes>
  void at(int64_t c, int64_t slot, int64_t begin, int64_t end) const {
    using L = Lanes<Lane, kLanes>;
    const typename Lane::V zero{};
    L sum = L::read(sums + slot), product = L::read(products + slot);
    const L slope = L::read(a + c), offset = L::read(b + c), centre = L::read(mean + c);
    for (int64_t row = begin; row < end; row++) {
      const int64_t place = row * channels + c;
      const L value = L::read(x + place);
      L g = L::read(dy + place);
      if (kGate != Gate::kOpen) {
        const L output = kGate == Gate::kOfY ? L::read(y + place) : value;
        for (int i = 0; i < kLanes; i++) {
          const auto sign =
              kGate == Gate::kOfY ? output.v[i] : output.v[i] * slope.v[i] + offset.v[i];
          g.v[i] = sign > zero ? g.v[i] : zero;
        }
      }
      if (kGate == Gate::kOfY) g.write(d_shortcut + place);
      for (int i = 0; i < kLanes; i++) {
        sum.v[i] += g.v[i];
        product.v[i] += g.v[i] * (value.v[i] - centre.v[i]);
      }
    }
    sum.write(sums + slot);
    product.write(products + slot);
  }
};

// dx = a * g + q * x + r
template <bool kRelu, typename T>
struct InputGradient {
  const T *g, *x;
  const float *a, *b, *q, *r;
  int64_t channels;
  T* dx;

  template <typename Lane, int kLanes>
  void at(int64_t c, int64_t, int64_t begin, int64_t end) const {
    using L = Lanes<Lane, kLanes>;
    const typename Lane::V zero{};
    const L slope = L::read(a + c), offset = L::read(b + c);
    const L of_x = L::read(q + c), rest = L::read(r + c);
    for (int64_t row = begin; row < end; row++) {
      const int64_t place = row * channels + c;
      const L value = L::read(x + place);
      L gradient = L::read(g + place);
      for (int i = 0; i < kLanes; i++) {
        const auto v = value.v[i];
        auto through = gradient.v[i];
        if (kRelu) through = v * slope.v[i] + offset.v[i] > zero ? through : zero;
        gradient.v[i] = slope.v[i] * through + (of_x.v[i] * v + rest.v[i]);
      }
      gradient.write(dx + place);
    }
  }
};

// Inputs dy, x, scale, offset, mean, inverse and, with a shortcut before the ReLU, y; outputs dx,
// d_scale, d_offset and then that of the shortcut.
template <typename T>
class NormGradient {
 public:
  explicit NormGradient(const Attributes& attributes) : relu_(attributes.flag("relu")) {}

  void run(Call& call) const {
    const In in(call);
    const Blocks blocks(in.shape, sizeof(T));
    const int64_t channels = blocks.channels;
    T* dx = call.output<T>(0, in.shape);
    float* d_scale = call.output<float>(1, {channels});
    float* d_offset = call.output<float>(2, {channels});
    T* d_shortcut = in.y ? call.output<T>(3, in.shape) : nullptr;

    std::vector<float> a(channels), b(channels), q(channels), r(channels);
    for (int64_t c = 0; c < channels; c++) {
      a[c] = in.scale[c] * in.inverse[c];
      b[c] = in.offset[c] - in.mean[c] * a[c];
    }
    const GradientSums<Gate::kOpen, T> pass{in.dy,   in.x,     in.y,    a.data(), b.data(),
                                            in.mean, channels, nullptr, nullptr,  d_shortcut};
    const std::vector<double> total = in.y    ? sum<Gate::kOfY>(blocks, pass)
                                      : relu_ ? sum<Gate::kOfX>(blocks, pass)
                                              : sum<Gate::kOpen>(blocks, pass);
    const double n = static_cast<double>(blocks.rows);
    for (int64_t c = 0; c < channels; c++) {
      const double unit = total[channels + c] * in.inverse[c];
      d_scale[c] = static_cast<float>(unit);
      d_offset[c] = static_cast<float>(total[c]);
      const double slope = -static_cast<double>(a[c]) * unit * in.inverse[c] / n;
      q[c] = static_cast<float>(slope);
      r[c] = static_cast<float>(-slope * in.mean[c] - a[c] * total[c] / n);
    }
    // Behind a shortcut the gradient has passed the ReLU already.
    const T* g = in.y ? d_shortcut : in.dy;
    const InputGradient<false, T> finish{g,        in.x,     a.data(), b.data(),
                                         q.data(), r.data(), channels, dx};
    if (relu_ && !in.y) write<true>(blocks, finish);
    else write<false>(blocks, finish);
  }

 private:
  struct In {
    Shape shape;
    const T *dy, *x, *y = nullptr;
    const float *scale, *offset, *mean, *inverse;

    explicit In(Call& call) {
      dy = call.input<T>(0, &shape);
      expect(!shape.empty() && size_of(shape) > 0, "dy must be [..., C]");
      x = call.input<T>(1, shape, "x must be like dy");
      const Shape channels = {shape.back()};
      scale = call.input<float>(2, channels, "scale must be [C]");
      offset = call.input<float>(3, channels, "offset must be [C]");
      mean = call.input<float>(4, channels, "mean must be [C]");
      inverse = call.input<float>(5, channels, "inverse must be [C]");
      if (call.inputs() > 6) y = call.input<T>(6, shape, "y must be like dy");
    }
  };

  // Both sums of all rows, [2, C], with the gate of its own.
  template <Gate kGate>
  static std::vector<double> sum(const Blocks& blocks, const GradientSums<Gate::kOpen, T>& all) {
    Sums sums(blocks);
    Workers::shared().each(blocks.count, [&](int64_t block) {
      const int64_t at = blocks.place(block);
      const bool of_y = kGate == Gate::kOfY;
      const GradientSums<kGate, T> pass{all.dy + at,
                                        all.x + at,
                                        of_y ? all.y + at : nullptr,
                                        all.a,
                                        all.b,
                                        all.mean,
                                        all.channels,
                                        sums.first(block),
                                        sums.second(block),
                                        of_y ? all.d_shortcut + at : nullptr};
      over_rows(pass, blocks.size(block), blocks.slots);
    });
    return sums.join();
  }

  template <bool kRelu>
  static void write(const Blocks& blocks, const InputGradient<false, T>& all) {
    Workers::shared().each(blocks.count, [&](int64_t block) {
      const int64_t at = blocks.place(block);
      const InputGradient<kRelu, T> pass{all.g + at, all.x + at, all.a,        all.b,
                                         all.q,      all.r,      all.channels, all.dx + at};
      over_rows(pass, blocks.size(block), blocks.slots);
    });
  }

  bool relu_;
};

bool add() {
  define({"FameNormGrad",
          {"dy: T", "x: T", "scale: float", "offset: float", "batch_mean: float", "inverse: float",
           "y: N * T"},
          {"dx: T", "d_scale: float", "d_offset: float", "d_shortcut: N * T"},
          {"T: {float, bfloat16}", "N: int >= 0", "relu: bool"}});
  provide<NormGradient<float>>("FameNormGrad", TF_FLOAT);
  provide<NormGradient<bfloat16>>("FameNormGrad", TF_BFLOAT16);
  return true;
}

const Registration registration("norm", add);

}  // namespace
}  // namespace fame
