#include "workers.h"

#include <atomic>
#include <new>
#include <stdexcept>
#include <thread>
#include <vector>

#include "harness.h"

namespace fame::test {
namespace {

const Test each_once("workers take every item once", [] {
  for (const int64_t items : {0, 1, 2, 1000}) {
    std::vector<std::atomic<int>> taken(items);
    Workers::shared().each(items, [&](int64_t item) { taken[item]++; });
    for (const auto& count : taken) check(count == 1, "an item is taken once");
  }
});

const Test exceptions("workers pass an exception of a thread to the caller, and go on", [] {
  for (int round = 0; round < 20; round++) {
    std::string caught;
    try {
      Workers::shared().each(100, [&](int64_t item) {
        if (item % 7 == 3) throw std::runtime_error("item");
      });
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    check(caught == "item", "the exception comes out of each");
    std::atomic<int> taken{0};
    Workers::shared().each(100, [&](int64_t) { taken++; });
    check(taken == 100, "the next call is whole");
  }
});

const Test memory("a thread that is out of memory does not end the process", [] {
  bool caught = false;
  try {
    Workers::shared().each(4, [](int64_t) { throw std::bad_alloc(); });
  } catch (const std::bad_alloc&) {
    caught = true;
  }
  check(caught, "bad_alloc comes out of each");
});

const Test callers("workers serve one caller after another", [] {
  std::atomic<int64_t> sum{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; i++) {
    callers.emplace_back([&] {
      for (int n = 0; n < 50; n++) {
        Workers::shared().each(20, [&](int64_t item) { sum += item; });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  check(sum == 4 * 50 * 190, "every item of every caller is taken");
});

}  // namespace
}  // namespace fame::test
