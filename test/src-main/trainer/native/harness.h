// Runs the kernels of src-main/trainer/native without TensorFlow: harness.cc has as much of its C
// API as they use, so that sanitizers and emulators can watch them alone.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "kernel.h"

namespace fame::test {

// A tensor whose memory is exactly as long as its elements, so that a step beyond them is seen.
class Value {
 public:
  Value(TF_DataType type, Shape shape);
  static Value floats(Shape shape, const std::vector<float>& values);
  // Rounded to the nearest.
  static Value bfloats(Shape shape, const std::vector<float>& values);
  static Value bytes(Shape shape, const std::vector<uint8_t>& values);

  TF_DataType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  int64_t size() const { return size_of(shape_); }
  void* data() const { return memory_.get(); }
  float* floats() const { return static_cast<float*>(data()); }
  // An element of float32 or bfloat16.
  float at(int64_t index) const;

 private:
  TF_DataType type_;
  Shape shape_;
  std::shared_ptr<void> memory_;
};

using Attribute = std::variant<bool, int64_t, float, Shape>;

struct Op {
  std::string name;
  std::map<std::string, Attribute> attributes;
  std::vector<Value> inputs;
  // Of each output; T of the kernel is the first input's.
  std::vector<TF_DataType> outputs;
};

struct Outcome {
  std::vector<Value> outputs;
  // What the kernel failed with; empty where it did not.
  std::string error;
};

Outcome run(const Op& op);

// Numbers of a fixed sequence: mostly small fractions of both signs.
std::vector<float> noise(int64_t count, uint32_t seed);

// Declared by every test; main() runs them all.
class Test {
 public:
  Test(const char* name, std::function<void()> work);
};

// @throws std::runtime_error which says what and where
void check(bool holds, const std::string& what);
// Whether no value is further than `tolerance` times the largest expected one from what is
// expected.
void check_near(const Value& got, const std::vector<double>& expected, double tolerance,
                const std::string& what);
void check_fails(const Op& op, const std::string& what);

}  // namespace fame::test
