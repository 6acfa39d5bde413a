// Convolutions by Winograd's transforms and their gradients beside loops over all their products.
#include <vector>

#include "conv-loops.h"

namespace fame::test {
namespace {

const Shape kOnes{1, 1, 1};
const Shape kOverImages{0, 0, 1, 1, 1, 1}, kOverTime{1, 1, 0, 0, 0, 0};
const Shape kOverAll{1, 1, 1, 1, 1, 1};

// Whole tiles and parts of them, fewer channels than a vector and more than a chunk, many tiles.
const std::vector<Case> kCases = {
    {{1, 1, 1, 1, 1}, 1, {1, 3, 3}, kOnes, kOverImages},
    {{2, 2, 4, 8, 3}, 5, {1, 3, 3}, kOnes, kOverImages},
    {{1, 3, 7, 6, 70}, 33, {1, 3, 3}, kOnes, kOverImages},
    {{1, 2, 40, 30, 4}, 17, {1, 3, 3}, kOnes, kOverImages},
    {{2, 8, 3, 2, 19}, 40, {3, 1, 1}, kOnes, kOverTime},
    {{1, 3, 2, 5, 130}, 9, {3, 1, 1}, kOnes, kOverTime},
    {{1, 6, 20, 20, 5}, 6, {3, 1, 1}, kOnes, kOverTime},
    {{3, 1, 3, 5, 7}, 18, {3, 3, 3}, kOnes, kOverAll},
    {{2, 2, 9, 4, 70}, 20, {3, 3, 3}, kOnes, kOverAll},
    {{1, 3, 5, 6, 19}, 37, {3, 3, 3}, kOnes, kOverAll},
    {{2, 5, 26, 29, 5}, 6, {3, 3, 3}, kOnes, kOverAll},
};

const Test agrees("convolutions by Winograd and their gradients agree with loops", [] {
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
    expect_near({"FameWinograd", {{"mirrored", false}}, {x, w}, {TF_FLOAT}}, sums.y);
    expect_near({"FameWinograd", {{"mirrored", true}}, {dy, w}, {TF_FLOAT}}, sums.dx);
    expect_near({"FameWinogradFilter", {{"taps", c.taps}}, {x, dy}, {TF_FLOAT}}, sums.dw);
  }
});

const Test refuses("convolutions by Winograd refuse what does not fit", [] {
  const Value x = floats({1, 2, 4, 4, 3}, 1), flat = floats({4, 4}, 2);
  const Value wide = floats({1, 3, 3, 4, 2}, 3), large = floats({1, 5, 5, 3, 2}, 4);
  const std::map<std::string, Attribute> forward{{"mirrored", false}};
  check_fails({"FameWinograd", forward, {x, wide}, {TF_FLOAT}}, "channels that differ");
  check_fails({"FameWinograd", forward, {x, large}, {TF_FLOAT}}, "other taps");
  check_fails({"FameWinograd", forward, {flat, wide}, {TF_FLOAT}}, "a matrix for x");
  const Value dy = floats({1, 2, 4, 5, 2}, 5);
  check_fails({"FameWinogradFilter", {{"taps", Shape{1, 3, 3}}}, {x, dy}, {TF_FLOAT}},
              "dy of another size");
  check_fails({"FameWinogradFilter", {{"taps", Shape{1, 1, 1}}}, {x, x}, {TF_FLOAT}}, "other taps");
});

}  // namespace
}  // namespace fame::test
