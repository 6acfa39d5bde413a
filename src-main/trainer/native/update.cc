// The optimiser's passes over all parameters, each one pass.
#include <algorithm>

#include "kernel.h"
#include "workers.h"

namespace fame {
namespace {

constexpr int64_t kBlock = 1 << 15;

template <typename Work>
void in_blocks(int64_t size, const Work& work) {
  Workers::shared().each((size + kBlock - 1) / kBlock, [&](int64_t block) {
    work(block * kBlock, std::min(size, (block + 1) * kBlock));
  });
}

// v = momentum * velocity + (gradient + decay * theta), new_theta = theta - lr * v. The numbers
// come in a tensor, [lr, momentum, decay], since attributes would make a kernel for each value.
class Sgd {
 public:
  explicit Sgd(const Attributes&) {}

  void run(Call& call) const {
    Shape shape;
    const float* theta = call.input<float>(0, &shape);
    const float* velocity = call.input<float>(1, shape, "the velocity must be like theta");
    const float* gradient = call.input<float>(2, shape, "the gradient must be like theta");
    const float* numbers = call.input<float>(3, {3}, "the numbers must be three");
    const float lr = numbers[0], momentum = numbers[1], decay = numbers[2];
    float* __restrict moved = call.output<float>(0, shape);
    float* __restrict v = call.output<float>(1, shape);
    in_blocks(size_of(shape), [=](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        v[i] = momentum * velocity[i] + (gradient[i] + decay * theta[i]);
        moved[i] = theta[i] - lr * v[i];
      }
    });
  }
};

// m * x + (1 - m) * y, with m in a tensor.
class Blend {
 public:
  explicit Blend(const Attributes&) {}

  void run(Call& call) const {
    Shape shape;
    const float* x = call.input<float>(0, &shape);
    const float* y = call.input<float>(1, shape, "y must be like x");
    const float m = *call.input<float>(2, {}, "m must be a number");
    const float rest = *call.input<float>(3, {}, "the rest must be a number");
    float* __restrict out = call.output<float>(0, shape);
    in_blocks(size_of(shape), [=](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) out[i] = m * x[i] + rest * y[i];
    });
  }
};

bool add() {
  define({"FameSgd",
          {"theta: float", "velocity: float", "gradient: float", "numbers: float"},
          {"new_theta: float", "new_velocity: float"},
          {}});
  provide<Sgd>("FameSgd");
  define({"FameBlend", {"x: float", "y: float", "m: float", "rest: float"}, {"z: float"}, {}});
  provide<Blend>("FameBlend");
  return true;
}

const Registration registration("update", add);

}  // namespace
}  // namespace fame
