// Convolutions in bfloat16 by vector units and their gradients beside loops over all their
// products.
#include "conv-loops.h"
#include "terms.h"

namespace fame::test {
namespace {

#ifdef FAME_PAIRS

Value bfloats(const Shape& shape, uint32_t seed) {
  return Value::bfloats(shape, noise(size_of(shape), seed));
}

std::vector<float> numbers(const Value& value) {
  std::vector<float> all(value.size());
  for (size_t i = 0; i < all.size(); i++) all[i] = value.at(i);
  return all;
}

// y and dx are rounded to 8 bits once; dw is not.
constexpr double kRounding = 1. / 256, kSum = 1e-5;

const Test agrees("convolutions in bfloat16 and their gradients agree with loops", [] {
  for (const Case& c : kCases) {
    const Shape shape{c.taps[0], c.taps[1], c.taps[2], c.x[4], c.outputs};
    const ConvSizes sizes = ConvSizes::of(c.x, shape, c.strides, c.pads);
    const Value x = bfloats(c.x, 1), w = bfloats(shape, 2), dy = bfloats(sizes.output(), 3);
    const Sums sums = naive(c, sizes, numbers(x).data(), numbers(w).data(), numbers(dy).data());
    const auto expect_near = [&](const Op& op, const std::vector<double>& expected, double near) {
      const Outcome outcome = run(op);
      check(outcome.error.empty(), op.name + ": " + outcome.error);
      check_near(outcome.outputs[0], expected, near, op.name);
    };
    expect_near({"FamePairConv", {{"strides", c.strides}, {"pads", c.pads}}, {x, w}, {TF_BFLOAT16}},
                sums.y, kRounding);
    expect_near({"FamePairConvFilter",
                 {{"taps", c.taps}, {"strides", c.strides}, {"pads", c.pads}},
                 {x, dy},
                 {TF_FLOAT}},
                sums.dw, kSum);
    const Op input{
        "FamePairConvInput",
        {{"size", Shape{c.x[1], c.x[2], c.x[3]}}, {"strides", c.strides}, {"pads", c.pads}},
        {dy, w},
        {TF_BFLOAT16}};
    if (c.outputs % 2 == 0) expect_near(input, sums.dx, kRounding);
    else check_fails(input, "an odd number of outputs");
  }
});

const Test refuses("convolutions in bfloat16 refuse what does not fit", [] {
  const Shape ones{1, 1, 1}, none(6, 0);
  const Value x = bfloats({1, 1, 4, 4, 3}, 1), w = bfloats({1, 1, 1, 4, 2}, 2);
  const Value dy = bfloats({1, 1, 4, 5, 2}, 3), flat = bfloats({4, 4}, 4);
  const std::map<std::string, Attribute> forward{{"strides", ones}, {"pads", none}};
  check_fails({"FamePairConv", forward, {x, w}, {TF_BFLOAT16}}, "channels that differ");
  check_fails({"FamePairConv", forward, {flat, w}, {TF_BFLOAT16}}, "a matrix for x");
  check_fails({"FamePairConvFilter",
               {{"taps", ones}, {"strides", ones}, {"pads", none}},
               {x, dy},
               {TF_FLOAT}},
              "dy of another size");
});

#endif

}  // namespace
}  // namespace fame::test
