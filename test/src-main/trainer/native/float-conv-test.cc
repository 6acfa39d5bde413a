// Convolutions in float32 and their gradients beside loops over all their products.
#include "conv-loops.h"

namespace fame::test {
namespace {

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
