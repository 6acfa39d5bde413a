// Computes a correlation as products of matrices: the rows of a are what the outputs read, in place
// or in a copy with zeros around. For one output, what a row of taps reads is in one piece of
// `columns' taps * inputs` floats, so it is one segment of the product.
#pragma once

#include <cstring>
#include <vector>

#include "correlation.h"
#include "product.h"
#include "source-lines.h"
#include "workers.h"

namespace fame {

// The weights, packed: rows are (tap of time, of rows, of columns, input), columns the outputs.
class PackedWeights {
 public:
  // @param w [t, h, w, C, D] of `sizes` @param transposed whether the inputs are D and the outputs
  // C
  PackedWeights(const float* w, const ConvSizes& sizes, const Correlation& c, bool transposed)
      : columns_(c.outputs), depth_(c.depth()), data_(depth_ * columns_.padded()) {
    constexpr int64_t kRows = 64;
    const int64_t parts = (c.inputs + kRows - 1) / kRows;
    Workers::shared().each(c.taps() * parts, [&](int64_t item) {
      const int64_t tap = item / parts, begin = item % parts * kRows;
      const int64_t rows = std::min(kRows, c.inputs - begin), row = tap * c.inputs + begin;
      const float* from = w + tap_of(tap, sizes, c) * c.inputs * c.outputs;
      if (transposed) {
        pack_transposed(from + begin, c.inputs, columns_, depth_, row, row + rows, data_.data());
      } else {
        pack(from + begin * c.outputs, c.outputs, columns_, depth_, row, row + rows, data_.data());
      }
    });
  }

  const Columns& columns() const { return columns_; }
  const float* panel(int64_t panel) const { return data_.data() + columns_.place(panel, depth_); }

 private:
  static int64_t tap_of(int64_t index, const ConvSizes& sizes, const Correlation& c) {
    const auto& [t, h, w] = c.axes;
    const int64_t i = index / (h.count * w.count), j = index / w.count % h.count,
                  k = index % w.count;
    return ((t.tap + i * t.tap_step) * sizes.taps[1] + h.tap + j * h.tap_step) * sizes.taps[2] +
           w.tap + k * w.tap_step;
  }

  const Columns columns_;
  const int64_t depth_;
  const FloatBuffer data_;
};

class Correlator {
 public:
  Correlator(const Correlation& correlation, const PackedWeights& weights)
      : c_(correlation),
        t_(c_.axes[0]),
        h_(c_.axes[1]),
        w_(c_.axes[2]),
        weights_(weights),
        source_(correlation) {}

  // @param x the source @param y what the outputs go to
  void run(const float* x, float* y) const {
    std::vector<Group> groups = groups_by_time();
    std::vector<Block> blocks;
    for (Group& group : groups) {
      const int64_t lines = static_cast<int64_t>(group.frames.size()) * h_.out;
      const int64_t count = (lines + lines_of_block(group) - 1) / lines_of_block(group);
      group.capacity = 0;
      for (int64_t i = 0; i < count; i++) {
        blocks.push_back({&group, i * lines / count, (i + 1) * lines / count});
        group.capacity = std::max(group.capacity, source_lines(blocks.back()));
      }
      add_segments(group);
    }
    // Where there are few blocks, panels are shared out as well.
    const int64_t count = static_cast<int64_t>(blocks.size()), panels = weights_.columns().panels();
    const int64_t wanted = (4 * Workers::shared().size() + count - 1) / count;
    const int64_t parts = std::min(panels, wanted);
    Workers::shared().each(count * parts, [&](int64_t item) {
      const int64_t part = item % parts;
      work(blocks[item / parts], part * panels / parts, (part + 1) * panels / parts, x, y);
    });
  }

 private:
  struct Frame {
    int64_t clip, t;
  };

  // Output frames that meet the same taps of time.
  struct Group {
    int64_t first, end;
    std::vector<Frame> frames;
    // Lines of one source frame in a copy.
    int64_t capacity;
    std::vector<Segment> segments;
    // Where each step begins in `segments`, and the end.
    std::vector<int64_t> steps;
  };

  // Lines of outputs, counted through a group's frames.
  struct Block {
    const Group* group;
    int64_t first, end;
  };

  // Lines of one frame.
  struct Piece {
    Frame frame;
    int64_t first, end;
  };

  // Clip by clip, so that frames that share sources follow each other.
  std::vector<Group> groups_by_time() const {
    std::vector<Group> groups;
    for (int64_t clip = 0; clip < c_.batch; clip++) {
      for (int64_t t = 0; t < t_.out; t++) {
        const int64_t first = t_.first(t), end = t_.end(t);
        size_t i = 0;
        while (i < groups.size() && (groups[i].first != first || groups[i].end != end)) i++;
        if (i == groups.size()) groups.push_back({first, end, {}, 0, {}, {}});
        groups[i].frames.push_back({clip, t});
      }
    }
    return groups;
  }

  // As many as make few tiles with less than all their rows, and sources that fit a core's cache.
  int64_t lines_of_block(const Group& group) const {
    constexpr int64_t kFew = 96, kMany = 384, kSourceFloats = 1 << 16;
    const int64_t floats =
        std::max<int64_t>(1, (group.end - group.first) * h_.stride * source_.length());
    const int64_t least = (kFew + w_.out - 1) / w_.out, most = (kMany + w_.out - 1) / w_.out;
    return std::clamp(kSourceFloats / floats, least, most);
  }

  template <typename Visit>
  void each_piece(const Block& block, const Visit& visit) const {
    for (int64_t line = block.first; line < block.end;) {
      const int64_t first = line % h_.out, end = std::min(h_.out, first + block.end - line);
      visit(Piece{block.group->frames[line / h_.out], first, end});
      line += end - first;
    }
  }

  int64_t source_lines(const Block& block) const {
    int64_t lines = 0;
    each_piece(block, [&](const Piece& piece) { lines += h_.span(piece.end - piece.first); });
    return lines;
  }

  int64_t source_frame(const Group& group) const {
    return (source_.in_place() ? h_.in : group.capacity) * source_.length();
  }

  // The sum over all taps that meet the group, in steps whose part of a panel stays in the cache.
  void add_segments(Group& group) const {
    const int64_t run = w_.count * c_.inputs;
    const int64_t depth = (group.end - group.first) * h_.count * run;
    const int64_t steps = std::max<int64_t>(1, (depth + kStepRows - 1) / kStepRows);
    const int64_t length = (depth + steps - 1) / steps;
    int64_t left = 0;
    for (int64_t i = group.first; i < group.end; i++) {
      for (int64_t j = 0; j < h_.count; j++) {
        const int64_t a = (i - group.first) * source_frame(group) + j * source_.length();
        const int64_t b = (i * h_.count + j) * run;
        for (int64_t k = 0; k < run;) {
          if (left == 0) {
            group.steps.push_back(static_cast<int64_t>(group.segments.size()));
            left = length;
          }
          const int64_t part = std::min(left, run - k);
          group.segments.push_back({a + k, b + k, part});
          left -= part;
          k += part;
        }
      }
    }
    // Outputs that meet no tap are zeros: one step without segments.
    if (group.steps.empty()) group.steps.push_back(0);
    group.steps.push_back(static_cast<int64_t>(group.segments.size()));
  }

  void work(const Block& block, int64_t first_panel, int64_t end_panel, const float* x,
            float* y) const {
    const Group& group = *block.group;
    const FloatBuffer copy(source_.in_place() ? 0
                                              : (group.end - group.first) * source_frame(group));
    const std::vector<TileRows> tiles = prepare(block, x, copy.data(), y);
    const Columns& columns = weights_.columns();
    for (int64_t panel = first_panel; panel < end_panel; panel++) {
      for (size_t i = 0; i + 1 < group.steps.size(); i++) {
        const int64_t begin = group.steps[i];
        const PanelStep step{group.segments.data() + begin, group.steps[i + 1] - begin,
                             weights_.panel(panel), columns.last(panel), i > 0};
        for (const TileRows& rows : tiles) {
          multiply_tile(columns.vectors(panel), step, rows, columns.first(panel));
        }
      }
    }
  }

  // Copies the sources where needed, and lists where each output reads and is written.
  std::vector<TileRows> prepare(const Block& block, const float* x, float* copy, float* y) const {
    const int64_t count = (block.end - block.first) * w_.out;
    std::vector<TileRows> tiles((count + kTileRows - 1) / kTileRows);
    const Group& group = *block.group;
    const int64_t depth = (group.end - group.first) * c_.depth();
    int64_t row = 0, line = 0;
    const auto add = [&](const float* a, float* out) {
      tiles[row / kTileRows].a[row % kTileRows] = a;
      tiles[row / kTileRows].out[row % kTileRows] = out;
      row++;
    };
    each_piece(block, [&](const Piece& piece) {
      if (!source_.in_place()) copy_piece(piece, group, x, copy + line * source_.length());
      for (int64_t h = piece.first; h < piece.end; h++) {
        const float* a = x;
        if (!source_.in_place())
          a = copy + (line + (h - piece.first) * h_.stride) * source_.length();
        else if (depth > 0)
          a = source_.place(x, piece.frame.clip, source_time(piece.frame, group.first), h);
        float* out = target(piece.frame, h, y);
        for (int64_t w = 0; w < w_.out; w++) {
          add(a + (depth > 0 ? w * source_.step() : 0), out + w * w_.to_step * c_.outputs);
        }
      }
      line += h_.span(piece.end - piece.first);
    });
    while (row % kTileRows)
      add(tiles.back().a[row % kTileRows - 1], tiles.back().out[row % kTileRows - 1]);
    return tiles;
  }

  float* target(const Frame& frame, int64_t h, float* y) const {
    const int64_t t = t_.to + frame.t * t_.to_step, row = h_.to + h * h_.to_step;
    return y + (((frame.clip * c_.to[0] + t) * c_.to[1] + row) * c_.to[2] + w_.to) * c_.outputs;
  }

  void copy_piece(const Piece& piece, const Group& group, const float* x, float* copy) const {
    for (int64_t i = group.first; i < group.end; i++, copy += source_frame(group)) {
      source_.copy(x, piece.frame.clip, source_time(piece.frame, i), piece.first, piece.end, copy);
    }
  }

  int64_t source_time(const Frame& frame, int64_t tap) const {
    return frame.t * t_.stride + t_.offset + tap;
  }

  const Correlation& c_;
  const Axis &t_, &h_, &w_;
  const PackedWeights& weights_;
  const SourceLines source_;
};

}  // namespace fame
