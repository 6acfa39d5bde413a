// The gradient of a convolution's kernel over volumes: for every tap the product of x, transposed,
// with dy, summed over all positions. Positions are counted in words: each one in float32, and in
// bfloat16 pairs of neighbours in a line, the last filled up with zeros.
//
// Positions are worked on in rounds: first what all taps need is prepared (dy, packed, and x with
// zeros around), then it is added to the sums. Where there are few sums, the rounds are shared out,
// each share with sums of its own, and a round is as small as a core's cache. Where there are many,
// all threads work on the same round, which is as large as the processor's last cache, and the sums
// are shared out. Neither depends on the number of threads, so the order of summation does not.
#pragma once

#include <type_traits>
#include <vector>

#include "correlation.h"
#include "product.h"
#include "source-lines.h"
#include "workers.h"

namespace fame {

// Output positions that follow each other: whole frames of a clip, or some lines of one frame.
struct Piece {
  int64_t clip, first_frame, end_frame, first_line, end_line;
  // Where its positions begin among the round's, and its source frames in the copy.
  int64_t row, copy;

  int64_t lines() const { return end_line - first_line; }
};

struct Round {
  std::vector<Piece> pieces;
  int64_t rows, copies;
};

template <typename T>
class FilterGradient {
 public:
  FilterGradient(const Correlation& forward, const T* x, const T* dy, float* dw)
      : c_(forward),
        t_(c_.axes[0]),
        h_(c_.axes[1]),
        w_(c_.axes[2]),
        source_(c_),
        columns_(c_.outputs),
        line_((w_.out + Terms<T>::kCount - 1) / Terms<T>::kCount),
        x_(x),
        dy_(dy),
        dw_(dw) {}

  void run() const {
    constexpr int64_t kSharedFloats = 1 << 19, kOwnFloats = 1 << 16, kFewSums = 1 << 18;
    std::vector<Round> rounds = plan(kOwnFloats);
    // Without clips nothing is summed.
    if (rounds.empty()) return std::fill(dw_, dw_ + sums(), 0.0f);
    if (sums() <= kFewSums && rounds.size() > 4) return share_rounds(rounds);
    rounds = plan(kSharedFloats);
    const Prepared prepared(rounds, columns_);
    for (const Round& round : rounds) {
      prepare(Workers::shared(), round, prepared);
      add(Workers::shared(), round, prepared, dw_, &round != &rounds.front());
    }
  }

 private:
  using Word = typename Terms<T>::Word;

  // What is prepared of a round: dy, packed, and x with zeros around.
  struct Prepared {
    Prepared(const std::vector<Round>& rounds, const Columns& columns)
        : dy(most(rounds, &Round::rows) * columns.padded()), x(most(rounds, &Round::copies)) {}

    static int64_t most(const std::vector<Round>& rounds, int64_t Round::*count) {
      int64_t n = 0;
      for (const Round& round : rounds) n = std::max(n, round.*count);
      return n;
    }

    const Buffer<Word> dy, x;
  };

  // Stands for the workers where a thread works alone.
  struct Alone {
    template <typename Work>
    void each(int64_t items, const Work& work) const {
      for (int64_t i = 0; i < items; i++) work(i);
    }
  };

  int64_t sums() const { return c_.depth() * c_.outputs; }

  void share_rounds(const std::vector<Round>& rounds) const {
    constexpr int64_t kMostFloats = 1 << 21, kMostShares = 64;
    const int64_t count = static_cast<int64_t>(rounds.size());
    const int64_t shares =
        std::min({count, kMostShares, std::max<int64_t>(8, kMostFloats / sums())});
    const FloatBuffer parts(shares * sums());
    Workers::shared().each(shares, [&](int64_t share) {
      const Prepared prepared(rounds, columns_);
      const int64_t first = share * count / shares, end = (share + 1) * count / shares;
      for (int64_t i = first; i < end; i++) {
        prepare(Alone(), rounds[i], prepared);
        add(Alone(), rounds[i], prepared, parts.data() + share * sums(), i > first);
      }
    });
    constexpr int64_t kSums = 4096;
    Workers::shared().each((sums() + kSums - 1) / kSums, [&](int64_t item) {
      for (int64_t i = item * kSums; i < std::min(sums(), (item + 1) * kSums); i++) {
        float sum = 0;
        for (int64_t share = 0; share < shares; share++) sum += parts.data()[share * sums() + i];
        dw_[i] = sum;
      }
    });
  }

  // @param floats what a round may take of x and dy together
  std::vector<Round> plan(int64_t floats) const {
    const int64_t each = c_.outputs + c_.inputs * t_.stride * h_.stride * w_.stride;
    const int64_t wanted = std::max<int64_t>(kStepRows, floats / each), frame = h_.out * line_;
    const int64_t frames = std::max<int64_t>(1, wanted / frame);
    const int64_t parts = std::min(h_.out, (frame + wanted - 1) / wanted);
    std::vector<Round> rounds;
    for (int64_t clip = 0; clip < c_.batch; clip++) {
      for (int64_t t = 0; t < t_.out; t += frames) {
        for (int64_t part = 0; part < parts; part++) {
          Piece piece{clip,
                      t,
                      std::min(t_.out, t + frames),
                      part * h_.out / parts,
                      (part + 1) * h_.out / parts,
                      0,
                      0};
          const int64_t rows = rounds.empty() ? wanted : rounds.back().rows;
          if (rows + positions(piece) > wanted) rounds.push_back({});
          Round& round = rounds.back();
          piece.row = round.rows;
          piece.copy = round.copies;
          round.pieces.push_back(piece);
          round.rows += positions(piece);
          round.copies += copied(piece);
        }
      }
    }
    return rounds;
  }

  int64_t positions(const Piece& p) const {
    return (p.end_frame - p.first_frame) * p.lines() * line_;
  }

  // Source frames of a piece: [first, end), and the floats of one in the copy.
  int64_t first_source(const Piece& p) const {
    return std::clamp<int64_t>(p.first_frame * t_.stride + t_.offset, 0, t_.in);
  }
  int64_t end_source(const Piece& p) const {
    const int64_t end = (p.end_frame - 1) * t_.stride + t_.offset + t_.count;
    return std::clamp<int64_t>(end, first_source(p), t_.in);
  }
  int64_t copied_frame(const Piece& p) const { return h_.span(p.lines()) * source_.length(); }
  int64_t copied(const Piece& p) const {
    return source_.in_place() ? 0 : (end_source(p) - first_source(p)) * copied_frame(p);
  }

  template <typename Threads>
  void prepare(Threads&& threads, const Round& round, const Prepared& to_) const {
    Word *packed = to_.dy.data(), *copy = to_.x.data();
    constexpr int64_t kRows = 256;
    const int64_t packs = (round.rows + kRows - 1) / kRows;
    struct Frame {
      const Piece* piece;
      int64_t t;
    };
    std::vector<Frame> frames;
    for (const Piece& piece : round.pieces) {
      if (source_.in_place()) break;
      for (int64_t t = first_source(piece); t < end_source(piece); t++)
        frames.push_back({&piece, t});
    }
    // A round's positions follow each other in dy.
    const Piece& first = round.pieces.front();
    const int64_t line = (first.clip * t_.out + first.first_frame) * h_.out + first.first_line;
    const T* dy = dy_ + line * w_.out * c_.outputs;
    threads.each(packs + static_cast<int64_t>(frames.size()), [&](int64_t item) {
      if (item < packs) {
        const int64_t row = item * kRows, end = std::min(round.rows, row + kRows);
        pack_positions<kRows>(dy, round, row, end, packed);
        return;
      }
      const auto& [piece, t] = frames[item - packs];
      Word* to = copy + piece->copy + (t - first_source(*piece)) * copied_frame(*piece);
      source_.copy(x_, piece->clip, t, piece->first_line, piece->end_line, to);
    });
  }

  // Packs positions [begin, end) of a round.
  template <int64_t kRows>
  void pack_positions(const T* dy, const Round& round, int64_t begin, int64_t end,
                      Word* packed) const {
    const T* rows[kRows * Terms<T>::kCount];
    const T** row = rows;
    for (int64_t position = begin; position < end; position++) {
      const T* line = dy + position / line_ * w_.out * c_.outputs;
      for (int64_t i = 0; i < Terms<T>::kCount; i++) {
        const int64_t w = position % line_ * Terms<T>::kCount + i;
        *row++ = w < w_.out ? line + w * c_.outputs : nullptr;
      }
    }
    pack<T>(rows, columns_, round.rows, begin, end, packed);
  }

  // Adds a round to all sums. For each tap of time and rows they are a matrix of [columns' taps *
  // inputs, outputs], and are shared out by its rows.
  template <typename Threads>
  void add(Threads&& threads, const Round& round, const Prepared& prepared, float* sums,
           bool more) const {
    constexpr int64_t kRows = 8 * kTileRows;
    const int64_t run = w_.count * c_.inputs, parts = (run + kRows - 1) / kRows;
    const Word* origin = origin_of(prepared);
    threads.each(t_.count * h_.count * parts, [&](int64_t item) {
      const int64_t tap = item / parts, row = item % parts * kRows;
      const std::vector<std::vector<Stretch>> steps = steps_of(round, tap, origin);
      for (int64_t panel = 0; panel < columns_.panels(); panel++) {
        const int vectors = columns_.vectors(panel);
        for (const std::vector<Stretch>& step : steps) {
          const Transposed<T> product{step.data(),
                                      static_cast<int64_t>(step.size()),
                                      origin + row,
                                      source_.step(),
                                      prepared.dy.data() + columns_.place(panel, round.rows),
                                      vectors * kWidth,
                                      sums + (tap * run + row) * c_.outputs + columns_.first(panel),
                                      c_.outputs,
                                      columns_.last(panel),
                                      more || &step != &steps.front()};
          multiply_transposed(vectors, product, std::min(kRows, run - row));
        }
      }
    });
  }

  const Word* origin_of(const Prepared& prepared) const {
    if constexpr (std::is_same_v<T, float>) {
      if (source_.in_place()) return x_;
    }
    return prepared.x.data();
  }

  // The positions at which a tap meets x, in steps whose part of a panel stays in the cache.
  std::vector<std::vector<Stretch>> steps_of(const Round& round, int64_t tap,
                                             const Word* origin) const {
    std::vector<std::vector<Stretch>> steps(1);
    int64_t left = kStepRows;
    const auto append = [&](int64_t a, int64_t b, int64_t length) {
      while (length > 0) {
        if (left == 0) {
          steps.emplace_back();
          left = kStepRows;
        }
        const int64_t part = std::min(left, length);
        Stretch* last = steps.back().empty() ? nullptr : &steps.back().back();
        const bool follows =
            last && last->a + last->length * source_.step() == a && last->b + last->length == b;
        if (follows) last->length += part;
        else steps.back().push_back({a, b, part});
        left -= part;
        length -= part;
        a += part * source_.step();
        b += part;
      }
    };
    for (const Piece& piece : round.pieces) {
      for (int64_t t = piece.first_frame; t < piece.end_frame; t++) {
        const int64_t i = tap / h_.count, j = tap % h_.count;
        const int64_t frame = t * t_.stride + t_.offset + i;
        if (frame < 0 || frame >= t_.in) continue;
        const int64_t row = piece.row + (t - piece.first_frame) * piece.lines() * line_;
        const Word* a =
            source_.in_place()
                ? source_.place(x_, piece.clip, frame, piece.first_line)
                : origin + piece.copy + (frame - first_source(piece)) * copied_frame(piece);
        for (int64_t h = 0; h < piece.lines(); h++) {
          append(a - origin + (h * h_.stride + j) * source_.length(), row + h * line_, line_);
        }
      }
    }
    return steps;
  }

  const Correlation& c_;
  const Axis &t_, &h_, &w_;
  const FilterLines<T> source_;
  const Columns columns_;
  // Positions of a line.
  const int64_t line_;
  const T *x_, *dy_;
  float* dw_;
};

}  // namespace fame
