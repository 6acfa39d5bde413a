// Batch normalisation in training mode with what comes after it in one pass: adding a shortcut and
// ReLU. Statistics in float32 by block, joined in float64 in a fixed order.
#include <algorithm>
#include <cmath>
#include <memory>

#include "kernel.h"
#include "numbers.h"
#include "workers.h"

namespace fame {
namespace {

// Rows that one thread takes at a time: some 64 KiB.
int64_t rows_per_block(int64_t channels, size_t element) {
  return std::max<int64_t>(16, 65536 / (channels * static_cast<int64_t>(element)));
}

struct Blocks {
  int64_t rows, channels, length, count;

  Blocks(const Shape& shape, size_t element) {
    channels = shape.back();
    rows = size_of(shape) / std::max<int64_t>(channels, 1);
    length = rows_per_block(channels, element);
    count = (rows + length - 1) / length;
  }

  int64_t begin(int64_t block) const { return block * length; }
  int64_t end(int64_t block) const { return std::min(rows, (block + 1) * length); }
};

// Sums of x - shift and of its square over the rows of a block, [C] each.
template <typename T>
void sum_rows(const T* x, const float* __restrict shift, int64_t rows, int64_t channels,
              float* __restrict sum, float* __restrict square) {
  std::fill_n(sum, channels, 0.f);
  std::fill_n(square, channels, 0.f);
  int64_t row = 0;
  for (; row + 4 <= rows; row += 4, x += 4 * channels) {
    const T *x1 = x + channels, *x2 = x1 + channels, *x3 = x2 + channels;
    for (int64_t c = 0; c < channels; c++) {
      const float a = load(x + c) - shift[c], b = load(x1 + c) - shift[c];
      const float d = load(x2 + c) - shift[c], e = load(x3 + c) - shift[c];
      sum[c] += (a + b) + (d + e);
      square[c] += (a * a + b * b) + (d * d + e * e);
    }
  }
  for (; row < rows; row++, x += channels) {
    for (int64_t c = 0; c < channels; c++) {
      const float a = load(x + c) - shift[c];
      sum[c] += a;
      square[c] += a * a;
    }
  }
}

// The parts of all blocks, [blocks, width], as one row.
std::vector<double> join(const float* parts, int64_t blocks, int64_t width) {
  std::vector<double> total(width, 0.);
  for (int64_t block = 0; block < blocks; block++, parts += width) {
    for (int64_t i = 0; i < width; i++) total[i] += parts[i];
  }
  return total;
}

template <bool kRelu, bool kShortcut, typename T>
void normalise_rows(const T* __restrict x, const T* __restrict shortcut, const float* __restrict a,
                    const float* __restrict b, int64_t rows, int64_t channels, T* __restrict y) {
  for (int64_t row = 0; row < rows; row++) {
    const int64_t at = row * channels;
    for (int64_t c = 0; c < channels; c++) {
      float value = load(x + at + c) * a[c] + b[c];
      if (kShortcut) value += load(shortcut + at + c);
      if (kRelu) value = value < 0.f ? 0.f : value;
      store(y + at + c, value);
    }
  }
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
    Shape shape, scale_shape;
    const T* x = call.input<T>(0, &shape);
    const float* scale = call.input<float>(1, &scale_shape);
    const float* offset = call.input<float>(2);
    const float* running[] = {call.input<float>(3), call.input<float>(4)};
    Shape other = shape;
    const T* shortcut = call.inputs() > 5 ? call.input<T>(5, &other) : nullptr;
    expect(!shape.empty() && other == shape, "x and its shortcut must have one shape");
    const Blocks blocks(shape, sizeof(T));
    const int64_t channels = blocks.channels;
    expect(size_of(scale_shape) == channels && blocks.rows > 1, "x must be [..., C], scale [C]");
    T* y = call.output<T>(0, shape);
    float* mean = call.output<float>(1, {channels});
    float* inverse = call.output<float>(2, {channels});
    float* moved[] = {call.output<float>(3, {channels}), call.output<float>(4, {channels})};

    const std::vector<double> total = statistics(x, blocks);
    std::vector<float> a(channels), b(channels);
    const double n = static_cast<double>(blocks.rows);
    for (int64_t c = 0; c < channels; c++) {
      const double off = total[c] / n;
      const double variance = std::max(total[channels + c] / n - off * off, 0.);
      mean[c] = static_cast<float>(load(x + c) + off);
      inverse[c] = static_cast<float>(1 / std::sqrt(variance + epsilon_));
      moved[0][c] = running[0][c] + momentum_ * (mean[c] - running[0][c]);
      const float unbiased = static_cast<float>(variance * n / (n - 1));
      moved[1][c] = running[1][c] + momentum_ * (unbiased - running[1][c]);
      a[c] = scale[c] * inverse[c];
      b[c] = offset[c] - mean[c] * a[c];
    }
    const auto normalise =
        shortcut ? (relu_ ? normalise_rows<true, true, T> : normalise_rows<false, true, T>)
                 : (relu_ ? normalise_rows<true, false, T> : normalise_rows<false, false, T>);
    Workers::shared().each(blocks.count, [&](int64_t block) {
      const int64_t at = blocks.begin(block) * channels;
      normalise(x + at, shortcut ? shortcut + at : nullptr, a.data(), b.data(),
                blocks.end(block) - blocks.begin(block), channels, y + at);
    });
  }

 private:
  // Sums of x less its first row and of the square of that, [2, C].
  static std::vector<double> statistics(const T* x, const Blocks& blocks) {
    const int64_t channels = blocks.channels;
    std::vector<float> shift(channels);
    for (int64_t c = 0; c < channels; c++) shift[c] = load(x + c);
    const std::unique_ptr<float[]> parts(new float[blocks.count * 2 * channels]);
    Workers::shared().each(blocks.count, [&](int64_t block) {
      float* part = parts.get() + block * 2 * channels;
      const int64_t begin = blocks.begin(block);
      sum_rows(x + begin * channels, shift.data(), blocks.end(block) - begin, channels, part,
               part + channels);
    });
    return join(parts.get(), blocks.count, 2 * channels);
  }

  bool relu_;
  float epsilon_, momentum_;
};

// Sums over the rows of a block: g and g * (x - mean), where g is dy behind the ReLU.
template <bool kRelu, bool kShortcut, typename T>
void sum_gradients(const T* __restrict dy, const T* __restrict x, const T* __restrict y,
                   const float* __restrict a, const float* __restrict b,
                   const float* __restrict mean, int64_t rows, int64_t channels,
                   float* __restrict sum, float* __restrict product, T* __restrict d_shortcut) {
  std::fill_n(sum, channels, 0.f);
  std::fill_n(product, channels, 0.f);
  for (int64_t row = 0; row < rows; row++) {
    const int64_t at = row * channels;
    for (int64_t c = 0; c < channels; c++) {
      const float value = load(x + at + c);
      float g = load(dy + at + c);
      if (kRelu) {
        const float sign = kShortcut ? load(y + at + c) : value * a[c] + b[c];
        g = sign > 0.f ? g : 0.f;
      }
      if (kShortcut && kRelu) store(d_shortcut + at + c, g);
      sum[c] += g;
      product[c] += g * (value - mean[c]);
    }
  }
}

// dx = p * g + q * x + r
template <bool kRelu, typename T>
void input_gradients(const T* __restrict g, const T* __restrict x, const float* __restrict a,
                     const float* __restrict b, const float* __restrict p,
                     const float* __restrict q, const float* __restrict r, int64_t rows,
                     int64_t channels, T* __restrict dx) {
  for (int64_t row = 0; row < rows; row++) {
    const int64_t at = row * channels;
    for (int64_t c = 0; c < channels; c++) {
      const float value = load(x + at + c);
      float gradient = load(g + at + c);
      if (kRelu) gradient = value * a[c] + b[c] > 0.f ? gradient : 0.f;
      store(dx + at + c, p[c] * gradient + (q[c] * value + r[c]));
    }
  }
}

// Inputs dy, x, scale, offset, mean, inverse and, with a shortcut before the ReLU, y; outputs dx,
// d_scale, d_offset and then that of the shortcut.
template <typename T>
class NormGradient {
 public:
  explicit NormGradient(const Attributes& attributes) : relu_(attributes.flag("relu")) {}

  void run(Call& call) const {
    Shape shape, same, again;
    const T* dy = call.input<T>(0, &shape);
    const T* x = call.input<T>(1, &same);
    const float* per_channel[] = {call.input<float>(2), call.input<float>(3, &again),
                                  call.input<float>(4), call.input<float>(5)};
    const T* y = call.inputs() > 6 ? call.input<T>(6) : nullptr;
    expect(!shape.empty() && shape == same, "dy and x must have one shape");
    const Blocks blocks(shape, sizeof(T));
    const int64_t channels = blocks.channels;
    expect(size_of(again) == channels, "dy must be [..., C], scale [C]");
    T* dx = call.output<T>(0, shape);
    float* d_scale = call.output<float>(1, {channels});
    float* d_offset = call.output<float>(2, {channels});
    T* d_shortcut = y ? call.output<T>(3, shape) : nullptr;
    const auto [scale, offset, mean, inverse] = per_channel;

    std::vector<float> a(channels), b(channels);
    for (int64_t c = 0; c < channels; c++) {
      a[c] = scale[c] * inverse[c];
      b[c] = offset[c] - mean[c] * a[c];
    }
    const std::unique_ptr<float[]> parts(new float[blocks.count * 2 * channels]);
    const auto sum = y ? sum_gradients<true, true, T>
                       : (relu_ ? sum_gradients<true, false, T> : sum_gradients<false, false, T>);
    Workers::shared().each(blocks.count, [&](int64_t block) {
      float* part = parts.get() + block * 2 * channels;
      const int64_t at = blocks.begin(block) * channels;
      sum(dy + at, x + at, y ? y + at : nullptr, a.data(), b.data(), mean,
          blocks.end(block) - blocks.begin(block), channels, part, part + channels,
          y ? d_shortcut + at : nullptr);
    });
    const std::vector<double> total = join(parts.get(), blocks.count, 2 * channels);

    std::vector<float> q(channels), r(channels);
    const double n = static_cast<double>(blocks.rows);
    for (int64_t c = 0; c < channels; c++) {
      const double unit = total[channels + c] * inverse[c];
      d_scale[c] = static_cast<float>(unit);
      d_offset[c] = static_cast<float>(total[c]);
      const double slope = -static_cast<double>(a[c]) * unit * inverse[c] / n;
      q[c] = static_cast<float>(slope);
      r[c] = static_cast<float>(-slope * mean[c] - a[c] * total[c] / n);
    }
    // Behind a shortcut the gradient has passed the ReLU already.
    const T* g = y ? d_shortcut : dy;
    const auto finish = relu_ && !y ? input_gradients<true, T> : input_gradients<false, T>;
    Workers::shared().each(blocks.count, [&](int64_t block) {
      const int64_t at = blocks.begin(block) * channels;
      finish(g + at, x + at, a.data(), b.data(), a.data(), q.data(), r.data(),
             blocks.end(block) - blocks.begin(block), channels, dx + at);
    });
  }

 private:
  bool relu_;
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
