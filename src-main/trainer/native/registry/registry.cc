// Loaded into Node as an addon: tells which kernels TensorFlow has registered, by TensorFlow's C API.
#include <cstddef>
#include <string>

#include "tensorflow/c/c_api.h"

// The few of Node-API's functions that are used here, so that its headers need not be found.
using napi_env = struct napi_env__*;
using napi_value = struct napi_value__*;
using napi_callback_info = struct napi_callback_info__*;
using napi_callback = napi_value (*)(napi_env env, napi_callback_info info);
extern "C" int napi_get_cb_info(napi_env env, napi_callback_info info, size_t* count,
                                napi_value* values, napi_value* self, void** data);
extern "C" int napi_get_value_string_utf8(napi_env env, napi_value value, char* text, size_t size,
                                          size_t* length);
extern "C" int napi_create_buffer_copy(napi_env env, size_t length, const void* data,
                                       void** copied, napi_value* result);
extern "C" int napi_create_function(napi_env env, const char* name, size_t length,
                                    napi_callback callback, void* data, napi_value* result);
extern "C" int napi_throw_error(napi_env env, const char* code, const char* message);
extern "C" int napi_set_named_property(napi_env env, napi_value object, const char* name,
                                       napi_value value);

namespace {

// kernelsFor(op): a serialised KernelList of all kernels registered for the op, as a Buffer.
napi_value kernels_for(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument = nullptr;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  char name[256];
  size_t length = 0;
  if (count < 1 || napi_get_value_string_utf8(env, argument, name, sizeof name, &length) != 0) {
    napi_throw_error(env, nullptr, "kernelsFor takes the name of an op.");
    return nullptr;
  }
  TF_Status* status = TF_NewStatus();
  TF_Buffer* list = TF_GetRegisteredKernelsForOp(name, status);
  napi_value result = nullptr;
  if (list != nullptr && TF_GetCode(status) == TF_OK) {
    napi_create_buffer_copy(env, list->length, list->data, nullptr, &result);
  } else {
    napi_throw_error(env, nullptr, TF_Message(status));
  }
  if (list != nullptr) TF_DeleteBuffer(list);
  TF_DeleteStatus(status);
  return result;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(
    napi_env env, napi_value exports) {
  napi_value function = nullptr;
  napi_create_function(env, "kernelsFor", sizeof "kernelsFor" - 1, kernels_for, nullptr, &function);
  napi_set_named_property(env, exports, "kernelsFor", function);
  return exports;
}
