// A convolution and its gradients by loops over all their products, in float64.
#pragma once

#include <vector>

#include "conv-sizes.h"
#include "harness.h"

namespace fame::test {

struct Case {
  Shape x;
  int64_t outputs;
  Shape taps, strides, pads;
};

// Remainders in everything, strides with and without a rest, taps that no position meets.
inline const std::vector<Case> kCases = {
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
inline Sums naive(const Case& c, const ConvSizes& s, const float* x, const float* w,
                  const float* dy) {
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

inline Value floats(const Shape& shape, uint32_t seed) {
  return Value::floats(shape, noise(size_of(shape), seed));
}

}  // namespace fame::test
