// Max pooling over volumes with zeros around, and its gradient. Forward notes which tap of a window
// was taken, so that backward need not look again.
#include <algorithm>
#include <cstring>
#include <vector>

#include "kernel.h"
#include "numbers.h"
#include "workers.h"

namespace fame {
namespace {

// Along one axis.
struct Axis {
  // Places read and written; taps of a window, places between windows, zeros before the first
  // place.
  int64_t from, to, taps, stride, before;

  // The place that a window's tap reads, or less than 0 for a zero.
  int64_t place(int64_t window, int64_t tap) const {
    const int64_t at = window * stride + tap - before;
    return at < from ? at : -1;
  }

  // The window that reads a place at a tap, or less than 0 for none.
  int64_t window(int64_t at, int64_t tap) const {
    const int64_t start = at + before - tap;
    if (start < 0 || start % stride != 0) return -1;
    return start / stride < to ? start / stride : -1;
  }
};

struct Geometry {
  Axis t, h, w;
  int64_t batch, channels;

  int64_t tap(int64_t i, int64_t j, int64_t k) const { return (i * h.taps + j) * w.taps + k; }
};

// Kernel, strides and zeros before and after, along time, height and width.
class Windows {
 public:
  explicit Windows(const Attributes& attributes)
      : kernel_(attributes.integers("kernel", 3)),
        strides_(attributes.integers("strides", 3)),
        pads_(attributes.integers("pads", 6)) {
    int64_t taps = 1;
    for (int i = 0; i < 3; i++) {
      expect(kernel_[i] > 0 && kernel_[i] <= 256, "a window has 1 to 256 taps");
      expect(strides_[i] > 0, "strides must be positive");
      for (const int64_t pad : {pads_[2 * i], pads_[2 * i + 1]}) {
        expect(pad >= 0 && pad < std::max(kernel_[i], strides_[i]), "too many zeros around");
      }
      taps *= kernel_[i];
    }
    expect(taps <= 256, "a window has 1 to 256 taps");
  }

  // The shape of y, for x of the shape `from`.
  Shape output(const Shape& from) const {
    expect(from.size() == 5 && size_of(from) > 0, "x must be [B, T, H, W, C]");
    Shape to = from;
    for (int i = 0; i < 3; i++) {
      const int64_t padded = from[i + 1] + pads_[2 * i] + pads_[2 * i + 1];
      expect(padded >= kernel_[i], "x is smaller than a window");
      to[i + 1] = (padded - kernel_[i]) / strides_[i] + 1;
    }
    return to;
  }

  Geometry over(const Shape& from, const Shape& to) const {
    const auto axis = [&](int i) {
      return Axis{from[i + 1], to[i + 1], kernel_[i], strides_[i], pads_[2 * i]};
    };
    return {axis(0), axis(1), axis(2), from[0], from[4]};
  }

 private:
  Shape kernel_, strides_, pads_;
};

// Numbers from 0 on are in the order of their bits, and what is not a number is behind them all.
// Without the sign, which a zero may have.
template <typename Word>
inline Word order(Word bits) {
  return static_cast<Word>(bits << 1);
}

// Takes the values of a tap where they are larger than the best before.
template <typename Word>
void take_larger(const Word* __restrict x, int64_t channels, uint8_t tap, Word* __restrict best,
                 uint8_t* __restrict taken) {
  for (int64_t c = 0; c < channels; c++) {
    const Word value = x[c], before = best[c];
    const bool larger = order(value) > order(before);
    best[c] = larger ? value : before;
    taken[c] = larger ? tap : taken[c];
  }
}

// y [B, T', H', W', C] and the tap that each of it was taken from, of x [B, T, H, W, C] >= 0.
// @param Word the bits of an element
template <typename Word>
class MaxPool {
 public:
  explicit MaxPool(const Attributes& attributes) : windows_(attributes) {}

  void run(Call& call) const {
    Shape from;
    const Word* x = call.input<Word>(0, &from);
    const Shape to = windows_.output(from);
    Word* y = call.output<Word>(0, to);
    uint8_t* taken = call.output<uint8_t>(1, to);
    const Geometry g = windows_.over(from, to);
    const int64_t clip = g.t.from * g.h.from * g.w.from * g.channels;
    Workers::shared().each(g.batch * g.t.to * g.h.to, [&](int64_t row) {
      const int64_t h = row % g.h.to, t = row / g.h.to % g.t.to, b = row / g.h.to / g.t.to;
      for (int64_t w = 0; w < g.w.to; w++) {
        const int64_t at = (row * g.w.to + w) * g.channels;
        pool(g, x + b * clip, t, h, w, y + at, taken + at);
      }
    });
  }

 private:
  // One window. Of equal values the first is taken, be it a zero around.
  static void pool(const Geometry& g, const Word* clip, int64_t t, int64_t h, int64_t w, Word* y,
                   uint8_t* taken) {
    std::memset(taken, 0, g.channels);
    for (int64_t i = 0; i < g.t.taps; i++) {
      for (int64_t j = 0; j < g.h.taps; j++) {
        for (int64_t k = 0; k < g.w.taps; k++) {
          const int64_t frame = g.t.place(t, i), line = g.h.place(h, j), column = g.w.place(w, k);
          const bool zero = frame < 0 || line < 0 || column < 0;
          const Word* x = clip + ((frame * g.h.from + line) * g.w.from + column) * g.channels;
          const int64_t tap = g.tap(i, j, k);
          if (tap > 0 && !zero) take_larger(x, g.channels, static_cast<uint8_t>(tap), y, taken);
          else if (tap > 0) continue;
          else if (zero) std::memset(y, 0, g.channels * sizeof(Word));
          else std::memcpy(y, x, g.channels * sizeof(Word));
        }
      }
    }
  }

  Windows windows_;
};

template <typename T>
void add_taken(const T* __restrict dy, const uint8_t* __restrict taken, int64_t channels,
               uint8_t tap, float* __restrict sum) {
  for (int64_t c = 0; c < channels; c++) sum[c] += taken[c] == tap ? load(dy + c) : 0.f;
}

// dx, in the shape of x, of dy and of what forward has taken.
template <typename T>
class MaxPoolGradient {
 public:
  explicit MaxPoolGradient(const Attributes& attributes)
      : windows_(attributes), size_(attributes.integers("size", 3)) {}

  void run(Call& call) const {
    Shape to, same;
    const T* dy = call.input<T>(0, &to);
    const uint8_t* taken = call.input<uint8_t>(1, &same);
    expect(to.size() == 5 && to == same, "dy must have the shape of y");
    const Shape from = {to[0], size_[0], size_[1], size_[2], to[4]};
    expect(windows_.output(from) == to, "dy does not fit the size of x");
    T* dx = call.output<T>(0, from);
    const Geometry g = windows_.over(from, to);
    Workers::shared().each(g.batch * g.t.from * g.h.from, [&](int64_t row) {
      const int64_t h = row % g.h.from, t = row / g.h.from % g.t.from;
      const int64_t frames = row / g.h.from / g.t.from * g.t.to;
      std::vector<float> sum(g.channels);
      for (int64_t w = 0; w < g.w.from; w++) {
        std::fill(sum.begin(), sum.end(), 0.f);
        gather(g, dy, taken, frames, t, h, w, sum.data());
        T* out = dx + (row * g.w.from + w) * g.channels;
        for (int64_t c = 0; c < g.channels; c++) store(out + c, sum[c]);
      }
    });
  }

 private:
  // What the windows give that have taken this place. @param frames of dy before this clip
  static void gather(const Geometry& g, const T* dy, const uint8_t* taken, int64_t frames,
                     int64_t t, int64_t h, int64_t w, float* sum) {
    for (int64_t i = 0; i < g.t.taps; i++) {
      const int64_t frame = g.t.window(t, i);
      for (int64_t j = 0; j < g.h.taps; j++) {
        const int64_t line = g.h.window(h, j);
        for (int64_t k = 0; k < g.w.taps; k++) {
          const int64_t column = g.w.window(w, k);
          if (frame < 0 || line < 0 || column < 0) continue;
          const int64_t window = ((frames + frame) * g.h.to + line) * g.w.to + column;
          add_taken(dy + window * g.channels, taken + window * g.channels, g.channels,
                    static_cast<uint8_t>(g.tap(i, j, k)), sum);
        }
      }
    }
  }

  Windows windows_;
  Shape size_;
};

bool add() {
  const char *type = "T: {float, bfloat16}", *kernel = "kernel: list(int)";
  const char *strides = "strides: list(int)", *pads = "pads: list(int)";
  define({"FameMaxPool", {"x: T"}, {"y: T", "taken: uint8"}, {type, kernel, strides, pads}});
  provide<MaxPool<uint32_t>>("FameMaxPool", TF_FLOAT);
  provide<MaxPool<uint16_t>>("FameMaxPool", TF_BFLOAT16);
  define({"FameMaxPoolGrad",
          {"dy: T", "taken: uint8"},
          {"dx: T"},
          {type, kernel, strides, pads, "size: list(int)"}});
  provide<MaxPoolGradient<float>>("FameMaxPoolGrad", TF_FLOAT);
  provide<MaxPoolGradient<bfloat16>>("FameMaxPoolGrad", TF_BFLOAT16);
  return true;
}

const Registration registration("maxPool", add);

}  // namespace
}  // namespace fame
