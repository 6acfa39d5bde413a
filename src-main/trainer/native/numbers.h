// float and bfloat16 alike, as loops that the compiler can vectorise.
#pragma once

#include <cstdint>
#include <cstring>

namespace fame {

struct bfloat16 {
  uint16_t bits;
};

inline float load(const float* p) { return *p; }

inline float load(const bfloat16* p) {
  const uint32_t bits = static_cast<uint32_t>(p->bits) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

inline void store(float* p, float value) { *p = value; }

// To the nearest, ties to even.
inline void store(bfloat16* p, float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  p->bits = static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

}  // namespace fame
