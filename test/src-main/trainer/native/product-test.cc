// The blocked products beside three loops.
#include "product.h"

#include <vector>

#include "harness.h"

namespace fame::test {
namespace {

// m, k and n around the sizes of tiles, panels and steps.
const std::vector<Shape> kSizes = {{1, 1, 1},    {5, 3, 7},     {6, 16, 16},  {13, 45, 33},
                                   {8, 200, 48}, {17, 31, 100}, {6, 700, 65}, {2, 5, 49}};

struct Operands {
  explicit Operands(const Shape& size)
      : m(size[0]),
        k(size[1]),
        n(size[2]),
        a(Value::floats({m, k}, noise(m * k, 1))),
        b(Value::floats({k, n}, noise(k * n, 2))),
        out(TF_FLOAT, {m, n}),
        columns(n),
        packed(columns.padded() * k) {}

  void pack_rows() const {
    std::vector<const float*> rows(k);
    for (int64_t i = 0; i < k; i++) rows[i] = b.floats() + i * n;
    pack<float>(rows.data(), columns, k, 0, k, packed.data());
  }

  // Of a [m, k], or of [k, m] if transposed.
  std::vector<double> expected(bool transposed) const {
    std::vector<double> sums(m * n);
    for (int64_t r = 0; r < m; r++) {
      for (int64_t c = 0; c < n; c++) {
        for (int64_t i = 0; i < k; i++) {
          sums[r * n + c] +=
              double{a.floats()[transposed ? i * m + r : r * k + i]} * b.floats()[i * n + c];
        }
      }
    }
    return sums;
  }

  // In two segments of k.
  void multiply(bool add) const {
    const int64_t half = k / 2;
    const Segment segments[] = {{0, 0, half}, {half, half, k - half}};
    for (int64_t panel = 0; panel < columns.panels(); panel++) {
      const PanelStep<float> step{segments, 2, packed.data() + columns.place(panel, k),
                                  columns.last(panel), add};
      for (int64_t row = 0; row < m; row += kTileRows) {
        TileRows<float> rows;
        for (int64_t r = 0; r < kTileRows; r++) {
          const int64_t at = std::min(row + r, m - 1);
          rows.a[r] = a.floats() + at * k;
          rows.out[r] = out.floats() + at * n;
        }
        multiply_tile(columns.vectors(panel), step, rows, columns.first(panel));
      }
    }
  }

  const int64_t m, k, n;
  const Value a, b, out;
  const Columns columns;
  const FloatBuffer packed;
};

const Test products("products agree with three loops, alone and added to what is there", [] {
  for (const Shape& size : kSizes) {
    const Operands p(size);
    std::vector<double> expected = p.expected(false);
    p.pack_rows();
    p.multiply(false);
    check_near(p.out, expected, 1e-5, "out");
    for (double& value : expected) value *= 2;
    p.multiply(true);
    check_near(p.out, expected, 1e-5, "out with what was there");
  }
});

const Test turned("a matrix packed from its columns is the one packed from its rows", [] {
  for (const Shape& size : kSizes) {
    const Operands p(size);
    std::vector<float> columns(p.k * p.n);
    for (int64_t i = 0; i < p.k * p.n; i++) {
      columns[i % p.n * p.k + i / p.n] = p.b.floats()[i];
    }
    const int64_t part = p.k / 3;
    for (const auto& [begin, end] : {std::pair{int64_t{0}, part}, std::pair{part, p.k}}) {
      pack_transposed<float>(columns.data() + begin, p.k, p.columns, p.k, begin, end,
                             p.packed.data());
    }
    p.multiply(false);
    check_near(p.out, p.expected(false), 1e-5, "out");
  }
});

const Test transposed("transposed products agree with three loops", [] {
  for (const Shape& size : kSizes) {
    const Operands p(size);
    p.pack_rows();
    // In two stretches of the positions.
    const int64_t half = p.k / 2;
    for (int64_t panel = 0; panel < p.columns.panels(); panel++) {
      const int64_t width = p.columns.vectors(panel) * kWidth;
      const Stretch stretches[] = {{0, 0, half}, {half * p.m, half, p.k - half}};
      multiply_transposed<float>(
          p.columns.vectors(panel),
          {stretches, 2, p.a.floats(), p.m, p.packed.data() + p.columns.place(panel, p.k), width,
           p.out.floats() + p.columns.first(panel), p.n, p.columns.last(panel), false},
          p.m);
    }
    check_near(p.out, p.expected(true), 1e-5, "out");
  }
});

}  // namespace
}  // namespace fame::test
