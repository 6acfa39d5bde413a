// What the processor can do at most, measured: multiply-adds that need no memory, and copying.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <vector>

#include "kernel.h"
#include "tiles.h"
#include "vector.h"
#include "workers.h"

namespace fame {
namespace {

using Clock = std::chrono::steady_clock;

// Does a piece of work over and over on some threads at once. @returns pieces a second, all
// together
template <typename Piece>
double rate(int threads, float seconds, const Piece& piece) {
  std::vector<int64_t> done(threads);
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration<float>(seconds);
  Workers::shared().each(threads, [&](int64_t thread) {
    // At least one, however late the thread wakes.
    do {
      piece(thread);
      done[thread]++;
    } while (Clock::now() < end);
  });
  int64_t all = 0;
  for (const int64_t pieces : done) all += pieces;
  return all / std::chrono::duration<double>(Clock::now() - start).count();
}

// As many sums as keep the units busy while each waits for its last addition.
constexpr int kSums = 12, kRounds = 4096;

// Nowhere is read what a thread has computed, but the compiler must not know.
template <typename T>
inline void keep(T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

constexpr double kFloatOperations = 2. * kSums * kWidth * kRounds;
void multiply_add() {
  Floats sums[kSums];
  for (int i = 0; i < kSums; i++) sums[i] = broadcast(1.f + static_cast<float>(i));
  const Floats factor = broadcast(0.999f), addend = broadcast(0.002f);
  for (int round = 0; round < kRounds; round++) {
    for (int i = 0; i < kSums; i++) sums[i] = sums[i] * factor + addend;
  }
  keep(sums);
}

#if defined(FAME_TILES)
constexpr double kHalfOperations = 4. * 2 * 16 * 16 * 32 * kRounds;
void multiply_bfloat16() {
  const Tiles tiles;
  alignas(64) static const uint8_t zeros[1024] = {};
  clear_sums();
  for (int round = 0; round < kRounds; round++) add_products<2>(zeros, zeros, 64, zeros, zeros);
}
#elif defined(__AVX512BF16__)
constexpr double kHalfOperations = 2. * 2 * 16 * kSums * kRounds;
void multiply_bfloat16() {
  __m512 sums[kSums];
  const __m512bh ones = _mm512_cvtne2ps_pbh(_mm512_set1_ps(1), _mm512_set1_ps(1));
  for (int i = 0; i < kSums; i++) sums[i] = _mm512_set1_ps(static_cast<float>(i));
  for (int round = 0; round < kRounds; round++) {
    for (int i = 0; i < kSums; i++) sums[i] = _mm512_dpbf16_ps(sums[i], ones, ones);
  }
  keep(sums);
}
#else
constexpr double kHalfOperations = 0;
void multiply_bfloat16() {}
#endif

// Copies between two stretches of memory that no cache holds.
class Copying {
 public:
  explicit Copying(int threads) {
    for (int i = 0; i < 2 * threads; i++) {
      memory_.emplace_back(new char[kBytes]);
      std::memset(memory_.back().get(), i, kBytes);
    }
  }

  void piece(int64_t thread) const {
    std::memcpy(memory_[2 * thread].get(), memory_[2 * thread + 1].get(), kBytes);
  }

  static constexpr size_t kBytes = 64 << 20;

 private:
  std::vector<std::unique_ptr<char[]>> memory_;
};

bool has_bfloat16() {
#if defined(FAME_TILES)
  return tiles_granted();
#elif defined(__AVX512BF16__)
  return true;
#else
  return false;
#endif
}

// Floating point operations a second in float32 by one core and by all, the same in bfloat16 (0
// where there are no units for it), bytes a second copied by all. Each is measured for some
// seconds.
class Peak {
 public:
  explicit Peak(const Attributes& attributes) : seconds_(attributes.number("seconds")) {}

  void run(Call& call) const {
    expect(seconds_ > 0 && seconds_ < 10, "each measurement takes up to 10 seconds");
    const int all = Workers::shared().size();
    float* out = call.output<float>(0, {5});
    const auto measure = [&](int threads, double amount, const auto& piece) {
      return amount == 0 ? 0 : static_cast<float>(amount * rate(threads, seconds_, piece));
    };
    const double halves = has_bfloat16() ? kHalfOperations : 0;
    const auto floats = [](int64_t) { multiply_add(); };
    const auto bfloats = [](int64_t) { multiply_bfloat16(); };
    out[0] = measure(1, kFloatOperations, floats);
    out[1] = measure(all, kFloatOperations, floats);
    out[2] = measure(1, halves, bfloats);
    out[3] = measure(all, halves, bfloats);
    const Copying copying(all);
    // Read and written.
    const double bytes = 2. * Copying::kBytes;
    out[4] = measure(all, bytes, [&](int64_t thread) { copying.piece(thread); });
  }

 private:
  float seconds_;
};

bool add() {
  define({"FamePeak", {}, {"rates: float"}, {"seconds: float"}});
  provide<Peak>("FamePeak");
  return true;
}

const Registration registration("peak", add);

}  // namespace
}  // namespace fame
