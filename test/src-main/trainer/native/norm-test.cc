// Batch normalisation beside the formula, in float64.
#include <algorithm>
#include <cmath>

#include "harness.h"

namespace fame::test {
namespace {

constexpr float kEpsilon = 1e-5f, kMomentum = 0.1f;

struct Case {
  Shape shape;
  bool relu, shortcut;
};

struct Inputs {
  int64_t channels, rows;
  std::vector<float> x, scale, offset, mean, variance, shortcut, dy;

  explicit Inputs(const Case& c)
      : channels(c.shape.back()),
        rows(size_of(c.shape) / channels),
        x(noise(rows * channels, 1)),
        scale(noise(channels, 2)),
        offset(noise(channels, 3)),
        mean(noise(channels, 4)),
        variance(noise(channels, 5)),
        shortcut(c.shortcut ? noise(rows * channels, 6) : std::vector<float>()),
        dy(noise(rows * channels, 7)) {
    for (float& value : x) value += 3;
  }
};

// What the formula gives; gradients by the chain rule through mean and variance.
struct Expected {
  std::vector<double> y, mean, inverse, new_mean, new_variance, dx, d_scale, d_offset, d_shortcut;

  Expected(const Case& c, const Inputs& in)
      : y(in.x.size()),
        mean(in.channels),
        inverse(in.channels),
        new_mean(in.channels),
        new_variance(in.channels),
        dx(in.x.size()),
        d_scale(in.channels),
        d_offset(in.channels),
        d_shortcut(in.x.size()) {
    for (int64_t channel = 0; channel < in.channels; channel++) one(c, in, channel);
  }

 private:
  void one(const Case& c, const Inputs& in, int64_t channel) {
    const double n = static_cast<double>(in.rows);
    const auto at = [&](int64_t row) { return row * in.channels + channel; };
    double sum = 0, square = 0;
    for (int64_t r = 0; r < in.rows; r++) sum += in.x[at(r)];
    mean[channel] = sum / n;
    for (int64_t r = 0; r < in.rows; r++) square += std::pow(in.x[at(r)] - mean[channel], 2);
    const double variance = square / n;
    inverse[channel] = 1 / std::sqrt(variance + kEpsilon);
    new_mean[channel] = (1 - kMomentum) * in.mean[channel] + kMomentum * mean[channel];
    new_variance[channel] =
        (1 - kMomentum) * in.variance[channel] + kMomentum * variance * n / (n - 1);
    double of_unit = 0;
    for (int64_t r = 0; r < in.rows; r++) {
      const double unit = (in.x[at(r)] - mean[channel]) * inverse[channel];
      double value = unit * in.scale[channel] + in.offset[channel];
      if (c.shortcut) value += in.shortcut[at(r)];
      const bool through = !c.relu || value > 0;
      y[at(r)] = through ? value : 0;
      d_shortcut[at(r)] = through ? in.dy[at(r)] : 0;
      d_scale[channel] += d_shortcut[at(r)] * unit;
      d_offset[channel] += d_shortcut[at(r)];
      of_unit += d_shortcut[at(r)] * unit;
    }
    for (int64_t r = 0; r < in.rows; r++) {
      const double unit = (in.x[at(r)] - mean[channel]) * inverse[channel];
      const double centred = d_shortcut[at(r)] - d_offset[channel] / n - unit * of_unit / n;
      dx[at(r)] = centred * in.scale[channel] * inverse[channel];
    }
  }
};

Op forward(const Case& c, const Inputs& in) {
  const Shape channels = {in.channels};
  Op op{"FameNorm",
        {{"relu", c.relu}, {"epsilon", kEpsilon}, {"momentum", kMomentum}},
        {Value::floats(c.shape, in.x), Value::floats(channels, in.scale),
         Value::floats(channels, in.offset), Value::floats(channels, in.mean),
         Value::floats(channels, in.variance)},
        {TF_FLOAT, TF_FLOAT, TF_FLOAT, TF_FLOAT, TF_FLOAT}};
  if (c.shortcut) op.inputs.push_back(Value::floats(c.shape, in.shortcut));
  return op;
}

Op backward(const Case& c, const Inputs& in, const Outcome& ahead) {
  const Shape channels = {in.channels};
  Op op{"FameNormGrad",
        {{"relu", c.relu}},
        {Value::floats(c.shape, in.dy), Value::floats(c.shape, in.x),
         Value::floats(channels, in.scale), Value::floats(channels, in.offset), ahead.outputs[1],
         ahead.outputs[2]},
        {TF_FLOAT, TF_FLOAT, TF_FLOAT}};
  if (!c.shortcut) return op;
  op.inputs.push_back(ahead.outputs[0]);
  op.outputs.push_back(TF_FLOAT);
  return op;
}

const Test values("batch norm and its gradient agree with the formula", [] {
  const std::vector<Case> cases = {{{2, 3, 5, 7, 48}, true, true},  {{2, 3, 5, 7, 45}, true, false},
                                   {{1, 2, 3, 5, 7}, false, false}, {{1, 1, 1, 3, 1}, true, true},
                                   {{3, 4, 9, 9, 130}, true, true}, {{400, 33}, true, false}};
  for (const Case& c : cases) {
    const Inputs in(c);
    const Expected expected(c, in);
    const Outcome ahead = run(forward(c, in));
    check(ahead.error.empty(), ahead.error);
    check_near(ahead.outputs[0], expected.y, 1e-5, "y");
    check_near(ahead.outputs[1], expected.mean, 1e-5, "mean");
    check_near(ahead.outputs[2], expected.inverse, 1e-5, "inverse");
    check_near(ahead.outputs[3], expected.new_mean, 1e-5, "new mean");
    check_near(ahead.outputs[4], expected.new_variance, 1e-5, "new variance");
    const Outcome back = run(backward(c, in, ahead));
    check(back.error.empty(), back.error);
    check_near(back.outputs[0], expected.dx, 2e-5, "dx");
    // Its terms cancel.
    check_near(back.outputs[1], expected.d_scale, 1e-4, "d scale");
    check_near(back.outputs[2], expected.d_offset, 1e-5, "d offset");
    if (c.shortcut) check_near(back.outputs[3], expected.d_shortcut, 0, "d shortcut");
  }
});

// What processes that share a batch do, here one alone: figures of its rows, then what they make.
Outcome parted(const Case& c, const Inputs& in, const Outcome& ahead, const Outcome& whole) {
  const Shape channels = {in.channels};
  const Outcome moments =
      run({"FameMoments", {}, {Value::floats(c.shape, in.x)}, {TF_FLOAT, TF_FLOAT}});
  check(moments.error.empty(), moments.error);
  const Value &mean = moments.outputs[0], &variance = moments.outputs[1];
  for (int64_t i = 0; i < in.channels; i++) {
    check(mean.floats()[i] == ahead.outputs[1].floats()[i], "the mean is that of FameNorm");
    const double inverse = 1 / std::sqrt(variance.floats()[i] + kEpsilon);
    check(std::abs(inverse / ahead.outputs[2].floats()[i] - 1) < 1e-6, "and so is the variance");
  }
  Op op = backward(c, in, ahead);
  op.name = "FameNormSums";
  op.outputs.erase(op.outputs.begin());
  const Outcome sums = run(op);
  check(sums.error.empty(), sums.error);
  for (size_t i = 0; i < sums.outputs.size(); i++) {
    const Value &got = sums.outputs[i], &expected = whole.outputs[i + 1];
    check(std::equal(got.floats(), got.floats() + got.size(), expected.floats()),
          "sums are those of FameNormGrad");
  }
  const auto over_rows = [&](const Value& sum) {
    std::vector<float> means(in.channels);
    for (int64_t i = 0; i < in.channels; i++) means[i] = sum.floats()[i] / in.rows;
    return Value::floats(channels, means);
  };
  std::vector<Value> inputs(op.inputs.begin(), op.inputs.begin() + 6);
  if (c.shortcut) inputs[0] = sums.outputs[2];
  inputs.push_back(over_rows(sums.outputs[0]));
  inputs.push_back(over_rows(sums.outputs[1]));
  return run({"FameNormInput", {{"relu", c.relu && !c.shortcut}}, inputs, {TF_FLOAT}});
}

const Test halves("batch norm of several processes agrees with the formula", [] {
  const std::vector<Case> cases = {{{2, 3, 5, 7, 48}, true, true},
                                   {{2, 3, 5, 7, 45}, true, false},
                                   {{1, 2, 3, 5, 7}, false, false}};
  for (const Case& c : cases) {
    const Inputs in(c);
    const Outcome ahead = run(forward(c, in));
    const Outcome back = parted(c, in, ahead, run(backward(c, in, ahead)));
    check(back.error.empty(), back.error);
    check_near(back.outputs[0], Expected(c, in).dx, 2e-5, "dx");
  }
});

const Test fixed("batch norm with fixed statistics agrees with the formula", [] {
  const Case c{{2, 3, 5, 7, 45}, true, true};
  const Inputs in(c);
  Op op = forward(c, in);
  op.name = "FameFixedNorm";
  op.outputs = {TF_FLOAT};
  for (int64_t i = 0; i < in.channels; i++) op.inputs[4].floats()[i] = std::abs(in.variance[i]) + 1;
  std::vector<double> y(in.x.size());
  for (size_t i = 0; i < y.size(); i++) {
    const size_t channel = i % in.channels;
    const double unit =
        (in.x[i] - in.mean[channel]) / std::sqrt(op.inputs[4].floats()[channel] + kEpsilon);
    y[i] = std::max(0., unit * in.scale[channel] + in.offset[channel] + in.shortcut[i]);
  }
  const Outcome outcome = run(op);
  check(outcome.error.empty(), outcome.error);
  check_near(outcome.outputs[0], y, 1e-5, "y");
  op.inputs[2] = Value(TF_FLOAT, {44});
  check_fails(op, "an offset of another size");
});

// Each of these has one input of another shape than the op reads.
const Test shapes("batch norm refuses inputs that do not fit", [] {
  const Case c{{1, 2, 3, 5, 16}, true, true};
  const Inputs in(c);
  const Op ahead = forward(c, in);
  const Outcome outcome = run(ahead);
  const Op back = backward(c, in, outcome);
  const std::vector<Shape> wrong = {{}, {0}, {15}, {1, 2, 3, 5, 15}, {1, 2, 3, 4, 16}, {17}};
  Op sums = back;
  sums.name = "FameNormSums";
  sums.outputs.pop_back();
  for (const Op& op : {ahead, back, sums}) {
    for (size_t i = 0; i < op.inputs.size(); i++) {
      for (const Shape& shape : wrong) {
        Op other = op;
        other.inputs[i] = Value(TF_FLOAT, shape);
        check_fails(other, "input " + std::to_string(i) + " of " + std::to_string(shape.size()) +
                               " axes that do not fit");
      }
    }
  }
  Op none = ahead;
  none.inputs[0] = none.inputs[5] = Value(TF_FLOAT, {0, 2, 3, 5, 16});
  check_fails(none, "an empty batch");
});

}  // namespace
}  // namespace fame::test
