// Convolutions in float32 and their gradients beside loops over all their products.
#include <vector>

#include "conv-sizes.h"
#include "harness.h"

namespace fame::test {
namespace {

struct Case {
  Shape x;
  int64_t outputs;
  Shape taps, strides, pads;
};

// Remainders in everything, strides with and without a rest, taps that no position meets.
const std::vector<Case> kCases = {
    {{2, 3, 9, 10, 3}, 21, {1, 7, 7}, {1, 2, 2}, {0, 0, 3, 3, 3, 3}},
    {{1, 2, 5, 7, 45}, 70, {1, 3, 3}, {1, 1, 1}, {0, 0, 1, 1, 1, 1}},
    {{2, 5, 3, 4, 18}, 16, {3, 1, 1}, {2, 1, 1}, {1, 1, 0, 0, 0, 0}},
    {{2, 1, 3, 3, 16}, 33, {3, 1, 1}, {1, 1, 1}, {1, 1, 0, 0, 0, 0}},
    {{1, 3, 5, 6, 17}, 9, {1, 1, 1}, {2, 2, 2}, {0, 0, 0, 0, 0, 0}},
    {{1, 3, 4, 5, 7}, 35, {3, 3, 3}, {1, 1, 1}, {1, 1, 1, 1, 1, 1}},
    {{1, 6, 7, 8, 5}, 6, {2, 3, 2}, {3, 2, 3}, {0, 0, 0, 0, 1, 0}},
};

struct Sums {
  std::vector<double> y, dx, dw;
};

// All three at once: each product of x and w belongs to one place of each.
Sums naive(const Case& c, const ConvSizes& s, const float* x, const float* w, const float* dy) {
  const int64_t taps = s.taps[0] * s.taps[1] * s.taps[2];
  Sums sums{std::vector<double>(size_of(s.output())), std::vector<double>(size_of(c.x)),
            std::vector<double>(taps * s.inputs * s.outputs)};
  const int64_t positions = s.to[0] * s.to[1] * s.to[2];
  for (int64_t at = 0; at < s.batch * positions * taps; at++) {
    const int64_t tap = at % taps, place = at / taps, clip = place / positions;
    const int64_t o[3] = {place / (s.to[1] * s.to[2]) % s.to[0], place / s.to[2] % s.to[1],
                          place % s.to[2]};
    const int64_t k[3] = {tap / (s.taps[1] * s.taps[2]), tap / s.taps[2] % s.taps[1],
                          tap % s.taps[2]};
    int64_t from = clip;
    bool inside = true;
    for (int i = 0; i < 3; i++) {
      const int64_t p = o[i] * s.strides[i] + k[i] - s.before[i];
      inside = inside && p >= 0 && p < s.from[i];
      from = from * s.from[i] + p;
    }
    if (!inside) continue;
    for (int64_t n = 0; n < s.inputs * s.outputs; n++) {
      const int64_t input = from * s.inputs + n / s.outputs;
      const int64_t output = place * s.outputs + n % s.outputs;
      const int64_t weight = tap * s.inputs * s.outputs + n;
      sums.y[output] += double{x[input]} * w[weight];
      sums.dx[input] += double{dy[output]} * w[weight];
      sums.dw[weight] += double{x[input]} * dy[output];
    }
  }
  return sums;
}

Value floats(const Shape& shape, uint32_t seed) {
  return Value::floats(shape, noise(size_of(shape), seed));
}

const Test agrees("convolutions in float32 and their gradients agree with loops", [] {
  for (const Case& c : kCases) {
    const Shape shape{c.taps[0], c.taps[1], c.taps[2], c.x[4], c.outputs};
    const ConvSizes sizes = ConvSizes::of(c.x, shape, c.strides, c.pads);
    const Value x = floats(c.x, 1), w = floats(shape, 2), dy = floats(sizes.output(), 3);
    const Sums sums = naive(c, sizes, x.floats(), w.floats(), dy.floats());
    const auto expect_near = [&](const Op& op, const std::vector<double>& expected) {
      const Outcome outcome = run(op);
      check(outcome.error.empty(), op.name + ": " + outcome.error);
      check_near(outcome.outputs[0], expected, 1e-5, op.name);
    };
    expect_near({"FameFloatConv", {{"strides", c.strides}, {"pads", c.pads}}, {x, w}, {TF_FLOAT}},
                sums.y);
    const Shape size{c.x[1], c.x[2], c.x[3]};
    expect_near({"FameFloatConvInput",
                 {{"size", size}, {"strides", c.strides}, {"pads", c.pads}},
                 {dy, w},
                 {TF_FLOAT}},
                sums.dx);
    expect_near({"FameFloatConvFilter",
                 {{"taps", c.taps}, {"strides", c.strides}, {"pads", c.pads}},
                 {x, dy},
                 {TF_FLOAT}},
                sums.dw);
  }
});

const Test refuses("convolutions in float32 refuse what does not fit", [] {
  const Shape ones{1, 1, 1}, none(6, 0);
  const Value x = floats({1, 1, 4, 4, 3}, 1), w = floats({1, 1, 1, 4, 2}, 2);
  const Value dy = floats({1, 1, 4, 5, 2}, 3), flat = floats({4, 4}, 4);
  const std::map<std::string, Attribute> forward{{"strides", ones}, {"pads", none}};
  check_fails({"FameFloatConv", forward, {x, w}, {TF_FLOAT}}, "channels that differ");
  check_fails({"FameFloatConv", forward, {flat, w}, {TF_FLOAT}}, "a matrix for x");
  const Shape size{1, 4, 4};
  check_fails({"FameFloatConvInput",
               {{"size", size}, {"strides", ones}, {"pads", none}},
               {dy, w},
               {TF_FLOAT}},
              "dy of another size");
  check_fails({"FameFloatConvFilter",
               {{"taps", ones}, {"strides", ones}, {"pads", none}},
               {x, dy},
               {TF_FLOAT}},
              "dy of another size");
});

}  // namespace
}  // namespace fame::test
