// Winograd's convolutions of many tiles, one product of the transformed domain after another:
//
//   x       ── B^T ──> for each product [tiles, inputs]  ─┐
//                                                         ├──> [tiles, outputs] ── A^T ──> y
//   filter  ──  G  ──> for each product [inputs, outputs] ─┘
//
// What one product multiplies stays in a core's second-level cache, and is read from further away
// but once.
#pragma once

#include <vector>

#include "product.h"
#include "winograd-panel.h"
#include "winograd-scratch.h"
#include "winograd-tiles.h"
#include "workers.h"

namespace fame::winograd {

// y [.., outputs] of x [.., inputs].
template <typename Scheme, typename T>
class ConvolutionByProducts {
 public:
  ConvolutionByProducts(const Scheme& scheme, const Filter<T>& filter, const T* x, T* y)
      : scheme_(scheme),
        filter_(filter),
        x_(x),
        y_(y),
        chunks_(filter.inputs),
        columns_(filter.outputs),
        zeros_(filter.inputs) {}

  void run() const {
    constexpr int64_t kManyFloats = 1 << 22;
    const int64_t unit = scheme_.unit(), units = scheme_.count() / unit;
    const int64_t each = Scheme::kProducts * (chunks_.padded() + columns_.padded()) * unit;
    const int64_t fit = std::max<int64_t>(1, kManyFloats / each), batches = (units + fit - 1) / fit;
    const int64_t most = (units + batches - 1) / batches * unit;
    const int64_t weights = Scheme::kProducts * weights_size();
    const int64_t values = Scheme::kProducts * matrix_size(most, chunks_.padded());
    const int64_t products = Scheme::kProducts * matrix_size(most, columns_.padded());
    const SharedScratch scratch(weights + values + products);
    transform_weights(scratch.data());
    for (int64_t i = 0; i < batches; i++) {
      const int64_t first = i * units / batches * unit;
      const int64_t tiles = (i + 1) * units / batches * unit - first;
      run_batch({first, tiles, scratch.data(), scratch.data() + weights,
                 scratch.data() + weights + values, scheme_.order(tiles)});
    }
  }

 private:
  struct Batch {
    int64_t first_tile, tiles;
    const float* weights;
    float *values, *products;
    TileOrder order;
  };

  // Floats of what one product multiplies.
  int64_t depth() const { return Scheme::kTimeTaps * chunks_.padded(); }
  int64_t weights_size() const { return matrix_size(depth(), columns_.padded()); }

  void transform_weights(float* weights) const {
    Workers::shared().each(columns_.panels() * chunks_.count(), [&](int64_t item) {
      const int64_t panel = item / chunks_.count(), chunk = item % chunks_.count();
      const int64_t first = chunks_.first(chunk), width = columns_.vectors(panel) * kWidth;
      PanelTransform<Scheme, T>(filter_, columns_, panel)
          .fill(first, chunks_.size(chunk),
                {weights + columns_.place(panel, depth()) + first * width, weights_size(),
                 chunks_.padded() * width});
    });
  }

  void run_batch(const Batch& batch) const {
    constexpr int64_t kShare = 16;
    const int64_t shares = (batch.tiles + kShare - 1) / kShare;
    Workers::shared().each(shares * chunks_.count(), [&](int64_t item) {
      transform_values(batch, item / chunks_.count() * kShare, kShare, item % chunks_.count());
    });
    // So many rows of x as stay in the cache with the weights.
    constexpr int64_t kManyValues = 1 << 16;
    const int64_t fit = std::max<int64_t>(64, kManyValues / chunks_.padded());
    const int64_t parts = (batch.tiles + fit - 1) / fit;
    Workers::shared().each(Scheme::kProducts * parts, [&](int64_t item) {
      const int64_t part = item % parts;
      multiply(batch, item / parts, part * batch.tiles / parts, (part + 1) * batch.tiles / parts);
    });
    Workers::shared().each(shares, [&](int64_t share) {
      write(batch, share * kShare, std::min(batch.tiles, (share + 1) * kShare));
    });
  }

  void transform_values(const Batch& batch, int64_t first, int64_t most, int64_t chunk) const {
    const int64_t row = chunks_.padded(), channel = chunks_.first(chunk);
    const TileBlock<T> block{batch.first_tile + first,
                             std::min(most, batch.tiles - first),
                             filter_.inputs,
                             channel,
                             chunks_.size(chunk),
                             zeros_.data(),
                             batch.values + first * row + channel,
                             row,
                             matrix_size(batch.tiles, row)};
    transform_tiles<InputLine, Scheme::kInputs>(scheme_, x_, kInputWindow, block);
  }

  // One product for the places [first, end) of the order.
  void multiply(const Batch& batch, int64_t product, int64_t first, int64_t end) const {
    for (const TileOrder::Group& group : batch.order.groups) {
      const int64_t begin = std::max(first, group.begin), stop = std::min(end, group.end);
      if (begin >= stop) continue;
      const std::vector<std::vector<Segment>> steps = steps_of(group);
      const std::vector<TileRows<float>> tiles = tiles_of(batch, product, begin, stop);
      for (int64_t panel = 0; panel < columns_.panels(); panel++) {
        const float* weights =
            batch.weights + product * weights_size() + columns_.place(panel, depth());
        for (const std::vector<Segment>& step : steps) {
          const PanelStep<float> work{step.data(), static_cast<int64_t>(step.size()), weights,
                                      kWidth, &step != &steps.front()};
          for (const TileRows<float>& rows : tiles) {
            multiply_tile(columns_.vectors(panel), work, rows, columns_.first(panel));
          }
        }
      }
    }
  }

  // The sum over inputs and the taps of time that meet a group, in steps whose part of a panel
  // stays in the first-level cache.
  std::vector<std::vector<Segment>> steps_of(const TileOrder::Group& group) const {
    const int64_t inputs = chunks_.padded(), pieces = (inputs + kStepRows - 1) / kStepRows;
    const bool together = depth() <= kStepRows;
    std::vector<std::vector<Segment>> steps;
    for (int64_t tap = group.first_tap; tap < group.end_tap; tap++) {
      for (int64_t piece = 0; piece < pieces; piece++) {
        const int64_t k = piece * inputs / pieces, end = (piece + 1) * inputs / pieces;
        const int64_t frames = tap - Scheme::kTimeTaps / 2;
        if (steps.empty() || !together) steps.emplace_back();
        steps.back().push_back({frames * scheme_.frame() * inputs + k, tap * inputs + k, end - k});
      }
    }
    return steps;
  }

  std::vector<TileRows<float>> tiles_of(const Batch& batch, int64_t product, int64_t begin,
                                        int64_t end) const {
    const float* values = batch.values + product * matrix_size(batch.tiles, chunks_.padded());
    float* products = batch.products + product * matrix_size(batch.tiles, columns_.padded());
    std::vector<TileRows<float>> tiles((end - begin + kTileRows - 1) / kTileRows);
    for (int64_t i = 0; i < static_cast<int64_t>(tiles.size()) * kTileRows; i++) {
      const int64_t place = std::min(begin + i, end - 1);
      TileRows<float>& rows = tiles[i / kTileRows];
      rows.a[i % kTileRows] = values + batch.order.tile(place) * chunks_.padded();
      rows.out[i % kTileRows] = products + place * columns_.padded();
    }
    return tiles;
  }

  void write(const Batch& batch, int64_t first, int64_t end) const {
    const int64_t size = matrix_size(batch.tiles, columns_.padded());
    T* sink = reinterpret_cast<T*>(thread_scratch(columns_.padded()));
    for (int64_t place = first; place < end; place++) {
      T* places[Scheme::kOutputs];
      scheme_.places(batch.first_tile + batch.order.tile(place), kOutputWindow, y_, filter_.outputs,
                     sink, places);
      const float* products = batch.products + place * columns_.padded();
      for (int64_t c = 0; c < filter_.outputs; c += kWidth) {
        Scheme::template transform<OutputLine>(
            [&](int i) { return load_floats(products + i * size + c); },
            [&](int i, Floats value) { store_some(places[i] + c, value, filter_.outputs - c); });
      }
    }
  }

  const Scheme scheme_;
  const Filter<T> filter_;
  const T* x_;
  T* y_;
  const Chunks chunks_;
  const Columns columns_;
  const std::vector<T> zeros_;
};

}  // namespace fame::winograd
