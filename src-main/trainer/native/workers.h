// Threads for the kernels. TensorFlow's C API does not lend its own.
#pragma once

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace fame {

// As many threads as the process may use cores. The caller only waits: what the kernels leave in a
// thread (such as the tile configuration) never meets another library's.
class Workers {
 public:
  static Workers& shared() {
    static Workers& workers = *new Workers();
    return workers;
  }

  int size() const { return size_; }

  // Calls work(item) for each item in [0, items), in any order and on any thread. The first
  // exception that work throws ends the rest early and is thrown here, once every thread has
  // stopped.
  template <typename Work>
  void each(int64_t items, const Work& work) {
    if (items == 0) return;
    std::lock_guard<std::mutex> turn(turn_);
    std::unique_lock<std::mutex> lock(mutex_);
    run_ = [](const void* context, int64_t item) { (*static_cast<const Work*>(context))(item); };
    context_ = &work;
    items_ = items;
    next_ = 0;
    // No more threads than items. One that is done takes the place of one that still sleeps.
    places_ = pending_ = static_cast<int>(std::min<int64_t>(size_, items));
    for (int i = 0; i < places_; i++) wake_.notify_one();
    done_.wait(lock, [this] { return pending_ == 0; });
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  Workers() {
    cpu_set_t allowed;
    const bool known = sched_getaffinity(0, sizeof(allowed), &allowed) == 0;
    size_ = known ? CPU_COUNT(&allowed) : 1;
    for (int i = 0; i < size_; i++) std::thread([this] { serve(); }).detach();
  }

  void serve() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return places_ > 0; });
      places_--;
      lock.unlock();
      std::exception_ptr failure;
      try {
        for (int64_t item = next_++; item < items_; item = next_++) run_(context_, item);
      } catch (...) {
        failure = std::current_exception();
        next_ = items_;
      }
      lock.lock();
      if (failure && !failure_) failure_ = failure;
      if (--pending_ == 0) done_.notify_one();
    }
  }

  int size_ = 1;
  std::mutex turn_, mutex_;
  std::condition_variable wake_, done_;
  // Of the round: places that no thread has taken yet, and places that are not done.
  int places_ = 0, pending_ = 0;
  int64_t items_ = 0;
  std::atomic<int64_t> next_{0};
  void (*run_)(const void*, int64_t) = nullptr;
  const void* context_ = nullptr;
  std::exception_ptr failure_;
};

}  // namespace fame
