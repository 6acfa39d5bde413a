// Batch normalisation in training mode with what comes after it in one pass: adding a shortcut and
// ReLU. Statistics in float32 by block, joined in float64 in a fixed order.
#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

#include "kernel.h"
#include "lanes.h"
#include "norm-blocks.h"
#include "numbers.h"
#include "workers.h"

namespace fame {
namespace {

// Adds x - shift and its square.
template <typename T>
struct Moments {
  const T* x;
  const float* shift;
  int64_t channels;
  float *sums, *squares;

  template <typename Lane, int kLanes>
  void at(int64_t c, int64_t slot, int64_t begin, int64_t end) const {
    using L = Lanes<Lane, kLanes>;
    L sum = L::read(sums + slot), square = L::read(squares + slot);
    const L less = L::read(shift + c);
    for (int64_t row = begin; row < end; row++) {
      const L value = L::read(x + row * channels + c);
      for (int i = 0; i < kLanes; i++) {
        const auto off = value.v[i] - less.v[i];
        sum.v[i] += off;
        square.v[i] += off * off;
      }
    }
    sum.write(sums + slot);
    square.write(squares + slot);
  }
};

// y = relu(a * x + b + shortcut)
template <bool kRelu, bool kShortcut, typename T>
struct Normalise {
  const T *x, *shortcut;
  const float *a, *b;
  int64_t channels;
  T* y;

  template <typename Lane, int kLanes>
  void at(int64_t c, int64_t, int64_t begin, int64_t end) const {
    using L = Lanes<Lane, kLanes>;
    const typename Lane::V zero{};
    const L slope = L::read(a + c), offset = L::read(b + c);
    for (int64_t row = begin; row < end; row++) {
      const int64_t place = row * channels + c;
      L value = L::read(x + place);
      for (int i = 0; i < kLanes; i++) value.v[i] = value.v[i] * slope.v[i] + offset.v[i];
      if (kShortcut) {
        const L around = L::read(shortcut + place);
        for (int i = 0; i < kLanes; i++) value.v[i] += around.v[i];
      }
      if (kRelu) {
        for (int i = 0; i < kLanes; i++) value.v[i] = value.v[i] < zero ? zero : value.v[i];
      }
      value.write(y + place);
    }
  }
};

template <bool kRelu, bool kShortcut, typename T>
void normalise(const Blocks& blocks, const Normalise<kRelu, kShortcut, T>& pass) {
  Workers::shared().each(blocks.count, [&](int64_t block) {
    auto part = pass;
    part.x += blocks.place(block);
    part.y += blocks.place(block);
    if (kShortcut) part.shortcut += blocks.place(block);
    over_rows(part, blocks.size(block), blocks.slots);
  });
}

// Sums of x less its first row and of the square of that, [2, C].
template <typename T>
std::vector<double> moments(const T* x, const Blocks& blocks) {
  std::vector<float> shift(blocks.channels);
  for (int64_t c = 0; c < blocks.channels; c++) shift[c] = load(x + c);
  Sums sums(blocks);
  Workers::shared().each(blocks.count, [&](int64_t block) {
    const Moments<T> pass{x + blocks.place(block), shift.data(), blocks.channels, sums.first(block),
                          sums.second(block)};
    over_rows(pass, blocks.size(block), blocks.slots);
  });
  return sums.join();
}

// What the ops that write y read.
template <typename T>
struct NormInputs {
  Shape shape;
  const T *x, *shortcut = nullptr;
  const float *scale, *offset, *mean, *variance;

  explicit NormInputs(Call& call) {
    x = call.input<T>(0, &shape);
    expect(!shape.empty() && size_of(shape) > 0, "x must be [..., C]");
    const Shape channels = {shape.back()};
    scale = call.input<float>(1, channels, "scale must be [C]");
    offset = call.input<float>(2, channels, "offset must be [C]");
    mean = call.input<float>(3, channels, "mean must be [C]");
    variance = call.input<float>(4, channels, "variance must be [C]");
    if (call.inputs() > 5) shortcut = call.input<T>(5, shape, "the shortcut must be like x");
  }
};

// Writes y = relu(a * x + b + shortcut), with and without the ReLU and the shortcut.
template <typename T>
void write(const Blocks& blocks, const NormInputs<T>& in, bool relu, const std::vector<float>& a,
           const std::vector<float>& b, T* y) {
  const auto pass = [&](auto with_relu, auto with_shortcut) {
    normalise<with_relu, with_shortcut, T>(
        blocks, {in.x, in.shortcut, a.data(), b.data(), blocks.channels, y});
  };
  using Yes = std::true_type;
  using No = std::false_type;
  if (in.shortcut) relu ? pass(Yes(), Yes()) : pass(No(), Yes());
  else relu ? pass(Yes(), No()) : pass(No(), No());
}

// y = relu((x - mean) / sqrt(variance + epsilon) * scale + offset + shortcut)
template <typename T>
class Norm {
 public:
  explicit Norm(const Attributes& attributes)
      : relu_(attributes.flag("relu")),
        epsilon_(attributes.number("epsilon")),
        momentum_(attributes.number("momentum")) {}

  void run(Call& call) const {
    const NormInputs<T> in(call);
    const Blocks blocks(in.shape, sizeof(T));
    expect(blocks.rows > 1, "x must have more than one row of channels");
    const Shape per_channel = {blocks.channels};
    T* y = call.output<T>(0, in.shape);
    float* mean = call.output<float>(1, per_channel);
    float* inverse = call.output<float>(2, per_channel);
    float* new_mean = call.output<float>(3, per_channel);
    float* new_variance = call.output<float>(4, per_channel);

    const std::vector<double> total = moments(in.x, blocks);
    std::vector<float> a(blocks.channels), b(blocks.channels);
    const double n = static_cast<double>(blocks.rows);
    for (int64_t c = 0; c < blocks.channels; c++) {
      const double off = total[c] / n;
      const double variance = std::max(total[blocks.channels + c] / n - off * off, 0.);
      mean[c] = static_cast<float>(load(in.x + c) + off);
      inverse[c] = static_cast<float>(1 / std::sqrt(variance + epsilon_));
      new_mean[c] = in.mean[c] + momentum_ * (mean[c] - in.mean[c]);
      const float unbiased = static_cast<float>(variance * n / (n - 1));
      new_variance[c] = in.variance[c] + momentum_ * (unbiased - in.variance[c]);
      a[c] = in.scale[c] * inverse[c];
      b[c] = in.offset[c] - mean[c] * a[c];
    }
    write(blocks, in, relu_, a, b, y);
  }

 private:
  bool relu_;
  float epsilon_, momentum_;
};

// The same with the mean and variance that come in, which stay.
template <typename T>
class FixedNorm {
 public:
  explicit FixedNorm(const Attributes& attributes)
      : relu_(attributes.flag("relu")), epsilon_(attributes.number("epsilon")) {}

  void run(Call& call) const {
    const NormInputs<T> in(call);
    const Blocks blocks(in.shape, sizeof(T));
    std::vector<float> a(blocks.channels), b(blocks.channels);
    for (int64_t c = 0; c < blocks.channels; c++) {
      const double variance = in.variance[c];
      a[c] = static_cast<float>(in.scale[c] / std::sqrt(variance + epsilon_));
      b[c] = in.offset[c] - in.mean[c] * a[c];
    }
    write(blocks, in, relu_, a, b, call.output<T>(0, in.shape));
  }

 private:
  bool relu_;
  float epsilon_;
};

// Mean and variance, divided by the number of rows, of each channel.
template <typename T>
class BatchMoments {
 public:
  explicit BatchMoments(const Attributes&) {}

  void run(Call& call) const {
    Shape shape;
    const T* x = call.input<T>(0, &shape);
    expect(!shape.empty() && size_of(shape) > 0, "x must be [..., C]");
    const Blocks blocks(shape, sizeof(T));
    float* mean = call.output<float>(0, {blocks.channels});
    float* variance = call.output<float>(1, {blocks.channels});
    const std::vector<double> total = moments(x, blocks);
    const double n = static_cast<double>(blocks.rows);
    for (int64_t c = 0; c < blocks.channels; c++) {
      const double off = total[c] / n;
      mean[c] = static_cast<float>(load(x + c) + off);
      variance[c] = static_cast<float>(std::max(total[blocks.channels + c] / n - off * off, 0.));
    }
  }
};

bool add() {
  define(
      {"FameNorm",
       {"x: T", "scale: float", "offset: float", "mean: float", "variance: float",
        "shortcut: N * T"},
       {"y: T", "batch_mean: float", "inverse: float", "new_mean: float", "new_variance: float"},
       {"T: {float, bfloat16}", "N: int >= 0", "relu: bool", "epsilon: float", "momentum: float"}});
  provide<Norm<float>>("FameNorm", TF_FLOAT);
  provide<Norm<bfloat16>>("FameNorm", TF_BFLOAT16);
  define({"FameMoments", {"x: T"}, {"mean: float", "variance: float"}, {"T: {float, bfloat16}"}});
  provide<BatchMoments<float>>("FameMoments", TF_FLOAT);
  provide<BatchMoments<bfloat16>>("FameMoments", TF_BFLOAT16);
  define({"FameFixedNorm",
          {"x: T", "scale: float", "offset: float", "mean: float", "variance: float",
           "shortcut: N * T"},
          {"y: T"},
          {"T: {float, bfloat16}", "N: int >= 0", "relu: bool", "epsilon: float"}});
  provide<FixedNorm<float>>("FameFixedNorm", TF_FLOAT);
  provide<FixedNorm<bfloat16>>("FameFixedNorm", TF_BFLOAT16);
  return true;
}

const Registration registration("norm", add);

}  // namespace
}  // namespace fame
