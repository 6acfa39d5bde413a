// Convolutions with stride 1 in the domain of Winograd's transforms, and the gradient of their
// input, which is the convolution of dy with the filter mirrored.
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
class Convolution {
 public:
  Convolution(const Scheme& scheme, const Filter<T>& filter, const T* x, T* y)
      : scheme_(scheme),
        filter_(filter),
        x_(x),
        y_(y),
        chunks_(filter.inputs),
        columns_(filter.outputs),
        zeros_(filter.inputs),
        streams_(is_streamed(scheme.size())) {}

  void run() const {
    if (scheme_.count() == 0) return;
    const bool many = weights_size() > kManyWeights;
    if (scheme_.unit() > 1 || scheme_.count() <= 2 * kBlock || many) run_by_panels();
    else run_by_tiles();
  }

 private:
  // Tiles of an item: what they are transformed to stays in a core's second-level cache.
  static constexpr int64_t kBlock = 48 * 36 / Scheme::kProducts;
  // Where a filter has more floats when transformed, a panel of it is transformed when it is
  // needed, for as many tiles as have no more floats than that themselves.
  static constexpr int64_t kManyWeights = 1 << 21, kManyValues = 1 << 22;
  // Blocks whose tiles meet a panel of the filter together.
  static constexpr int64_t kBlocks = Scheme::kTimeTaps > 1 ? 4 : 8;

  // Transformed tiles: for each chunk of inputs kProducts matrices [tiles, inputs].
  struct Values {
    int64_t first_tile, tiles;
    float* data;
  };

  // Some of the tiles of `values`, places of their order, that are worked on together.
  struct Block {
    const Values& values;
    const TileOrder& order;
    int64_t first, tiles;
  };

  int64_t values_size(int64_t tiles) const {
    return Scheme::kProducts * (tiles * chunks_.padded() + 16 * chunks_.count());
  }
  float* chunk_values(const Values& values, int64_t chunk) const {
    return values.data + Scheme::kProducts * (values.tiles * chunks_.first(chunk) + 16 * chunk);
  }

  int64_t width(int64_t panel) const { return columns_.vectors(panel) * kWidth; }
  static int64_t products_size(int64_t tiles) {
    return Scheme::kProducts * matrix_size(tiles, kPanelVectors * kWidth);
  }

  int64_t weights_size() const {
    return Scheme::kProducts * (Scheme::kTimeTaps * chunks_.padded() * columns_.padded() +
                                16 * chunks_.count() * columns_.panels());
  }
  float* panel_weights(float* weights, int64_t panel, int64_t chunk) const {
    const int64_t before =
        columns_.first(panel) * chunks_.padded() + width(panel) * chunks_.first(chunk);
    return weights + Scheme::kProducts *
                         (Scheme::kTimeTaps * before + 16 * (panel * chunks_.count() + chunk));
  }

  // Few weights: they are transformed once, and each thread takes one block of tiles after another
  // from its inputs to its outputs.
  void run_by_tiles() const {
    const SharedScratch scratch(weights_size());
    Workers::shared().each(columns_.panels() * chunks_.count(), [&](int64_t item) {
      const int64_t panel = item / chunks_.count(), chunk = item % chunks_.count();
      transform_panel(panel, chunk, panel_weights(scratch.data(), panel, chunk));
    });
    const int64_t tiles = scheme_.count(), blocks = (tiles + kBlock - 1) / kBlock;
    Workers::shared().each(blocks, [&](int64_t item) {
      const int64_t first = item * tiles / blocks, count = (item + 1) * tiles / blocks - first;
      float* memory = thread_scratch(values_size(count) + products_size(count) + columns_.padded());
      const Values values{first, count, memory};
      const TileOrder order = scheme_.order(count);
      const Block block{values, order, 0, count};
      for (int64_t chunk = 0; chunk < chunks_.count(); chunk++) {
        transform_values(values, 0, count, chunk);
      }
      float* products = memory + values_size(count);
      for (int64_t panel = 0; panel < columns_.panels(); panel++) {
        for (int64_t chunk = 0; chunk < chunks_.count(); chunk++) {
          multiply(block, panel, chunk, panel_weights(scratch.data(), panel, chunk), products);
        }
        write(block, panel, products, products + products_size(count));
      }
    });
  }

  // Many weights: all threads transform many tiles, then each takes one panel of outputs after
  // another, whose weights it transforms.
  void run_by_panels() const {
    const int64_t unit = scheme_.unit(), units = scheme_.count() / unit;
    const int64_t tiles = std::max(kBlock, kManyValues / (Scheme::kProducts * chunks_.padded()));
    const int64_t fit = std::max<int64_t>(1, tiles / unit), batches = (units + fit - 1) / fit;
    const SharedScratch scratch(values_size((units + batches - 1) / batches * unit));
    for (int64_t i = 0; i < batches; i++) {
      const int64_t first = i * units / batches * unit;
      run_batch({first, (i + 1) * units / batches * unit - first, scratch.data()});
    }
  }

  void run_batch(const Values& values) const {
    constexpr int64_t kShare = 16;
    Workers::shared().each((values.tiles + kShare - 1) / kShare * chunks_.count(),
                           [&](int64_t item) {
                             const int64_t first = item / chunks_.count() * kShare;
                             transform_values(values, first, std::min(kShare, values.tiles - first),
                                              item % chunks_.count());
                           });
    const TileOrder order = scheme_.order(values.tiles);
    // Where there are few panels, tiles are shared out as well.
    const int64_t wanted = (4 * Workers::shared().size() - 1) / columns_.panels() + 1;
    const int64_t blocks = std::max((values.tiles - 1) / (kBlocks * kBlock) + 1,
                                    std::min(wanted, (values.tiles - 1) / kBlock + 1));
    Workers::shared().each(columns_.panels() * blocks, [&](int64_t item) {
      const int64_t panel = item / blocks, first = item % blocks * values.tiles / blocks;
      const Block block{values, order, first, (item % blocks + 1) * values.tiles / blocks - first};
      const int64_t weights_size =
          Scheme::kProducts *
          matrix_size(Scheme::kTimeTaps * Chunks::kChunk, kPanelVectors * kWidth);
      float* weights =
          thread_scratch(weights_size + products_size(block.tiles) + columns_.padded());
      float* products = weights + weights_size;
      for (int64_t chunk = 0; chunk < chunks_.count(); chunk++) {
        transform_panel(panel, chunk, weights);
        multiply(block, panel, chunk, weights, products);
      }
      write(block, panel, products, products + products_size(block.tiles));
    });
  }

  void transform_panel(int64_t panel, int64_t chunk, float* to) const {
    const PanelTransform<Scheme, T> transform(filter_, columns_, panel);
    const int64_t inputs = chunks_.size(chunk), size = inputs * width(panel);
    transform.fill(chunks_.first(chunk), inputs,
                   {to, matrix_size(Scheme::kTimeTaps * inputs, width(panel)), size});
  }

  void transform_values(const Values& values, int64_t first, int64_t tiles, int64_t chunk) const {
    const int64_t inputs = chunks_.size(chunk);
    const TileBlock<T> block{values.first_tile + first,
                             tiles,
                             filter_.inputs,
                             chunks_.first(chunk),
                             inputs,
                             zeros_.data(),
                             chunk_values(values, chunk) + first * inputs,
                             inputs,
                             matrix_size(values.tiles, inputs)};
    transform_tiles<InputLine, Scheme::kInputs>(scheme_, x_, kInputWindow, block);
  }

  // Adds what a chunk of the inputs gives to the products, matrices [tiles, panel].
  void multiply(const Block& block, int64_t panel, int64_t chunk, const float* weights,
                float* products) const {
    const int64_t end = block.first + block.tiles;
    for (const TileOrder::Group& group : block.order.groups) {
      const int64_t first = std::max(block.first, group.begin), last = std::min(end, group.end);
      if (first >= last) continue;
      const Block part{block.values, block.order, first, last - first};
      const int64_t row = (first - block.first) * width(panel);
      multiply_group(part, group, panel, chunk, weights, products + row,
                     matrix_size(block.tiles, width(panel)));
    }
  }

  // The same for tiles that meet the same taps of time. @param size floats of a product
  void multiply_group(const Block& block, const TileOrder::Group& group, int64_t panel,
                      int64_t chunk, const float* weights, float* products, int64_t size) const {
    const int64_t inputs = chunks_.size(chunk), outputs = width(panel);
    const int64_t weights_size = matrix_size(Scheme::kTimeTaps * inputs, outputs);
    const float* values = chunk_values(block.values, chunk);
    Segment segments[Scheme::kTimeTaps];
    for (int64_t tap = group.first_tap; tap < group.end_tap; tap++) {
      const int64_t frames = tap - Scheme::kTimeTaps / 2;
      segments[tap] = {frames * scheme_.frame() * inputs, tap * inputs, inputs};
    }
    for (int64_t product = 0; product < Scheme::kProducts; product++) {
      const PanelStep<float> step{segments + group.first_tap, group.end_tap - group.first_tap,
                                  weights + product * weights_size, kWidth, chunk > 0};
      const float* from = values + product * matrix_size(block.values.tiles, inputs);
      float* to = products + product * size;
      const float* next = step.panel + weights_size;
      const int64_t share = Scheme::kTimeTaps * inputs * outputs * kTileRows / block.tiles;
      for (int64_t tile = 0; tile < block.tiles; tile += kTileRows, next += share) {
        // The weights of the next product come from further away than the caches next to the core.
        for (int64_t i = 0; i < share; i += 16) __builtin_prefetch(next + i);
        TileRows<float> rows;
        for (int r = 0; r < kTileRows; r++) {
          const int64_t at = std::min(tile + r, block.tiles - 1);
          rows.a[r] = from + block.order.tile(block.first + at) * inputs;
          rows.out[r] = to + at * outputs;
        }
        multiply_tile(columns_.vectors(panel), step, rows, 0);
      }
    }
  }

  // @param memory takes what is written for outputs that are not there
  void write(const Block& block, int64_t panel, const float* products, float* memory) const {
    T* sink = reinterpret_cast<T*>(memory);
    const auto store = [](T* to, Floats value, int64_t) { store_floats(to, value); };
    const auto part = [](T* to, Floats value, int64_t n) { store_some(to, value, n); };
    const auto stream = [](T* to, Floats value, int64_t) { stream_floats(to, value); };
    if (filter_.outputs < columns_.first(panel) + width(panel)) {
      write(block, panel, products, sink, part);
    } else if (streams_) {
      write(block, panel, products, sink, stream);
      end_stream();
    } else {
      write(block, panel, products, sink, store);
    }
  }

  template <typename Store>
  void write(const Block& block, int64_t panel, const float* products, T* sink,
             const Store& store) const {
    const int64_t size = matrix_size(block.tiles, width(panel));
    for (int64_t tile = 0; tile < block.tiles; tile++) {
      T* places[Scheme::kOutputs];
      scheme_.places(block.values.first_tile + block.order.tile(block.first + tile), kOutputWindow,
                     y_, filter_.outputs, sink, places);
      for (int64_t c = 0; c < width(panel); c += kWidth, products += kWidth) {
        const int64_t output = columns_.first(panel) + c;
        Scheme::template transform<OutputLine>(
            [&](int i) { return load_floats(products + i * size); },
            [&](int i, Floats value) {
              store(places[i] + output, value, filter_.outputs - output);
            });
      }
    }
  }

  // Whether y is larger than what caches keep until it is read, and aligned.
  bool is_streamed(int64_t positions) const {
    constexpr int64_t kMuch = int64_t{1} << 22;
    return positions * filter_.outputs >= kMuch && filter_.outputs % kWidth == 0 &&
           reinterpret_cast<uintptr_t>(y_) % (kWidth * sizeof(T)) == 0;
  }

  const Scheme scheme_;
  const Filter<T> filter_;
  const T* x_;
  T* y_;
  const Chunks chunks_;
  const Columns columns_;
  const std::vector<T> zeros_;
  const bool streams_;
};

}  // namespace fame::winograd
