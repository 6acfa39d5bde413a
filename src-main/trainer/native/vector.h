// Vectors of float32 as wide as the processor's registers, as GCC and Clang know them: `a * b + c`
// on them is one fused multiply-add. Kernels are written once, for any `kWidth`.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__AVX2__) || defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace fame {

#if defined(__AVX512F__)
constexpr int kWidth = 16;
#elif defined(__AVX2__) && defined(__FMA__)
constexpr int kWidth = 8;
#else
constexpr int kWidth = 4;
#endif

typedef float Floats __attribute__((vector_size(4 * kWidth)));

// `p` need not be aligned.
inline Floats load_floats(const float* p) {
  Floats v;
  std::memcpy(&v, p, sizeof(v));
  return v;
}

inline void store_floats(float* p, Floats v) { std::memcpy(p, &v, sizeof(v)); }

inline Floats broadcast(float value) { return value - Floats{}; }

#if defined(__AVX512F__)

// The first `count` floats; the others are 0. Memory behind them is not touched.
inline Floats load_part(const float* p, int count) {
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), p);
}

inline void store_part(float* p, Floats v, int count) {
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << count) - 1), v);
}

#else

inline Floats load_part(const float* p, int count) {
  Floats v{};
  std::memcpy(&v, p, count * sizeof(float));
  return v;
}

inline void store_part(float* p, Floats v, int count) { std::memcpy(p, &v, count * sizeof(float)); }

#endif

}  // namespace fame
