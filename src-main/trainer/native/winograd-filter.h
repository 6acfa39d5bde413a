// The gradients of filters in the domain of Winograd's transforms: for each of the products that
// the convolution takes, what x and dy are transformed to is multiplied and summed over all tiles;
// then the sums are transformed to the taps.
//
//   x   ── B^T ──> [tiles, inputs]  ─┐
//                                    ├─ transposed product ──> [inputs, outputs] ── G^T ──> dw
//   dy  ──  A  ──> [tiles, outputs] ─┘
//
// Tiles are taken by batches of a fixed size, and within a batch each sum belongs to one thread: so
// the order of summation depends on the sizes alone.
#pragma once

#include <vector>

#include "product.h"
#include "winograd-scratch.h"
#include "winograd-tiles.h"
#include "workers.h"

namespace fame::winograd {

// dw [taps, inputs, outputs] of x [.., inputs] and dy [.., outputs].
template <typename Scheme, typename T>
class FilterGradient {
 public:
  FilterGradient(const Scheme& scheme, int64_t inputs, int64_t outputs, const T* x, const T* dy,
                 float* dw)
      : scheme_(scheme),
        inputs_(inputs),
        outputs_(outputs),
        x_(x),
        dy_(dy),
        dw_(dw),
        chunks_(inputs),
        columns_(outputs),
        zeros_(std::max(inputs, outputs)) {}

  void run() const {
    if (scheme_.count() == 0) {
      std::fill_n(dw_, Scheme::kTimeTaps * Scheme::kTaps * inputs_ * outputs_, 0.0f);
      return;
    }
    const int64_t unit = scheme_.unit(), units = scheme_.count() / unit;
    const int64_t channels = chunks_.padded() + columns_.padded();
    const int64_t tiles = std::max(kMinTiles, std::clamp(sums_size(), kFewFloats, kManyFloats) /
                                                  (Scheme::kProducts * channels));
    const int64_t fit = std::max<int64_t>(1, tiles / unit), batches = (units + fit - 1) / fit;
    const int64_t length = (units + batches - 1) / batches * unit;
    const int64_t values = Scheme::kProducts * (length * channels + 16 * pieces());
    // With one batch, sums are turned into taps at once, block by block.
    const bool keep = batches > 1 || chunks_.count() * columns_.panels() < kFewBlocks;
    const SharedScratch scratch(values + (keep ? sums_size() : 0));
    float* sums = scratch.data() + values;
    for (int64_t i = 0; i < batches; i++) {
      const int64_t first = i * units / batches * unit;
      const Batch batch{first, (i + 1) * units / batches * unit - first, scratch.data(), i > 0};
      transform(batch);
      if (keep) add_products(batch, sums);
      else multiply_blocks(batch);
    }
    if (keep) write_sums(sums);
  }

 private:
  // Floats of the transformed x and dy of a batch: few, so that they stay in the caches, but not
  // fewer than the sums, which each batch reads and writes.
  static constexpr int64_t kFewFloats = 1 << 20, kManyFloats = 1 << 23;
  static constexpr int64_t kMinTiles = 64;
  // Fewer blocks of sums than this keep too few threads busy.
  static constexpr int64_t kFewBlocks = 32;
  // Tiles whose panel of dy stays in the second-level cache.
  static constexpr int64_t kStretch = 512;

  struct Batch {
    int64_t first_tile, tiles;
    float* values;
    bool add;
  };

  int64_t pieces() const { return chunks_.count() + columns_.panels(); }

  // The transformed x of a chunk, and behind those of all chunks the transformed dy of a panel.
  float* chunk_values(const Batch& batch, int64_t chunk) const {
    return batch.values + Scheme::kProducts * (batch.tiles * chunks_.first(chunk) + 16 * chunk);
  }
  float* panel_values(const Batch& batch, int64_t panel) const {
    return batch.values +
           Scheme::kProducts * (batch.tiles * (chunks_.padded() + columns_.first(panel)) +
                                16 * (chunks_.count() + panel));
  }

  int64_t width(int64_t panel) const { return columns_.vectors(panel) * kWidth; }

  void transform(const Batch& batch) const {
    constexpr int64_t kShare = 16;
    const int64_t shares = (batch.tiles + kShare - 1) / kShare;
    Workers::shared().each(shares * pieces(), [&](int64_t item) {
      const int64_t piece = item % pieces(), first = item / pieces() * kShare;
      const int64_t tiles = std::min(kShare, batch.tiles - first);
      if (piece < chunks_.count()) {
        const int64_t size = chunks_.size(piece);
        transform_tiles<InputLine, Scheme::kInputs>(
            scheme_, x_, kInputWindow,
            TileBlock<T>{batch.first_tile + first, tiles, inputs_, chunks_.first(piece), size,
                         zeros_.data(), chunk_values(batch, piece) + first * size, size,
                         matrix_size(batch.tiles, size)});
      } else {
        const int64_t panel = piece - chunks_.count(), size = width(panel);
        transform_tiles<OutputGradientLine, Scheme::kOutputs>(
            scheme_, dy_, kOutputWindow,
            TileBlock<T>{batch.first_tile + first, tiles, outputs_, columns_.first(panel), size,
                         zeros_.data(), panel_values(batch, panel) + first * size, size,
                         matrix_size(batch.tiles, size)});
      }
    });
  }

  // Sums of a chunk of inputs and a panel of outputs: kProducts matrices.
  int64_t block_size(int64_t chunk, int64_t panel) const {
    return matrix_size(Scheme::kTimeTaps * chunks_.size(chunk), width(panel));
  }
  int64_t sums_size() const {
    return Scheme::kProducts * (Scheme::kTimeTaps * chunks_.padded() * columns_.padded() +
                                16 * chunks_.count() * columns_.panels());
  }
  float* block(float* sums, int64_t chunk, int64_t panel) const {
    const int64_t before =
        columns_.first(panel) * chunks_.padded() + width(panel) * chunks_.first(chunk);
    return sums + Scheme::kProducts *
                      (Scheme::kTimeTaps * before + 16 * (panel * chunks_.count() + chunk));
  }

  void multiply(const Batch& batch, int64_t chunk, int64_t panel, int64_t product,
                float* sums) const {
    const int64_t rows = chunks_.size(chunk), columns = width(panel);
    const float* a = chunk_values(batch, chunk) + product * matrix_size(batch.tiles, rows);
    const float* b = panel_values(batch, panel) + product * matrix_size(batch.tiles, columns);
    for (int64_t tap = 0; tap < Scheme::kTimeTaps; tap++, sums += rows * columns) {
      bool add = batch.add;
      for (const Stretch& stretch : stretches(batch, tap, rows)) {
        const Transposed<float> step{&stretch, 1, a, rows, b, columns, sums, columns, kWidth, add};
        multiply_transposed(columns_.vectors(panel), step, rows);
        add = true;
      }
      // A tap of time that no frame meets.
      if (!add) std::fill_n(sums, rows * columns, 0.0f);
    }
  }

  // The tiles of a batch whose x and dy meet at a tap of time, as rows of their matrices, so few at
  // a time that the panel of dy stays in the second-level cache.
  std::vector<Stretch> stretches(const Batch& batch, int64_t tap, int64_t rows) const {
    std::vector<Stretch> all;
    const auto append = [&](int64_t first, int64_t end, int64_t shift) {
      for (int64_t tile = first; tile < end; tile += kStretch) {
        all.push_back({(tile + shift) * rows, tile, std::min(kStretch, end - tile)});
      }
    };
    if constexpr (Scheme::kTimeTaps == 1) {
      append(0, batch.tiles, 0);
    } else {
      const int64_t frame = scheme_.frame();
      for (int64_t clip = 0; clip < batch.tiles; clip += scheme_.unit()) {
        append(clip + scheme_.first_frame(tap) * frame, clip + scheme_.end_frame(tap) * frame,
               (tap - 1) * frame);
      }
    }
    return all;
  }

  void add_products(const Batch& batch, float* sums) const {
    const int64_t blocks = chunks_.count() * columns_.panels();
    Workers::shared().each(Scheme::kProducts * blocks, [&](int64_t item) {
      const int64_t product = item / blocks, chunk = item % blocks % chunks_.count();
      const int64_t panel = item % blocks / chunks_.count();
      multiply(batch, chunk, panel, product,
               block(sums, chunk, panel) + product * block_size(chunk, panel));
    });
  }

  void multiply_blocks(const Batch& batch) const {
    Workers::shared().each(chunks_.count() * columns_.panels(), [&](int64_t item) {
      const int64_t chunk = item % chunks_.count(), panel = item / chunks_.count();
      const int64_t size = block_size(chunk, panel);
      float* sums = thread_scratch(Scheme::kProducts * size);
      for (int64_t product = 0; product < Scheme::kProducts; product++) {
        multiply(batch, chunk, panel, product, sums + product * size);
      }
      write(chunk, panel, sums);
    });
  }

  void write_sums(float* sums) const {
    Workers::shared().each(chunks_.count() * columns_.panels(), [&](int64_t item) {
      const int64_t chunk = item % chunks_.count(), panel = item / chunks_.count();
      write(chunk, panel, block(sums, chunk, panel));
    });
  }

  void write(int64_t chunk, int64_t panel, const float* sums) const {
    const int64_t rows = chunks_.size(chunk), first = chunks_.first(chunk);
    for (int64_t time = 0; time < Scheme::kTimeTaps; time++) {
      const float* row = sums + time * rows * width(panel);
      float* to = dw_ + (time * Scheme::kTaps * inputs_ + first) * outputs_ + columns_.first(panel);
      for (int64_t i = 0; i < std::min(rows, inputs_ - first); i++) {
        write_row(row, block_size(chunk, panel), panel, to);
        row += width(panel);
        to += outputs_;
      }
    }
  }

  // The taps of an input. @param size floats of the sums of a product
  void write_row(const float* sums, int64_t size, int64_t panel, float* to) const {
    for (int64_t c = 0; c < width(panel); c += kWidth) {
      const int64_t count = outputs_ - columns_.first(panel) - c;
      Scheme::template transform<FilterGradientLine>(
          [&](int i) { return load_floats(sums + i * size + c); },
          [&](int tap, Floats value) {
            store_some(to + tap * inputs_ * outputs_ + c, value, count);
          });
    }
  }

  const Scheme scheme_;
  const int64_t inputs_, outputs_;
  const T *x_, *dy_;
  float* dw_;
  const Chunks chunks_;
  const Columns columns_;
  const std::vector<T> zeros_;
};

}  // namespace fame::winograd
