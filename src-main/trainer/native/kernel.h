// TensorFlow's C API for kernels (tensorflow/c/kernels.h), as much of it as the ops here need.
#pragma once

#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

namespace fame {

using Shape = std::vector<int64_t>;

inline int64_t size_of(const Shape& shape) {
  int64_t size = 1;
  for (const int64_t n : shape) size *= n;
  return size;
}

inline void expect(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(what);
}

class Status {
 public:
  ~Status() { TF_DeleteStatus(status_); }
  operator TF_Status*() const { return status_; }
  void check() const {
    if (TF_GetCode(status_) != TF_OK) throw std::runtime_error(TF_Message(status_));
  }

 private:
  TF_Status* status_ = TF_NewStatus();
};

// One call of a kernel. Inputs live as long as it does.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context) {}
  Call(const Call&) = delete;
  ~Call() {
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
  }

  int inputs() const { return TF_NumInputs(context_); }

  template <typename T>
  const T* input(int index, Shape* shape = nullptr) {
    TF_Tensor* tensor = nullptr;
    const Status status;
    TF_GetInput(context_, index, &tensor, status);
    status.check();
    tensors_.push_back(tensor);
    if (shape) {
      shape->clear();
      for (int i = 0; i < TF_NumDims(tensor); i++) shape->push_back(TF_Dim(tensor, i));
    }
    return static_cast<const T*>(TF_TensorData(tensor));
  }

  // An input that must have this shape.
  template <typename T>
  const T* input(int index, const Shape& shape, const char* what) {
    Shape its;
    const T* data = input<T>(index, &its);
    expect(its == shape, what);
    return data;
  }

  template <typename T>
  T* output(int index, const Shape& shape) {
    const Status status;
    TF_Tensor* tensor =
        TF_AllocateOutput(context_, index, TF_ExpectedOutputDataType(context_, index), shape.data(),
                          static_cast<int>(shape.size()), sizeof(T) * size_of(shape), status);
    status.check();
    tensors_.push_back(tensor);
    return static_cast<T*>(TF_TensorData(tensor));
  }

 private:
  TF_OpKernelContext* context_;
  std::vector<TF_Tensor*> tensors_;
};

// The attributes of an op, read once when its kernel is made.
class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction* construction) : construction_(construction) {}

  bool flag(const char* name) const {
    unsigned char value = 0;
    const Status status;
    TF_OpKernelConstruction_GetAttrBool(construction_, name, &value, status);
    status.check();
    return value != 0;
  }

  int64_t integer(const char* name) const {
    int64_t value = 0;
    const Status status;
    TF_OpKernelConstruction_GetAttrInt64(construction_, name, &value, status);
    status.check();
    return value;
  }

  // A list of as many integers. @throws std::invalid_argument for more or fewer
  Shape integers(const char* name, int count) const {
    Shape values(count);
    const Status status;
    int32_t length = 0, bytes = 0;
    TF_OpKernelConstruction_GetAttrSize(construction_, name, &length, &bytes, status);
    status.check();
    expect(length == count, "an attribute has not as many numbers as there are axes");
    TF_OpKernelConstruction_GetAttrInt64List(construction_, name, values.data(), count, status);
    status.check();
    return values;
  }

  float number(const char* name) const {
    float value = 0;
    const Status status;
    TF_OpKernelConstruction_GetAttrFloat(construction_, name, &value, status);
    status.check();
    return value;
  }

 private:
  TF_OpKernelConstruction* construction_;
};

template <typename Kernel>
void* create_kernel(TF_OpKernelConstruction* construction) {
  try {
    return new Kernel(Attributes(construction));
  } catch (const std::exception& error) {
    const Status status;
    TF_SetStatus(status, TF_INVALID_ARGUMENT, error.what());
    TF_OpKernelConstruction_Failure(construction, status);
    return nullptr;
  }
}

template <typename Kernel>
void run_kernel(void* kernel, TF_OpKernelContext* context) {
  try {
    Call call(context);
    static_cast<Kernel*>(kernel)->run(call);
  } catch (const std::bad_alloc&) {
    const Status status;
    TF_SetStatus(status, TF_RESOURCE_EXHAUSTED, "the machine is out of memory");
    TF_OpKernelContext_Failure(context, status);
  } catch (const std::exception& error) {
    const Status status;
    TF_SetStatus(status, TF_INVALID_ARGUMENT, error.what());
    TF_OpKernelContext_Failure(context, status);
  }
}

template <typename Kernel>
void delete_kernel(void* kernel) {
  delete static_cast<Kernel*>(kernel);
}

struct Definition {
  const char* name;
  std::vector<const char*> inputs, outputs, attributes;
};

inline void define(const Definition& definition) {
  TF_OpDefinitionBuilder* builder = TF_NewOpDefinitionBuilder(definition.name);
  for (const char* spec : definition.attributes) TF_OpDefinitionBuilderAddAttr(builder, spec);
  for (const char* spec : definition.inputs) TF_OpDefinitionBuilderAddInput(builder, spec);
  for (const char* spec : definition.outputs) TF_OpDefinitionBuilderAddOutput(builder, spec);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(
      builder, [](TF_ShapeInferenceContext* context, TF_Status* status) {
        TF_ShapeInferenceContextSetUnknownShape(context, status);
      });
  const Status status;
  TF_RegisterOpDefinition(builder, status);
  status.check();
}

template <typename Kernel>
void provide(const char* op) {
  TF_KernelBuilder* builder = TF_NewKernelBuilder(op, "CPU", create_kernel<Kernel>,
                                                  run_kernel<Kernel>, delete_kernel<Kernel>);
  const Status status;
  TF_RegisterKernelBuilder(op, builder, status);
  status.check();
}

// The same for the element type T of the op.
template <typename Kernel>
void provide(const char* op, TF_DataType type) {
  TF_KernelBuilder* builder = TF_NewKernelBuilder(op, "CPU", create_kernel<Kernel>,
                                                  run_kernel<Kernel>, delete_kernel<Kernel>);
  const Status status;
  TF_KernelBuilder_TypeConstraint(builder, "T", type, status);
  status.check();
  TF_RegisterKernelBuilder(op, builder, status);
  status.check();
}

// What a source adds to TensorFlow, by the name that engine/kernels.ts has for it. Every source
// declares one of these at namespace level; addon.cc makes them known once the addon is loaded.
class Registration {
 public:
  // @param add defines ops and their kernels; false where this processor cannot run them
  Registration(const char* name, bool (*add)()) : name_(name), add_(add) { all().push_back(this); }

  static std::vector<const Registration*>& all() {
    static std::vector<const Registration*> registrations;
    return registrations;
  }

  const char* name() const { return name_; }
  bool add() const { return add_(); }

 private:
  const char* name_;
  bool (*add_)();
};

}  // namespace fame
