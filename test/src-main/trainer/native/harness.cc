#include "harness.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "numbers.h"
#include "vector.h"

using fame::test::Value;

struct TSL_Status {
  TF_Code code = TF_OK;
  std::string message;
};

struct TF_Tensor {
  Value value;
};

struct TF_OpKernelConstruction {
  const fame::test::Op& op;
  std::string error;
};

struct TF_OpKernelContext {
  const fame::test::Op& op;
  std::vector<std::unique_ptr<Value>> outputs;
  std::string error;
};

struct TF_KernelBuilder {
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*destroy)(void*);
  bool typed = false;
  TF_DataType type = TF_FLOAT;
};

struct TF_OpDefinitionBuilder {
  std::string name;
};

namespace {

std::multimap<std::string, TF_KernelBuilder>& kernels() {
  static std::multimap<std::string, TF_KernelBuilder> all;
  return all;
}

template <typename T, typename Stored>
void attribute(TF_OpKernelConstruction* construction, const char* name, T* value,
               TF_Status* status) {
  const auto found = construction->op.attributes.find(name);
  if (found == construction->op.attributes.end()) {
    TF_SetStatus(status, TF_NOT_FOUND, name);
  } else {
    *value = std::get<Stored>(found->second);
  }
}

}  // namespace

extern "C" {

TF_Status* TF_NewStatus() { return new TF_Status; }
void TF_DeleteStatus(TF_Status* status) { delete status; }
TF_Code TF_GetCode(const TF_Status* status) { return status->code; }
const char* TF_Message(const TF_Status* status) { return status->message.c_str(); }
void TF_SetStatus(TF_Status* status, TF_Code code, const char* message) {
  *status = {code, message};
}

int TF_NumDims(const TF_Tensor* tensor) { return static_cast<int>(tensor->value.shape().size()); }
int64_t TF_Dim(const TF_Tensor* tensor, int axis) { return tensor->value.shape()[axis]; }
void* TF_TensorData(const TF_Tensor* tensor) { return tensor->value.data(); }
size_t TF_TensorByteSize(const TF_Tensor* tensor) {
  return tensor->value.size() * TF_DataTypeSize(tensor->value.type());
}
void TF_DeleteTensor(TF_Tensor* tensor) { delete tensor; }
size_t TF_DataTypeSize(TF_DataType type) {
  return type == TF_FLOAT ? 4 : type == TF_BFLOAT16 ? 2 : 1;
}

int TF_NumInputs(TF_OpKernelContext* context) {
  return static_cast<int>(context->op.inputs.size());
}
void TF_GetInput(TF_OpKernelContext* context, int index, TF_Tensor** tensor, TF_Status* status) {
  if (index >= TF_NumInputs(context)) TF_SetStatus(status, TF_OUT_OF_RANGE, "no such input");
  else *tensor = new TF_Tensor{context->op.inputs[index]};
}
TF_DataType TF_ExpectedOutputDataType(TF_OpKernelContext* context, int index) {
  return context->op.outputs.at(index);
}
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext* context, int index, TF_DataType type,
                             const int64_t* dims, int rank, size_t, TF_Status*) {
  context->outputs.at(index).reset(new Value(type, fame::Shape(dims, dims + rank)));
  return new TF_Tensor{*context->outputs[index]};
}
void TF_OpKernelContext_Failure(TF_OpKernelContext* context, TF_Status* status) {
  context->error = status->message;
}

void TF_OpKernelConstruction_GetAttrBool(TF_OpKernelConstruction* construction, const char* name,
                                         unsigned char* value, TF_Status* status) {
  attribute<unsigned char, bool>(construction, name, value, status);
}
void TF_OpKernelConstruction_GetAttrInt64(TF_OpKernelConstruction* construction, const char* name,
                                          int64_t* value, TF_Status* status) {
  attribute<int64_t, int64_t>(construction, name, value, status);
}
void TF_OpKernelConstruction_GetAttrFloat(TF_OpKernelConstruction* construction, const char* name,
                                          float* value, TF_Status* status) {
  attribute<float, float>(construction, name, value, status);
}
void TF_OpKernelConstruction_GetAttrSize(TF_OpKernelConstruction* construction, const char* name,
                                         int32_t* length, int32_t* bytes, TF_Status* status) {
  fame::Shape values;
  attribute<fame::Shape, fame::Shape>(construction, name, &values, status);
  *length = static_cast<int32_t>(values.size());
  *bytes = -1;
}
void TF_OpKernelConstruction_GetAttrInt64List(TF_OpKernelConstruction* construction,
                                              const char* name, int64_t* values, int count,
                                              TF_Status* status) {
  fame::Shape stored;
  attribute<fame::Shape, fame::Shape>(construction, name, &stored, status);
  std::copy_n(stored.begin(), std::min<size_t>(count, stored.size()), values);
}
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction* construction, TF_Status* status) {
  construction->error = status->message;
}

TF_OpDefinitionBuilder* TF_NewOpDefinitionBuilder(const char* name) {
  return new TF_OpDefinitionBuilder{name};
}
void TF_OpDefinitionBuilderAddAttr(TF_OpDefinitionBuilder*, const char*) {}
void TF_OpDefinitionBuilderAddInput(TF_OpDefinitionBuilder*, const char*) {}
void TF_OpDefinitionBuilderAddOutput(TF_OpDefinitionBuilder*, const char*) {}
void TF_OpDefinitionBuilderSetShapeInferenceFunction(TF_OpDefinitionBuilder*,
                                                     void (*)(TF_ShapeInferenceContext*,
                                                              TF_Status*)) {}
void TF_ShapeInferenceContextSetUnknownShape(TF_ShapeInferenceContext*, TF_Status*) {}
void TF_RegisterOpDefinition(TF_OpDefinitionBuilder* builder, TF_Status*) { delete builder; }

TF_KernelBuilder* TF_NewKernelBuilder(const char*, const char*,
                                      void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*),
                                      void (*destroy)(void*)) {
  return new TF_KernelBuilder{create, compute, destroy};
}
void TF_KernelBuilder_TypeConstraint(TF_KernelBuilder* builder, const char*, TF_DataType type,
                                     TF_Status*) {
  builder->typed = true;
  builder->type = type;
}
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder* builder, TF_Status*) {
  kernels().emplace(name, *builder);
  delete builder;
}

}  // extern "C"

namespace fame::test {
namespace {

struct Entry {
  const char* name;
  std::function<void()> work;
};

std::vector<Entry>& tests() {
  static std::vector<Entry> all;
  return all;
}

const TF_KernelBuilder& find(const Op& op) {
  const auto [begin, end] = kernels().equal_range(op.name);
  for (auto kernel = begin; kernel != end; ++kernel) {
    if (!kernel->second.typed || kernel->second.type == op.inputs.at(0).type()) {
      return kernel->second;
    }
  }
  throw std::runtime_error("there is no kernel for " + op.name);
}

}  // namespace

Value::Value(TF_DataType type, Shape shape) : type_(type), shape_(std::move(shape)) {
  const size_t length = size() * TF_DataTypeSize(type);
  void* memory = nullptr;
  if (posix_memalign(&memory, 64, length) != 0) throw std::bad_alloc();
  // What a kernel leaves unwritten is no number.
  std::memset(memory, 0xff, length);
  memory_.reset(memory, std::free);
}

Value Value::floats(Shape shape, const std::vector<float>& values) {
  const Value made(TF_FLOAT, std::move(shape));
  check(made.size() == static_cast<int64_t>(values.size()), "the values fit the shape");
  std::copy(values.begin(), values.end(), made.floats());
  return made;
}

Value Value::bfloats(Shape shape, const std::vector<float>& values) {
  const Value made(TF_BFLOAT16, std::move(shape));
  check(made.size() == static_cast<int64_t>(values.size()), "the values fit the shape");
  for (size_t i = 0; i < values.size(); i++) {
    store(static_cast<bfloat16*>(made.data()) + i, values[i]);
  }
  return made;
}

float Value::at(int64_t index) const {
  if (type_ == TF_BFLOAT16) return load(static_cast<const bfloat16*>(data()) + index);
  return floats()[index];
}

Value Value::bytes(Shape shape, const std::vector<uint8_t>& values) {
  const Value made(TF_UINT8, std::move(shape));
  check(made.size() == static_cast<int64_t>(values.size()), "the values fit the shape");
  std::copy(values.begin(), values.end(), static_cast<uint8_t*>(made.data()));
  return made;
}

Outcome run(const Op& op) {
  const TF_KernelBuilder& kernel = find(op);
  TF_OpKernelConstruction construction{op, ""};
  void* made = kernel.create(&construction);
  if (!made) return {{}, construction.error};
  TF_OpKernelContext context{op, {}, ""};
  context.outputs.resize(op.outputs.size());
  kernel.compute(made, &context);
  kernel.destroy(made);
  if (!context.error.empty()) return {{}, context.error};
  std::vector<Value> outputs;
  for (const auto& output : context.outputs) {
    check(output != nullptr, op.name + " gives every output");
    outputs.push_back(*output);
  }
  return {outputs, ""};
}

std::vector<float> noise(int64_t count, uint32_t seed) {
  std::vector<float> values(count);
  for (float& value : values) {
    seed = seed * 1664525u + 1013904223u;
    value = static_cast<float>(static_cast<int32_t>(seed >> 8) - (1 << 23)) / (1 << 22);
  }
  return values;
}

Test::Test(const char* name, std::function<void()> work) {
  tests().push_back({name, std::move(work)});
}

void check(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error("does not hold: " + what);
}

void check_near(const Value& got, const std::vector<double>& expected, double tolerance,
                const std::string& what) {
  check(got.size() == static_cast<int64_t>(expected.size()), what + " has the expected size");
  double largest = 0;
  for (const double value : expected) largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < expected.size(); i++) {
    const double error = std::abs(got.at(i) - expected[i]);
    if (error <= tolerance * largest) continue;
    throw std::runtime_error(what + "[" + std::to_string(i) + "] is " + std::to_string(got.at(i)) +
                             " instead of " + std::to_string(expected[i]));
  }
}

void check_fails(const Op& op, const std::string& what) {
  check(!run(op).error.empty(), op.name + " refuses " + what);
}

}  // namespace fame::test

int main() {
  for (const fame::Registration* registration : fame::Registration::all()) registration->add();
  int failed = 0;
  for (const auto& [name, work] : fame::test::tests()) {
    try {
      work();
      std::printf("passed: %s\n", name);
    } catch (const std::exception& error) {
      failed++;
      std::printf("FAILED: %s: %s\n", name, error.what());
    }
  }
  std::printf("%zu tests, %d failed, vectors of %d floats\n", fame::test::tests().size(), failed,
              fame::kWidth);
  return failed == 0 ? 0 : 1;
}
