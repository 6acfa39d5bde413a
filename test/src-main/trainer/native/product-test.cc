// The blocked products beside three loops.
#include "product.h"

#include <vector>

#include "harness.h"

namespace fame::test {
namespace {

// m, k and n around the sizes of tiles, panels and steps.
const std::vector<Shape> kSizes = {{1, 1, 1},    {5, 3, 7},     {6, 16, 16},  {13, 45, 33},
                                   {8, 200, 48}, {17, 31, 100}, {6, 700, 65}, {2, 5, 49}};

std::vector<double> naive(const float* a, const float* b, int64_t m, int64_t k, int64_t n,
                          bool transposed) {
  std::vector<double> out(m * n);
  for (int64_t r = 0; r < m; r++) {
    for (int64_t c = 0; c < n; c++) {
      for (int64_t i = 0; i < k; i++) {
        out[r * n + c] += double{transposed ? a[i * m + r] : a[r * k + i]} * b[i * n + c];
      }
    }
  }
  return out;
}

const Test products("products agree with three loops, alone and added to what is there", [] {
  for (const Shape& size : kSizes) {
    const int64_t m = size[0], k = size[1], n = size[2];
    const Value a = Value::floats({m, k}, noise(m * k, 1));
    const Value b = Value::floats({k, n}, noise(k * n, 2));
    const Value out(TF_FLOAT, {m, n});
    const Columns columns(n);
    const FloatBuffer packed(columns.padded() * k);
    pack(b.floats(), n, columns, k, 0, k, packed.data());
    std::vector<double> expected = naive(a.floats(), b.floats(), m, k, n, false);
    multiply({a.floats(), k, packed.data(), out.floats(), n, m, k, false}, columns);
    check_near(out, expected, 1e-5, "out");
    for (double& value : expected) value *= 2;
    multiply({a.floats(), k, packed.data(), out.floats(), n, m, k, true}, columns);
    check_near(out, expected, 1e-5, "out with what was there");
  }
});

const Test transposed("transposed products agree with three loops", [] {
  for (const Shape& size : kSizes) {
    const int64_t m = size[0], k = size[1], n = size[2];
    const Value a = Value::floats({k, m}, noise(m * k, 1));
    const Value b = Value::floats({k, n}, noise(k * n, 2));
    const Value out(TF_FLOAT, {m, n});
    const Columns columns(n);
    const FloatBuffer packed(columns.padded() * k);
    pack(b.floats(), n, columns, k, 0, k, packed.data());
    // In two stretches of the positions.
    const int64_t half = k / 2;
    for (int64_t panel = 0; panel < columns.panels(); panel++) {
      const int64_t width = columns.vectors(panel) * kWidth;
      const Stretch stretches[] = {{0, 0, half}, {half * m, half, k - half}};
      multiply_transposed(
          columns.vectors(panel),
          {stretches, 2, a.floats(), m, packed.data() + columns.place(panel, k), width,
           out.floats() + columns.first(panel), n, columns.last(panel), false},
          m);
    }
    check_near(out, naive(a.floats(), b.floats(), m, k, n, true), 1e-5, "out");
  }
});

}  // namespace
}  // namespace fame::test
