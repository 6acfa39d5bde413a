// Loaded into Node as an addon, for its effect: TensorFlow then knows the ops of this folder.
#include <cstdio>
#include <exception>
#include <map>
#include <string>

#include "kernel.h"

// The few of Node-API's functions that are used here, so that its headers need not be found.
using napi_env = struct napi_env__*;
using napi_value = struct napi_value__*;
extern "C" int napi_get_boolean(napi_env env, bool value, napi_value* result);
extern "C" int napi_set_named_property(napi_env env, napi_value object, const char* name,
                                       napi_value value);

namespace fame {
namespace {

// Adds all that the sources register. A name that several share is there when all of it is.
std::map<std::string, bool> add_all() {
  std::map<std::string, bool> added;
  for (const Registration* registration : Registration::all()) {
    bool& there = added.emplace(registration->name(), true).first->second;
    try {
      there = registration->add() && there;
    } catch (const std::exception& error) {
      there = false;
      std::fprintf(stderr, "The kernels \"%s\" are left out: %s\n", registration->name(),
                   error.what());
    }
  }
  return added;
}

}  // namespace
}  // namespace fame

extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(
    napi_env env, napi_value exports) {
  // TensorFlow takes a name once a process; Node may load the addon once a context.
  static const std::map<std::string, bool> added = fame::add_all();
  for (const auto& [name, there] : added) {
    napi_value value;
    napi_get_boolean(env, there, &value);
    napi_set_named_property(env, exports, name.c_str(), value);
  }
  return exports;
}
