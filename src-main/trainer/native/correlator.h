// Computes a correlation as products of matrices: the rows of a are what the outputs read, in place
// or in a copy with zeros around. For one output, what a row of taps reads is in one piece of
// `columns' taps * inputs` numbers, so it is one segment of the product.
#pragma once

#include <type_traits>
#include <vector>

#include "correlation.h"
#include "packed-weights.h"
#include "product.h"
#include "source-lines.h"
#include "workers.h"

namespace fame {

template <typename T>
class Correlator {
 public:
  Correlator(const Correlation& correlation, const PackedWeights<T>& weights)
      : c_(correlation),
        t_(c_.axes[0]),
        h_(c_.axes[1]),
        w_(c_.axes[2]),
        weights_(weights),
        source_(correlation) {}

  // @param x the source @param y what the outputs go to
  void run(const T* x, T* y) const {
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
    const int64_t run = weights_.run();
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
          group.segments.push_back({a + k * Terms<T>::kCount, b + k, part});
          left -= part;
          k += part;
        }
      }
    }
    // Outputs that meet no tap are zeros: one step without segments.
    if (group.steps.empty()) group.steps.push_back(0);
    group.steps.push_back(static_cast<int64_t>(group.segments.size()));
  }

  // Where the outputs of a block are summed, and where they go: the same place in float32. bfloat16
  // is rounded once, from sums of a panel that are kept in float32.
  struct Rows {
    std::vector<TileRows<T>> tiles;
    std::vector<T*> outputs;
  };
  static constexpr bool kRounds = !std::is_same_v<T, float>;
  static constexpr int64_t kSums = kPanelVectors * kWidth;

  void work(const Block& block, int64_t first_panel, int64_t end_panel, const T* x, T* y) const {
    const Group& group = *block.group;
    const Buffer<T> copy(source_.in_place() ? 0 : (group.end - group.first) * source_frame(group));
    const FloatBuffer sums(kRounds ? (block.end - block.first) * w_.out * kSums : 0);
    const Rows rows = prepare(block, x, copy.data(), y, sums.data());
    const Columns& columns = weights_.columns();
    for (int64_t panel = first_panel; panel < end_panel; panel++) {
      const int64_t column = columns.first(panel);
      for (size_t i = 0; i + 1 < group.steps.size(); i++) {
        const int64_t begin = group.steps[i];
        const PanelStep<T> step{group.segments.data() + begin, group.steps[i + 1] - begin,
                                weights_.panel(panel), columns.last(panel), i > 0};
        for (const TileRows<T>& tile : rows.tiles) {
          multiply_tile(columns.vectors(panel), step, tile, kRounds ? 0 : column);
        }
      }
      if constexpr (kRounds) round_panel(rows, sums.data(), panel);
    }
  }

  void round_panel(const Rows& rows, const float* sums, int64_t panel) const {
    const Columns& columns = weights_.columns();
    const int vectors = columns.vectors(panel);
    for (T* output : rows.outputs) {
      for (int v = 0; v < vectors; v++) {
        const int count = v + 1 < vectors ? kWidth : columns.last(panel);
        Terms<T>::round(output + columns.first(panel) + v * kWidth, load_floats(sums + v * kWidth),
                        count);
      }
      sums += kSums;
    }
  }

  // Copies the sources where needed, and lists where each output reads and is written.
  Rows prepare(const Block& block, const T* x, T* copy, T* y, float* sums) const {
    const int64_t count = (block.end - block.first) * w_.out;
    Rows rows{std::vector<TileRows<T>>((count + kTileRows - 1) / kTileRows), {}};
    const Group& group = *block.group;
    const int64_t depth = (group.end - group.first) * c_.depth();
    int64_t row = 0, line = 0;
    const auto add = [&](const T* a, float* out) {
      rows.tiles[row / kTileRows].a[row % kTileRows] = a;
      rows.tiles[row / kTileRows].out[row % kTileRows] = out;
      row++;
    };
    const auto add_output = [&](const T* a, T* out) {
      if constexpr (kRounds) {
        rows.outputs.push_back(out);
        add(a, sums + row * kSums);
      } else {
        add(a, out);
      }
    };
    each_piece(block, [&](const Piece& piece) {
      if (!source_.in_place()) copy_piece(piece, group, x, copy + line * source_.length());
      for (int64_t h = piece.first; h < piece.end; h++) {
        const T* a = x;
        if (!source_.in_place())
          a = copy + (line + (h - piece.first) * h_.stride) * source_.length();
        else if (depth > 0)
          a = source_.place(x, piece.frame.clip, source_time(piece.frame, group.first), h);
        T* out = target(piece.frame, h, y);
        for (int64_t w = 0; w < w_.out; w++) {
          add_output(a + (depth > 0 ? w * source_.step() : 0), out + w * w_.to_step * c_.outputs);
        }
      }
      line += h_.span(piece.end - piece.first);
    });
    while (row % kTileRows) {
      const TileRows<T>& last = rows.tiles.back();
      add(last.a[row % kTileRows - 1], last.out[row % kTileRows - 1]);
    }
    return rows;
  }

  T* target(const Frame& frame, int64_t h, T* y) const {
    const int64_t t = t_.to + frame.t * t_.to_step, row = h_.to + h * h_.to_step;
    return y + (((frame.clip * c_.to[0] + t) * c_.to[1] + row) * c_.to[2] + w_.to) * c_.outputs;
  }

  void copy_piece(const Piece& piece, const Group& group, const T* x, T* copy) const {
    for (int64_t i = group.first; i < group.end; i++, copy += source_frame(group)) {
      source_.copy(x, piece.frame.clip, source_time(piece.frame, i), piece.first, piece.end, copy);
    }
  }

  int64_t source_time(const Frame& frame, int64_t tap) const {
    return frame.t * t_.stride + t_.offset + tap;
  }

  const Correlation& c_;
  const Axis &t_, &h_, &w_;
  const PackedWeights<T>& weights_;
  const SourceLines<T> source_;
};

}  // namespace fame
