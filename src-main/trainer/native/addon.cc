// Loaded into Node as an addon, for its effect: TensorFlow then knows the ops of this folder.
#include <cstdio>
#include <exception>

// The few of Node-API's functions that are used here, so that its headers need not be found.
using napi_env = struct napi_env__*;
using napi_value = struct napi_value__*;
extern "C" int napi_get_boolean(napi_env env, bool value, napi_value* result);
extern "C" int napi_set_named_property(napi_env env, napi_value object, const char* name,
                                       napi_value value);

namespace fame {

void register_norm();
void register_update();
void register_max_pool();
bool register_temporal_conv();
void register_filter_gradient();
bool register_conv();
void register_conv_filter();

namespace {

// What is there; names as in engine/kernels.ts.
struct Kernels {
  bool norm = false, update = false, max_pool = false, temporal_conv = false, conv = false;
};

Kernels register_all() {
  Kernels kernels;
  try {
    register_norm();
    kernels.norm = true;
    register_update();
    kernels.update = true;
    register_max_pool();
    kernels.max_pool = true;
    kernels.temporal_conv = register_temporal_conv();
    if (kernels.temporal_conv) register_filter_gradient();
    kernels.conv = register_conv();
    if (kernels.conv) register_conv_filter();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "Some of the workbench's own kernels are left out: %s\n", error.what());
  }
  return kernels;
}

}  // namespace
}  // namespace fame

extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(
    napi_env env, napi_value exports) {
  // TensorFlow takes a name once a process; Node may load the addon once a context.
  static const fame::Kernels kernels = fame::register_all();
  const auto tell = [&](const char* name, bool there) {
    napi_value value;
    napi_get_boolean(env, there, &value);
    napi_set_named_property(env, exports, name, value);
  };
  tell("norm", kernels.norm);
  tell("update", kernels.update);
  tell("maxPool", kernels.max_pool);
  tell("temporalConv", kernels.temporal_conv);
  tell("conv", kernels.conv);
  return exports;
}
