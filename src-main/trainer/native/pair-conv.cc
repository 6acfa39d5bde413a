// Convolution over volumes of bfloat16, and its gradients, by vector units that multiply pairs.
#include "vector-conv.h"

namespace fame {

#ifdef FAME_PAIRS
namespace {

bool add() {
  if (!__builtin_cpu_supports("avx512bf16")) return false;
  define({"FamePairConv",
          {"x: bfloat16", "w: bfloat16"},
          {"y: bfloat16"},
          {"strides: list(int)", "pads: list(int)"}});
  provide<VectorConv<bfloat16>>("FamePairConv");
  define({"FamePairConvInput",
          {"dy: bfloat16", "w: bfloat16"},
          {"dx: bfloat16"},
          {"size: list(int)", "strides: list(int)", "pads: list(int)"}});
  provide<VectorConvInput<bfloat16>>("FamePairConvInput");
  define({"FamePairConvFilter",
          {"x: bfloat16", "dy: bfloat16"},
          {"dw: float"},
          {"taps: list(int)", "strides: list(int)", "pads: list(int)"}});
  provide<VectorConvFilter<bfloat16>>("FamePairConvFilter");
  return true;
}

const Registration registration("pairConv", add);

}  // namespace
#endif

}  // namespace fame
