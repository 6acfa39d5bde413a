// The optimiser's passes beside their formulas.
#include "harness.h"

namespace fame::test {
namespace {

Op sgd(int64_t size) {
  return {"FameSgd",
          {},
          {Value::floats({size}, noise(size, 1)), Value::floats({size}, noise(size, 2)),
           Value::floats({size}, noise(size, 3)), Value::floats({3}, {0.3f, 0.9f, 0.01f})},
          {TF_FLOAT, TF_FLOAT}};
}

Op blend(int64_t size) {
  return {"FameBlend",
          {},
          {Value::floats({size}, noise(size, 1)), Value::floats({size}, noise(size, 2)),
           Value::floats({}, {0.75f}), Value::floats({}, {0.25f})},
          {TF_FLOAT}};
}

const Test values("updates agree with their formulas", [] {
  for (const int64_t size : {1, 7, 100003}) {
    const Op step = sgd(size);
    const auto in = [&](const Op& op, int i, int64_t at) -> double {
      return op.inputs[i].floats()[at];
    };
    std::vector<double> theta(size), v(size), z(size);
    const Op mean = blend(size);
    for (int64_t i = 0; i < size; i++) {
      v[i] = 0.9 * in(step, 1, i) + in(step, 2, i) + 0.01 * in(step, 0, i);
      theta[i] = in(step, 0, i) - 0.3 * v[i];
      z[i] = 0.75 * in(mean, 0, i) + 0.25 * in(mean, 1, i);
    }
    const Outcome stepped = run(step);
    check_near(stepped.outputs[0], theta, 1e-6, "theta");
    check_near(stepped.outputs[1], v, 1e-6, "v");
    check_near(run(mean).outputs[0], z, 1e-6, "z");
  }
});

const Test shapes("updates refuse vectors that do not fit", [] {
  for (const Op& op : {sgd(16), blend(16)}) {
    for (size_t i = 0; i < op.inputs.size(); i++) {
      for (const Shape& shape : std::vector<Shape>{{0}, {15}, {4, 4}, {2}}) {
        Op other = op;
        other.inputs[i] = Value(TF_FLOAT, shape);
        check_fails(other, "input " + std::to_string(i) + " of another shape");
      }
    }
  }
});

}  // namespace
}  // namespace fame::test
