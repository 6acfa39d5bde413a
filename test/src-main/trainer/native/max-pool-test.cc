// Max pooling and its gradient beside loops over every window.
#include <algorithm>

#include "harness.h"

namespace fame::test {
namespace {

struct Case {
  Shape x, kernel, strides, pads;
};

Op forward(const Case& c, const Value& x) {
  return {"FameMaxPool",
          {{"kernel", c.kernel}, {"strides", c.strides}, {"pads", c.pads}},
          {x},
          {TF_FLOAT, TF_UINT8}};
}

Op backward(const Case& c, const Value& dy, const Value& taken) {
  const Shape size(c.x.begin() + 1, c.x.begin() + 4);
  return {"FameMaxPoolGrad",
          {{"kernel", c.kernel}, {"strides", c.strides}, {"pads", c.pads}, {"size", size}},
          {dy, taken},
          {TF_FLOAT}};
}

// Calls work(place in y, place in x or -1) for every window's taps in order.
template <typename Work>
void each_tap(const Case& c, const Shape& y, const Work& work) {
  for (int64_t at = 0; at < size_of(y); at++) {
    const int64_t channel = at % y[4];
    const int64_t w = at / y[4] % y[3], h = at / y[4] / y[3] % y[2];
    const int64_t t = at / y[4] / y[3] / y[2] % y[1], b = at / y[4] / y[3] / y[2] / y[1];
    for (int64_t i = 0; i < size_of(c.kernel); i++) {
      const int64_t tap[] = {i / c.kernel[2] / c.kernel[1], i / c.kernel[2] % c.kernel[1],
                             i % c.kernel[2]};
      const int64_t window[] = {t, h, w};
      int64_t place = b;
      bool inside = true;
      for (int axis = 0; axis < 3; axis++) {
        const int64_t p = window[axis] * c.strides[axis] + tap[axis] - c.pads[2 * axis];
        inside = inside && p >= 0 && p < c.x[axis + 1];
        place = place * c.x[axis + 1] + p;
      }
      work(at, inside ? place * c.x[4] + channel : -1);
    }
  }
}

const Test values("max pooling takes the first of the largest, and its gradient goes there", [] {
  const std::vector<Case> cases = {{{2, 3, 9, 10, 48}, {1, 3, 3}, {1, 2, 2}, {0, 0, 0, 1, 0, 1}},
                                   {{1, 5, 7, 6, 33}, {3, 3, 3}, {2, 2, 2}, {1, 1, 1, 1, 1, 1}},
                                   {{2, 4, 7, 7, 5}, {3, 3, 3}, {1, 1, 1}, {1, 1, 1, 1, 1, 1}},
                                   {{1, 4, 6, 6, 1}, {2, 2, 2}, {2, 2, 2}, {0, 0, 0, 0, 0, 0}}};
  for (const Case& c : cases) {
    const Value x(TF_FLOAT, c.x);
    const std::vector<float> values = noise(x.size(), 1);
    for (int64_t i = 0; i < x.size(); i++) {
      x.floats()[i] = std::max(0.f, static_cast<float>(static_cast<int>(4 * values[i])));
    }
    const Outcome ahead = run(forward(c, x));
    check(ahead.error.empty(), ahead.error);
    const Shape shape = ahead.outputs[0].shape();
    std::vector<double> y(size_of(shape), -1), dx(x.size());
    std::vector<int64_t> from(y.size(), -1);
    each_tap(c, shape, [&](int64_t at, int64_t place) {
      const double value = place < 0 ? 0 : x.floats()[place];
      if (value <= y[at]) return;
      y[at] = value;
      from[at] = place;
    });
    check_near(ahead.outputs[0], y, 0, "y");
    const Value dy = Value::floats(shape, noise(size_of(shape), 2));
    for (size_t i = 0; i < y.size(); i++) {
      if (from[i] >= 0) dx[from[i]] += dy.floats()[i];
    }
    const Outcome back = run(backward(c, dy, ahead.outputs[1]));
    check(back.error.empty(), back.error);
    check_near(back.outputs[0], dx, 1e-6, "dx");
  }
});

const Test shapes("max pooling refuses what does not fit", [] {
  const Case good{{1, 4, 6, 6, 16}, {1, 3, 3}, {1, 2, 2}, {0, 0, 1, 1, 1, 1}};
  const Value x(TF_FLOAT, good.x), y(TF_FLOAT, {1, 4, 3, 3, 16}), taken(TF_UINT8, {1, 4, 3, 3, 16});
  for (const Shape& shape : std::vector<Shape>{{}, {6, 6, 16}, {1, 4, 1, 0, 16}}) {
    check_fails(forward(good, Value(TF_FLOAT, shape)), "an x of another rank or size");
    check_fails(backward(good, Value(TF_FLOAT, shape), taken), "a dy that does not fit");
    check_fails(backward(good, y, Value(TF_UINT8, shape)), "a tap for another dy");
  }
  const auto refuses = [&](Case c, const char* what) {
    check_fails(forward(c, x), what);
    check_fails(backward(c, y, taken), what);
  };
  for (const int64_t n : {-1, 3}) {
    for (int side = 0; side < 6; side++) {
      Case c = good;
      c.pads[side] = n;
      refuses(c, "zeros of less than none, or as many as taps");
    }
  }
  for (const int64_t n : {-1, 0}) {
    Case kernel = good, strides = good;
    kernel.kernel[1] = strides.strides[1] = n;
    refuses(kernel, "a window without taps");
    refuses(strides, "windows that stand still");
  }
  Case negative = good;
  negative.kernel = {-1, -3, 3};
  refuses(negative, "taps of less than none, twice");
  Case large = good;
  large.kernel = {7, 7, 7};
  large.pads = {3, 3, 3, 3, 3, 3};
  refuses(large, "more taps than a byte can name");
  Case few = good;
  few.strides = {1, 2};
  refuses(few, "an attribute of two axes");
  Case other = good;
  other.x = {1, 4, 9, 6, 16};
  check_fails(backward(other, y, taken), "an x that y is not of");
});

}  // namespace
}  // namespace fame::test
