// Filters transformed for Winograd's convolutions, panel by panel of their outputs.
#pragma once

#include "product.h"
#include "winograd-tiles.h"

namespace fame::winograd {

template <typename T>
struct Filter {
  // [taps of time, taps, inputs, outputs], or if mirrored [taps from the last on, outputs, inputs]
  const T* data;
  int64_t inputs, outputs;
  bool mirrored;
};

// Transforms the filter for some of the inputs and a panel of outputs: to kProducts matrices
// [taps of time, inputs, panel].
template <typename Scheme, typename T>
class PanelTransform {
 public:
  PanelTransform(const Filter<T>& filter, const Columns& columns, int64_t panel)
      : filter_(filter),
        first_output_(columns.first(panel)),
        width_(columns.vectors(panel) * kWidth) {}

  // Where matrices begin; floats from one product's to the next one's, and in a matrix from one tap
  // of time to the next one.
  struct Place {
    float* to;
    int64_t product, time;
  };

  void fill(int64_t first_input, int64_t inputs, const Place& place) const {
    for (int time = 0; time < Scheme::kTimeTaps; time++) {
      for (int64_t column = 0; column < width_; column += kWidth) {
        if (filter_.mirrored) fill_mirrored(time, first_input, inputs, column, place);
        else fill_plain(time, first_input, inputs, column, place);
      }
    }
  }

 private:
  // Rows of the filter that are asked for ahead: they are far apart in memory.
  static constexpr int64_t kAhead = 4;

  void fill_plain(int time, int64_t first_input, int64_t inputs, int64_t column,
                  const Place& place) const {
    const int64_t tap_size = filter_.inputs * filter_.outputs, output = first_output_ + column;
    const int64_t count = filter_.outputs - output;
    float* to = place.to + time * place.time + column;
    for (int64_t i = 0; i < inputs; i++, to += width_) {
      const bool there = first_input + i < filter_.inputs;
      const T* from = filter_.data + time * Scheme::kTaps * tap_size +
                      (first_input + i) * filter_.outputs + output;
      for (int tap = 0; tap < Scheme::kTaps; tap++) {
        __builtin_prefetch(from + tap * tap_size + kAhead * filter_.outputs);
      }
      const auto load = [&](int tap) {
        return there ? load_some(from + tap * tap_size, count) : Floats{};
      };
      transform(load, place.product, to);
    }
  }

  // A square of kWidth inputs by kWidth outputs at a time.
  void fill_mirrored(int time, int64_t first_input, int64_t inputs, int64_t column,
                     const Place& place) const {
    const int64_t output = first_output_ + column;
    float* to = place.to + time * place.time + column;
    for (int64_t i = 0; i < inputs; i += kWidth) {
      Floats taps[Scheme::kTaps][kWidth];
      for (int tap = 0; tap < Scheme::kTaps; tap++) {
        const int64_t source = (Scheme::kTimeTaps - time) * Scheme::kTaps - 1 - tap;
        for (int64_t o = 0; o < kWidth; o++) {
          const int64_t row = source * filter_.outputs + output + o;
          const int64_t there = output + o < filter_.outputs ? filter_.inputs - first_input - i : 0;
          const T* from = filter_.data + row * filter_.inputs + first_input + i;
          __builtin_prefetch(from + 2 * kWidth);
          taps[tap][o] = load_some(from, there);
        }
        transpose(taps[tap]);
      }
      for (int64_t k = 0; k < kWidth; k++, to += width_) {
        transform([&](int tap) { return taps[tap][k]; }, place.product, to);
      }
    }
  }

  template <typename Load>
  static void transform(const Load& load, int64_t size, float* to) {
    Scheme::template transform<FilterLine>(
        load, [&](int product, Floats value) { store_floats(to + product * size, value); });
  }

  const Filter<T>& filter_;
  const int64_t first_output_, width_;
};

}  // namespace fame::winograd
