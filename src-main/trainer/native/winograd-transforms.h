// Winograd's minimal convolutions: four outputs in a row of a filter with three taps take 6
// products instead of 12, four by four outputs of one with three by three taps take 36 instead of
// 144.
//
//      6 inputs              3 taps
//         │ B^T                 │ G             1. transform tiles of the input and the filter
//         ▼                     ▼
//      6 values      x       6 values           2. multiply them one by one, summed over channels:
//                 │                                a product of matrices for each of the 6
//                 ▼ A^T
//             4 outputs                         3. transform the sums back
//
// The matrices come from interpolation at the points 0, +-a, +-b and infinity. The usual a = 1 and
// b = 2 lose twice as many bits as these do; all products of a and b are exact in float32.
#pragma once

#include <cstdint>

#include "vector.h"

namespace fame::winograd {

constexpr float kA = 0.625f, kB = 1.5f;
constexpr float kA2 = kA * kA, kB2 = kB * kB, kA3 = kA2 * kA, kB3 = kB2 * kB;
// The denominators of G's rows: for a point, the product of its distances to the others.
constexpr float kOver0 = 1 / (kA2 * kB2);
constexpr float kOverA = 1 / (2 * kA2 * (kA2 - kB2)), kOverB = 1 / (2 * kB2 * (kB2 - kA2));

// Each line transforms vectors of channels. Points of opposite sign share their even and odd parts.

// B^T: 6 inputs.
struct InputLine {
  static constexpr int kFrom = 6, kTo = 6;
  static void apply(const Floats* x, Floats* v) {
    const Floats even_a = x[4] - kB2 * x[2], odd_a = kA * (x[3] - kB2 * x[1]);
    const Floats even_b = x[4] - kA2 * x[2], odd_b = kB * (x[3] - kA2 * x[1]);
    v[0] = kA2 * kB2 * x[0] - (kA2 + kB2) * x[2] + x[4];
    v[1] = even_a + odd_a;
    v[2] = even_a - odd_a;
    v[3] = even_b + odd_b;
    v[4] = even_b - odd_b;
    v[5] = kA2 * kB2 * x[1] - (kA2 + kB2) * x[3] + x[5];
  }
};

// A^T: the sums of products, to 4 outputs.
struct OutputLine {
  static constexpr int kFrom = 6, kTo = 4;
  static void apply(const Floats* m, Floats* y) {
    const Floats sum_a = m[1] + m[2], difference_a = m[1] - m[2];
    const Floats sum_b = m[3] + m[4], difference_b = m[3] - m[4];
    y[0] = m[0] + sum_a + sum_b;
    y[1] = kA * difference_a + kB * difference_b;
    y[2] = kA2 * sum_a + kB2 * sum_b;
    y[3] = kA3 * difference_a + kB3 * difference_b + m[5];
  }
};

// A: the gradients of 4 outputs.
struct OutputGradientLine {
  static constexpr int kFrom = 4, kTo = 6;
  static void apply(const Floats* y, Floats* m) {
    const Floats even_a = y[0] + kA2 * y[2], odd_a = kA * y[1] + kA3 * y[3];
    const Floats even_b = y[0] + kB2 * y[2], odd_b = kB * y[1] + kB3 * y[3];
    m[0] = y[0];
    m[1] = even_a + odd_a;
    m[2] = even_a - odd_a;
    m[3] = even_b + odd_b;
    m[4] = even_b - odd_b;
    m[5] = y[3];
  }
};

// G: 3 taps.
struct FilterLine {
  static constexpr int kFrom = 3, kTo = 6;
  static void apply(const Floats* w, Floats* u) {
    const Floats even_a = kOverA * w[0] + (kOverA * kA2) * w[2], odd_a = (kOverA * kA) * w[1];
    const Floats even_b = kOverB * w[0] + (kOverB * kB2) * w[2], odd_b = (kOverB * kB) * w[1];
    u[0] = kOver0 * w[0];
    u[1] = even_a + odd_a;
    u[2] = even_a - odd_a;
    u[3] = even_b + odd_b;
    u[4] = even_b - odd_b;
    u[5] = w[2];
  }
};

// G^T: the sums of products, to the gradients of 3 taps.
struct FilterGradientLine {
  static constexpr int kFrom = 6, kTo = 3;
  static void apply(const Floats* u, Floats* w) {
    const Floats sum_a = kOverA * (u[1] + u[2]), difference_a = u[1] - u[2];
    const Floats sum_b = kOverB * (u[3] + u[4]), difference_b = u[3] - u[4];
    w[0] = kOver0 * u[0] + sum_a + sum_b;
    w[1] = (kOverA * kA) * difference_a + (kOverB * kB) * difference_b;
    w[2] = kA2 * sum_a + kB2 * sum_b + u[5];
  }
};

// A line's transform of what `load(index)` gives; `store(index, value)` takes the result.
template <typename Line, typename Load, typename Store>
inline void transform_line(const Load& load, const Store& store) {
  Floats from[Line::kFrom], to[Line::kTo];
  for (int i = 0; i < Line::kFrom; i++) from[i] = load(i);
  Line::apply(from, to);
  for (int i = 0; i < Line::kTo; i++) store(i, to[i]);
}

// The same of a square, along its rows and then along its columns.
template <typename Line, typename Load, typename Store>
inline void transform_square(const Load& load, const Store& store) {
  constexpr int kFrom = Line::kFrom, kTo = Line::kTo;
  Floats rows[kFrom][kTo];
  for (int i = 0; i < kFrom; i++) {
    Floats from[kFrom];
    for (int j = 0; j < kFrom; j++) from[j] = load(i * kFrom + j);
    Line::apply(from, rows[i]);
  }
  for (int j = 0; j < kTo; j++) {
    Floats from[kFrom], to[kTo];
    for (int i = 0; i < kFrom; i++) from[i] = rows[i][j];
    Line::apply(from, to);
    for (int i = 0; i < kTo; i++) store(i * kTo + j, to[i]);
  }
}

}  // namespace fame::winograd
