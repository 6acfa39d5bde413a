// Convolutions in float32 and the gradients of their inputs are the same thing: each output is a
// sum over some places of a source, times weights. This file says which places.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "conv-sizes.h"

namespace fame {

// One axis: time, rows or columns. Output o reads `count` places of the source, one after another:
//
//    source     . . . [ x   x   x ] . . .     the first of them is o * stride + offset
//    tap              tap  ...  tap + (count - 1) * tap_step
//    goes to          to + o * to_step
//
// Places before 0 or from `in` on are zeros.
struct Axis {
  int64_t in, out, stride, offset, count;
  int64_t tap, tap_step;
  int64_t to, to_step;

  // Places from the first that output 0 reads to the last that output n - 1 reads.
  int64_t span(int64_t n) const { return (n - 1) * stride + count; }
  bool stays_inside() const { return offset >= 0 && offset + span(out) <= in; }

  // Which of the places that an output reads are in the source: [first, end).
  int64_t first(int64_t o) const { return std::clamp<int64_t>(-offset - o * stride, 0, count); }
  int64_t end(int64_t o) const {
    return std::clamp<int64_t>(in - offset - o * stride, first(o), count);
  }

  static Axis forward(const ConvSizes& s, int i) {
    return {s.from[i], s.to[i], s.strides[i], -s.before[i], s.taps[i], 0, 1, 0, 1};
  }

  // For the gradient of x. x[p] was read by y[o] at tap p + before - o * stride: only the taps of
  // one rest modulo the stride meet p, and p + stride has the same ones, of the next y. So there
  // are as many axes as the stride, each with a stride of 1, that fill every `stride`-th place of
  // x.
  static std::vector<Axis> gradient(const ConvSizes& s, int i) {
    std::vector<Axis> axes;
    const int64_t stride = s.strides[i], before = s.before[i];
    for (int64_t place = 0; place < std::min(stride, s.from[i]); place++) {
      const int64_t rest = (place + before) % stride, first = (place + before) / stride;
      const int64_t count = rest < s.taps[i] ? (s.taps[i] - rest + stride - 1) / stride : 0;
      const int64_t out = (s.from[i] - place + stride - 1) / stride;
      axes.push_back({s.to[i], out, 1, first - (count - 1), count, rest + (count - 1) * stride,
                      -stride, place, stride});
    }
    return axes;
  }
};

struct Correlation {
  int64_t batch, inputs, outputs;
  std::array<Axis, 3> axes;
  // Frames, rows and columns of what the outputs go to.
  Shape to;

  int64_t taps() const { return axes[0].count * axes[1].count * axes[2].count; }
  // Products in a sum, over all taps.
  int64_t depth() const { return taps() * inputs; }

  static Correlation forward(const ConvSizes& s) {
    return {s.batch,
            s.inputs,
            s.outputs,
            {Axis::forward(s, 0), Axis::forward(s, 1), Axis::forward(s, 2)},
            s.to};
  }

  // Together they fill all of x's gradient.
  static std::vector<Correlation> gradients(const ConvSizes& s) {
    std::vector<Correlation> parts;
    for (const Axis& t : Axis::gradient(s, 0)) {
      for (const Axis& h : Axis::gradient(s, 1)) {
        for (const Axis& w : Axis::gradient(s, 2)) {
          parts.push_back({s.batch, s.outputs, s.inputs, {t, h, w}, s.from});
        }
      }
    }
    return parts;
  }
};

}  // namespace fame
