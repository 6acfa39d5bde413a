// Convolution over volumes of float32 by vector units, and its gradients.
#include "vector-conv.h"

namespace fame {
namespace {

bool add() {
  define({"FameFloatConv",
          {"x: float", "w: float"},
          {"y: float"},
          {"strides: list(int)", "pads: list(int)"}});
  provide<VectorConv<float>>("FameFloatConv");
  define({"FameFloatConvInput",
          {"dy: float", "w: float"},
          {"dx: float"},
          {"size: list(int)", "strides: list(int)", "pads: list(int)"}});
  provide<VectorConvInput<float>>("FameFloatConvInput");
  define({"FameFloatConvFilter",
          {"x: float", "dy: float"},
          {"dw: float"},
          {"taps: list(int)", "strides: list(int)", "pads: list(int)"}});
  provide<VectorConvFilter<float>>("FameFloatConvFilter");
  return true;
}

const Registration registration("floatConv", add);

}  // namespace
}  // namespace fame
