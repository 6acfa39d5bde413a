// The gradient of batch normalisation with what comes after it: two passes, one for the sums of the
// gradient over all rows and one that needs them.
#include <type_traits>
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

// What the ops read: dy, x, scale, offset, mean, inverse.
template <typename T>
struct GradientInputs {
  Shape shape;
  const T *dy, *x, *y = nullptr;
  const float *scale, *offset, *mean, *inverse;

  explicit GradientInputs(Call& call) {
    dy = call.input<T>(0, &shape);
    expect(!shape.empty() && size_of(shape) > 0, "dy must be [..., C]");
    x = call.input<T>(1, shape, "x must be like dy");
    const Shape channels = {shape.back()};
    scale = call.input<float>(2, channels, "scale must be [C]");
    offset = call.input<float>(3, channels, "offset must be [C]");
    mean = call.input<float>(4, channels, "mean must be [C]");
    inverse = call.input<float>(5, channels, "inverse must be [C]");
  }

  // With a shortcut before the ReLU, y follows.
  void read_y(Call& call) {
    if (call.inputs() > 6) y = call.input<T>(6, shape, "y must be like dy");
  }
};

// Normalised and scaled, x is a * x + b.
struct Line {
  std::vector<float> a, b;

  template <typename T>
  explicit Line(const GradientInputs<T>& in) : a(in.shape.back()), b(in.shape.back()) {
    for (size_t c = 0; c < a.size(); c++) {
      a[c] = in.scale[c] * in.inverse[c];
      b[c] = in.offset[c] - in.mean[c] * a[c];
    }
  }
};

// Both sums of the rows of some blocks, [2, C], with the gate of its own.
template <Gate kGate, typename T>
std::vector<double> sum_gate(const Blocks& blocks, const GradientInputs<T>& in, const Line& line,
                             T* d_shortcut) {
  Sums sums(blocks);
  Workers::shared().each(blocks.count, [&](int64_t block) {
    const int64_t at = blocks.place(block);
    const bool of_y = kGate == Gate::kOfY;
    const GradientSums<kGate, T> pass{in.dy + at,
                                      in.x + at,
                                      of_y ? in.y + at : nullptr,
                                      line.a.data(),
                                      line.b.data(),
                                      in.mean,
                                      blocks.channels,
                                      sums.first(block),
                                      sums.second(block),
                                      of_y ? d_shortcut + at : nullptr};
    over_rows(pass, blocks.size(block), blocks.slots);
  });
  return sums.join();
}

template <typename T>
std::vector<double> sum(const Blocks& blocks, const GradientInputs<T>& in, const Line& line,
                        bool relu, T* d_shortcut) {
  if (in.y) return sum_gate<Gate::kOfY>(blocks, in, line, d_shortcut);
  if (relu) return sum_gate<Gate::kOfX>(blocks, in, line, d_shortcut);
  return sum_gate<Gate::kOpen>(blocks, in, line, d_shortcut);
}

// For each channel, the sums over n rows of g and of g * unit, where unit is x normalised.
struct Totals {
  std::vector<double> g, unit;
  double n;
};

// dx from g and what all rows have in common.
template <typename T>
void write(const Blocks& blocks, const GradientInputs<T>& in, const Line& line, const T* g,
           const Totals& totals, bool relu, T* dx) {
  std::vector<float> q(blocks.channels), r(blocks.channels);
  for (int64_t c = 0; c < blocks.channels; c++) {
    const double a = line.a[c];
    const double slope = -a * totals.unit[c] * in.inverse[c] / totals.n;
    q[c] = static_cast<float>(slope);
    r[c] = static_cast<float>(-slope * in.mean[c] - a * totals.g[c] / totals.n);
  }
  const auto pass = [&](auto with_relu) {
    Workers::shared().each(blocks.count, [&](int64_t block) {
      const int64_t at = blocks.place(block);
      const InputGradient<with_relu, T> part{g + at,   in.x + at, line.a.data(),   line.b.data(),
                                             q.data(), r.data(),  blocks.channels, dx + at};
      over_rows(part, blocks.size(block), blocks.slots);
    });
  };
  if (relu) pass(std::true_type());
  else pass(std::false_type());
}

// Inputs dy, x, scale, offset, mean, inverse and, with a shortcut before the ReLU, y; outputs dx,
// d_scale, d_offset and then that of the shortcut.
template <typename T>
class NormGradient {
 public:
  explicit NormGradient(const Attributes& attributes) : relu_(attributes.flag("relu")) {}

  void run(Call& call) const {
    GradientInputs<T> in(call);
    in.read_y(call);
    const Blocks blocks(in.shape, sizeof(T));
    const int64_t channels = blocks.channels;
    T* dx = call.output<T>(0, in.shape);
    float* d_scale = call.output<float>(1, {channels});
    float* d_offset = call.output<float>(2, {channels});
    T* d_shortcut = in.y ? call.output<T>(3, in.shape) : nullptr;

    const Line line(in);
    const std::vector<double> total = sum(blocks, in, line, relu_, d_shortcut);
    Totals totals{std::vector<double>(channels), std::vector<double>(channels),
                  static_cast<double>(blocks.rows)};
    for (int64_t c = 0; c < channels; c++) {
      totals.g[c] = total[c];
      totals.unit[c] = total[channels + c] * in.inverse[c];
      d_scale[c] = static_cast<float>(totals.unit[c]);
      d_offset[c] = static_cast<float>(totals.g[c]);
    }
    // Behind a shortcut the gradient has passed the ReLU already.
    const T* g = in.y ? d_shortcut : in.dy;
    write(blocks, in, line, g, totals, relu_ && !in.y, dx);
  }

 private:
  bool relu_;
};

// The first half of the same, for rows that are spread over processes: d_scale, d_offset and then
// the gradient of the shortcut.
template <typename T>
class NormSums {
 public:
  explicit NormSums(const Attributes& attributes) : relu_(attributes.flag("relu")) {}

  void run(Call& call) const {
    GradientInputs<T> in(call);
    in.read_y(call);
    const Blocks blocks(in.shape, sizeof(T));
    const int64_t channels = blocks.channels;
    float* d_scale = call.output<float>(0, {channels});
    float* d_offset = call.output<float>(1, {channels});
    T* d_shortcut = in.y ? call.output<T>(2, in.shape) : nullptr;
    const std::vector<double> total = sum(blocks, in, Line(in), relu_, d_shortcut);
    for (int64_t c = 0; c < channels; c++) {
      d_scale[c] = static_cast<float>(total[channels + c] * in.inverse[c]);
      d_offset[c] = static_cast<float>(total[c]);
    }
  }

 private:
  bool relu_;
};

// The second half: dx, from the means of g * unit and of g over the rows of all processes.
template <typename T>
class NormInput {
 public:
  explicit NormInput(const Attributes& attributes) : relu_(attributes.flag("relu")) {}

  void run(Call& call) const {
    const GradientInputs<T> in(call);
    const Blocks blocks(in.shape, sizeof(T));
    const Shape per_channel = {blocks.channels};
    const float* unit = call.input<float>(6, per_channel, "the mean of g * unit must be [C]");
    const float* g = call.input<float>(7, per_channel, "the mean of g must be [C]");
    const Totals means{{g, g + blocks.channels}, {unit, unit + blocks.channels}, 1.};
    T* dx = call.output<T>(0, in.shape);
    write(blocks, in, Line(in), in.dy, means, relu_, dx);
  }

 private:
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
  define({"FameNormSums",
          {"dy: T", "x: T", "scale: float", "offset: float", "mean: float", "inverse: float",
           "y: N * T"},
          {"d_scale: float", "d_offset: float", "d_shortcut: N * T"},
          {"T: {float, bfloat16}", "N: int >= 0", "relu: bool"}});
  provide<NormSums<float>>("FameNormSums", TF_FLOAT);
  provide<NormSums<bfloat16>>("FameNormSums", TF_BFLOAT16);
  define({"FameNormInput",
          {"dy: T", "x: T", "scale: float", "offset: float", "mean: float", "inverse: float",
           "mean_unit: float", "mean_g: float"},
          {"dx: T"},
          {"T: {float, bfloat16}", "relu: bool"}});
  provide<NormInput<float>>("FameNormInput", TF_FLOAT);
  provide<NormInput<bfloat16>>("FameNormInput", TF_BFLOAT16);
  return true;
}

const Registration registration("norm", add);

}  // namespace
}  // namespace fame
