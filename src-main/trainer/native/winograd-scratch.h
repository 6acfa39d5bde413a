// Memory that the kernels keep from call to call: what is made afresh has to be cleared by the
// system.
#pragma once

#include <mutex>

#include "product.h"

namespace fame::winograd {

// Memory of this thread, kept from call to call.
inline float* thread_scratch(int64_t count) {
  thread_local FloatBuffer buffer(0);
  thread_local int64_t size = 0;
  if (count > size) {
    size = 0;
    buffer = FloatBuffer(0);
    buffer = FloatBuffer(count);
    size = count;
  }
  return buffer.data();
}

// Memory of all threads for one call at a time, kept from call to call.
class SharedScratch {
 public:
  explicit SharedScratch(int64_t count) : turn_(mutex()) {
    static int64_t size = 0;
    if (count > size) {
      size = 0;
      buffer() = FloatBuffer(0);
      buffer() = FloatBuffer(count);
      size = count;
    }
  }
  float* data() const { return buffer().data(); }

 private:
  static std::mutex& mutex() {
    static std::mutex& mutex = *new std::mutex();
    return mutex;
  }
  static FloatBuffer& buffer() {
    static FloatBuffer& buffer = *new FloatBuffer(0);
    return buffer;
  }
  std::lock_guard<std::mutex> turn_;
};

}  // namespace fame::winograd
